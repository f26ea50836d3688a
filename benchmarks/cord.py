"""CORD: entities and the tree of fields (gt_parse) of Indonesian receipts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Score
from benchmarks.forms import tree_of_graph, tree_of_result
from benchmarks.items import exact_items
from benchmarks.nted import TREE_ACCURACY
from benchmarks.spade_parse import REFINED, REFINED_NEAR_NAMES, STRICT
from benchmarks.spans import ENTITIES_WITH_KEYS, VALUES
from benchmarks.tasks import IMAGE_SUFFIXES, Part, Sample, picture, score_graphs, stems
from benchmarks.trees import FLAT_FIELDS, GROUPED_FIELDS
from corpora import cord as corpus
from corpora.document import LabelledDocument
from layout.graph import Entity, FieldGraph
from layout.result import DocumentResult
from layout.schema import load_schema
from ocr.errors import SetupError
from ocr.types import Word

SCHEMA = "cord"
FIELD_METRICS = (
    GROUPED_FIELDS,
    FLAT_FIELDS,
    TREE_ACCURACY,
    STRICT,
    REFINED,
    REFINED_NEAR_NAMES,
    exact_items(("menu",)),
)
"""Those that compare trees in gt_parse's form."""


class CordTask:
    """`docspade benchmark cord`: entities without and with their key words, and gt_parse.

    gt_parse holds a line's words joined by single spaces, those with `is_key` left out; so do the
    answers, their entities' `text` and `word_ids` included. The key words stand beside them, as
    `key_word_ids`.
    """

    name = "cord"
    document_type = SCHEMA
    metrics = (*FIELD_METRICS, VALUES, ENTITIES_WITH_KEYS)
    has_pictures = True

    def names(self, root: Path, split: str, part: Part = "words") -> list[str]:
        """Ids of a split's receipts, in name order."""
        folder = root / split / ("image" if part == "pictures" else "json")
        found = stems(folder, IMAGE_SUFFIXES if part == "pictures" else (".json",))
        if not found:
            raise SetupError(f"no CORD receipts in {folder}")
        return found

    def sample(self, root: Path, split: str, name: str) -> Sample:
        """One receipt with the words of its `valid_line`."""
        return _sample(corpus.read_document(root / split / "json" / f"{name}.json"))

    def truth(self, root: Path, split: str, name: str) -> Answer | None:
        """One receipt's truth."""
        path = root / split / "json" / f"{name}.json"
        return self.sample(root, split, name).truth if path.exists() else None

    def image_path(self, root: Path, split: str, name: str) -> Path:
        """The receipt's picture."""
        return picture(root / split / "image", name)

    def answer(self, sample: Sample, graph: FieldGraph) -> Answer:
        """The graph's entities, and its tree in gt_parse's form."""
        words = [word for page in sample.pages for word in page.words]
        return _answer(sample.id, words, graph)

    def answer_of_result(self, name: str, result: DocumentResult) -> Answer:
        """An extraction's tree in gt_parse's form."""
        return Answer(id=name, fields=tree_of_result(result.fields))


TASK = CordTask()


def score_documents(
    documents: Sequence[LabelledDocument], graphs: Iterable[FieldGraph]
) -> tuple[Score, ...]:
    """Score graphs decoded with the `cord` schema over the documents' own words.

    Args:
        documents: as the corpus' reader gives them.
        graphs: one for each document, in their order.

    Returns:
        A score for each of `TASK.metrics`, in their order.
    """
    return score_graphs(TASK, [_sample(document) for document in documents], graphs)


def _sample(document: LabelledDocument) -> Sample:
    blank = frozenset(i for i, word in enumerate(document.words) if not word.text.strip())
    graph = _true_graph(document)
    truth = None
    if graph.entities or document.truth:
        truth = _answer(document.id, document.words, graph)
    if truth is not None and document.truth:
        truth = truth.model_copy(update={"fields": dict(document.truth)})
    return Sample(document.id, document.pages, truth, blank)


def _true_graph(document: LabelledDocument) -> FieldGraph:
    """The annotated entities' values; one of key words alone keeps them, as decoding does."""
    keys = document.key_word_ids or frozenset()
    entities = []
    for entity in document.entities:
        path = entity.label.removeprefix(f"{SCHEMA}.")
        values = tuple(i for i in entity.word_ids if i not in keys) or entity.word_ids
        left_out = tuple(i for i in entity.word_ids if i not in values)
        entities.append(Entity(path, values, 1.0, parent=entity.parent, key_word_ids=left_out))
    return FieldGraph(tuple(entities))


def _answer(name: str, words: Sequence[Word], graph: FieldGraph) -> Answer:
    """An answer in the data set's form; entities without text have no place in it."""
    word_ids = [_with_text(e.word_ids, words) for e in graph.entities]
    texts = [" ".join(words[i].text.strip() for i in ids) for ids in word_ids]
    return Answer(
        id=name,
        fields=tree_of_graph(graph, texts, load_schema(SCHEMA)),
        entities=[
            EntityEntry(
                label=entity.path,
                text=text,
                word_ids=ids,
                key_word_ids=_with_text(entity.key_word_ids, words),
            )
            for entity, text, ids in zip(graph.entities, texts, word_ids, strict=True)
            if text
        ],
    )


def _with_text(word_ids: Sequence[int], words: Sequence[Word]) -> list[int]:
    return [i for i in word_ids if words[i].text.strip()]
