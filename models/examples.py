"""From labelled documents to training examples: windows with SPADE targets.

A target says which answers are *acceptable*, so that data sets which annotate only a part of what
stands on a page can be trained together: what is unknown is neither right nor wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpora.document import LabelledDocument
from layout.schema import load_schema
from layout.tokens import DocumentTokeniser, TokenisedDocument
from layout.windows import Window

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Targets:
    """What is known about a document of N words; F labels; "none" is row N of the relations.

    Attributes:
        initial: [F, N] word n opens an entity of label f.
        is_judged: [F] every occurrence of the label is annotated and words are judged one by one.
        is_competing: [F] likewise, but words compete for the label in a softmax with "none".
        rel_s: [N + 1, N] acceptable predecessors of each word.
        rel_g: [N + 1, N] acceptable parents.
        in_entity: [N] the word belongs to a known entity.
        in_group: [N] the word opens an entity of a repeated group whose groups are annotated.
        key: [N] 1 for a key word, 0 for a value word, -1 where unknown.
        document_type: number of the document's type, negative where unknown.
    """

    initial: Bools
    is_judged: Bools
    is_competing: Bools
    rel_s: Bools
    rel_g: Bools
    in_entity: Bools
    in_group: Bools
    key: Floats
    document_type: int = -1

    def take(self, word_ids: npt.NDArray[np.int64]) -> Targets:
        """The targets of some of the words, in their order; what lies outside becomes "none".

        Shapes become [.., n]; a column whose acceptable answers all lie outside accepts "none".
        """
        with_none = np.append(word_ids, self.initial.shape[1])
        rel_s = self.rel_s[np.ix_(with_none, word_ids)]
        rel_g = self.rel_g[np.ix_(with_none, word_ids)]
        rel_s[-1] |= ~rel_s.any(axis=0)
        rel_g[-1] |= ~rel_g.any(axis=0)
        return Targets(
            initial=self.initial[:, word_ids],
            is_judged=self.is_judged,
            is_competing=self.is_competing,
            rel_s=rel_s,
            rel_g=rel_g,
            in_entity=self.in_entity[word_ids],
            in_group=self.in_group[word_ids],
            key=self.key[word_ids],
            document_type=self.document_type,
        )


@dataclass(frozen=True)
class Example:
    """A tokenised document and its targets, over document word ids."""

    name: str
    document: TokenisedDocument
    targets: Targets


@dataclass(frozen=True)
class WindowExample:
    """What one training step sees of a document; what its hidden tokens are, see `masking`."""

    window: Window
    targets: Targets
    guesses: npt.NDArray[np.int64] | None = None


def make_example(
    labelled: LabelledDocument,
    labels: Sequence[str],
    tokeniser: DocumentTokeniser,
    *,
    document_type: int = -1,
) -> Example:
    """Tokenise a labelled document and work out its targets."""
    return Example(
        name=labelled.id,
        document=tokeniser.tokenise(labelled.pages),
        targets=replace(_targets(labelled, labels), document_type=document_type),
    )


def competing_labels(labels: Sequence[str]) -> Bools:
    """[F] whether words compete for a label: a field that can stand once, if the schema says so."""
    flags = []
    for label in labels:
        name, path = label.split(".", 1)
        schema = load_schema(name)
        flags.append(schema.competing and schema.is_single(path))
    return np.array(flags)


def _targets(labelled: LabelledDocument, labels: Sequence[str]) -> Targets:
    n_words = len(labelled.words)
    rows = {label: row for row, label in enumerate(labels)}
    initial = np.zeros((len(labels), n_words), dtype=np.bool_)
    for entity in labelled.entities:
        if entity.label in rows:  # a model need not have every label of a document
            initial[rows[entity.label], entity.word_ids[0]] = True
    is_labelled = np.array([label in labelled.labelled for label in labels])
    competing = competing_labels(labels)
    in_entity = np.zeros(n_words, dtype=np.bool_)
    in_entity[[i for entity in labelled.entities for i in entity.word_ids]] = True
    rel_g, in_group = _parents(labelled, n_words)
    return Targets(
        initial=initial,
        is_judged=is_labelled & ~competing,
        is_competing=is_labelled & competing,
        rel_s=_predecessors(labelled, in_entity),
        rel_g=rel_g,
        in_entity=in_entity,
        in_group=in_group,
        key=_keys(labelled, n_words),
    )


def _predecessors(labelled: LabelledDocument, in_entity: Bools) -> Bools:
    """Inside an entity the word before; elsewhere "none" or any word of unknown meaning."""
    n_words = len(in_entity)
    acceptable = np.zeros((n_words + 1, n_words), dtype=np.bool_)
    for entity in labelled.entities:
        for before, after in zip(entity.word_ids, entity.word_ids[1:], strict=False):
            acceptable[before, after] = True
    opens = ~acceptable.any(axis=0)
    acceptable[:n_words, opens] = ~in_entity[:, None]
    acceptable[n_words, opens] = True
    return acceptable


def _parents(labelled: LabelledDocument, n_words: int) -> tuple[Bools, Bools]:
    """The opening word of the parent, or "none"; only openings inside repeated groups count."""
    acceptable = np.zeros((n_words + 1, n_words), dtype=np.bool_)
    in_group = np.zeros(n_words, dtype=np.bool_)
    if labelled.has_groups:
        for entity in labelled.entities:
            name, path = entity.label.split(".", 1)
            if load_schema(name).group_of(path) is None:
                continue
            child = entity.word_ids[0]
            in_group[child] = True
            if entity.parent is None:
                acceptable[n_words, child] = True
            else:
                for parent in (entity.parent, *entity.other_parents):
                    acceptable[labelled.entities[parent].word_ids[0], child] = True
    acceptable[n_words] |= ~acceptable.any(axis=0)
    return acceptable, in_group


def _keys(labelled: LabelledDocument, n_words: int) -> Floats:
    key = np.full(n_words, -1.0, dtype=np.float32)
    if labelled.key_word_ids is not None:
        for entity in labelled.entities:
            for i in entity.word_ids:
                key[i] = float(i in labelled.key_word_ids)
    return key
