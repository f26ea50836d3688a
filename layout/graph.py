"""What the spatial model says (scores) and what decoding makes of it (a forest of entities)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

UNKNOWN_TYPE = "unknown"
"""The type of a document that is of none of the known types."""


@dataclass(frozen=True)
class GraphScores:
    """SPADE scores of one document with N words (Hwang et al., Findings of ACL 2021, section 3).

    All scores are logits relative to "none", which stands at 0.

    Attributes:
        labels: F names of the rows of `initial`, `<schema>.<path>`.
        initial: [F, N]; word n opens an entity of label f.
        rel_s: [N, N]; entry (i, j): word j directly follows word i inside an entity.
        rel_g: [N, N]; entry (i, j): the entity opened by word j belongs under the one opened by i.
        key: [N]; the word is a key word ("TOTAL"), no part of a value.
        types: probability of each document type by its name, `UNKNOWN_TYPE` among them; empty
            where the model does not tell types apart.
        order: [N]; each word's place in reading order; None where the words stand in it.
    """

    labels: tuple[str, ...]
    initial: Floats
    rel_s: Floats
    rel_g: Floats
    key: Floats
    types: Mapping[str, float] = field(default_factory=dict)
    order: npt.NDArray[np.int64] | None = None

    @property
    def n_words(self) -> int:
        """How many words were scored."""
        return int(self.initial.shape[1])

    def rank(self, word: int) -> int:
        """A word's place in reading order."""
        return word if self.order is None else int(self.order[word])


@dataclass(frozen=True)
class Entity:
    """A decoded field occurrence.

    Attributes:
        path: of its leaf in the schema, without the schema's name.
        word_ids: its value's words in path order, key words left out; never empty.
        key_word_ids: the key words that were split off.
        path_ids: all words in path order, key words at their places among the others; empty where
            the path is `key_word_ids` followed by `word_ids`.
        confidence: in [0, 1], uncalibrated unless said otherwise.
        parent: index (in the graph's entities) of the group head it belongs under; None at the
            top level or when it is a head itself.
        other_parents: further heads that it belongs under just as rightly, the likeliest first;
            none unless decoding was asked for them.
    """

    path: str
    word_ids: tuple[int, ...]
    confidence: float
    key_word_ids: tuple[int, ...] = ()
    parent: int | None = None
    path_ids: tuple[int, ...] = ()
    other_parents: tuple[int, ...] = ()

    @property
    def all_word_ids(self) -> tuple[int, ...]:
        """Every word of the entity in path order, key words included."""
        return self.path_ids or (*self.key_word_ids, *self.word_ids)


@dataclass(frozen=True)
class FieldGraph:
    """All entities of a document; the parents form a forest: no cycles, parents precede nothing."""

    entities: tuple[Entity, ...]


def join_graphs(parts: Iterable[tuple[FieldGraph, int]]) -> FieldGraph:
    """One graph of a document that was decoded in parts.

    Args:
        parts: in the document's order, each with the number of its words.
    """
    entities: list[Entity] = []
    first_word = 0
    for graph, n_words in parts:
        first_entity = len(entities)
        entities += [
            replace(
                entity,
                word_ids=_shifted(entity.word_ids, first_word),
                key_word_ids=_shifted(entity.key_word_ids, first_word),
                path_ids=_shifted(entity.path_ids, first_word),
                parent=None if entity.parent is None else entity.parent + first_entity,
                other_parents=_shifted(entity.other_parents, first_entity),
            )
            for entity in graph.entities
        ]
        first_word += n_words
    return FieldGraph(tuple(entities))


def _shifted(ids: tuple[int, ...], by: int) -> tuple[int, ...]:
    return tuple(i + by for i in ids)
