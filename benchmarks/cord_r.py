"""CORD-r: CORD's entities over an OCR engine's text, order and boxes (Zhang et al., EMNLP 2023)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Score
from benchmarks.spans import ENTITIES
from benchmarks.tasks import Part, Sample, score_graphs
from corpora import cord_r as corpus
from corpora.characters import SPLIT_FILES
from layout.graph import FieldGraph
from layout.result import DocumentResult
from ocr.errors import DefectError, SetupError


class CordRTask:
    """`docspade benchmark cord_r`: entities with their key words, as ids of characters.

    The model parts key words from values; here they stand at their places in the path again.
    """

    name = "cord_r"
    document_type = "cord"
    metrics = (ENTITIES,)
    has_pictures = False

    def names(self, root: Path, split: str, part: Part = "words") -> list[str]:
        """Ids of a split's receipts, in name order."""
        if part == "pictures":
            raise SetupError("CORD-r has no pictures")
        return sorted(_paths(root, split))

    def sample(self, root: Path, split: str, name: str) -> Sample:
        """One receipt with words made of its characters."""
        return _sample(corpus.read_document(_paths(root, split)[name]))

    def truth(self, root: Path, split: str, name: str) -> Answer | None:
        """One receipt's truth."""
        return self.sample(root, split, name).truth

    def image_path(self, root: Path, split: str, name: str) -> Path:  # noqa: ARG002 the protocol's
        """None exists."""
        raise SetupError("CORD-r has no pictures")

    def answer(self, sample: Sample, graph: FieldGraph) -> Answer:
        """The graph's entities over characters, key words at their places in the path."""
        if sample.character_ids is None:
            raise DefectError("CORD-r's samples know their words' characters")
        words = [word for page in sample.pages for word in page.words]
        entities = [
            EntityEntry(
                label=entity.path,
                text=" ".join(words[i].text for i in entity.all_word_ids),
                word_ids=[c for i in entity.all_word_ids for c in sample.character_ids[i]],
            )
            for entity in graph.entities
        ]
        return Answer(id=sample.id, entities=entities)

    def answer_of_result(self, name: str, result: DocumentResult) -> Answer:  # noqa: ARG002 ditto
        """None exists, since there are no pictures to extract from."""
        raise SetupError("CORD-r has no pictures")


TASK = CordRTask()


def score_documents(
    documents: Sequence[corpus.CordRDocument], graphs: Iterable[FieldGraph]
) -> tuple[Score, ...]:
    """Score graphs decoded with the `cord` schema over the documents' own words.

    Args:
        documents: as the corpus' reader gives them.
        graphs: one for each document, in their order.

    Returns:
        Entity F1 by exact spans of characters.
    """
    return score_graphs(TASK, [_sample(document) for document in documents], graphs)


def _paths(root: Path, split: str) -> dict[str, Path]:
    listing = root / SPLIT_FILES[split]
    if not listing.exists():
        raise SetupError(f"no CORD-r split: {listing} is missing")
    return {path.stem: path for path in corpus.paths(root, split)}


def _sample(document: corpus.CordRDocument) -> Sample:
    truth = None
    if document.entities:
        entities = [
            EntityEntry(label=label, text=_text(document, ids), word_ids=list(ids))
            for label, ids in document.entities
        ]
        truth = Answer(id=document.document.id, entities=entities)
    return Sample(
        id=document.document.id,
        pages=document.document.pages,
        truth=truth,
        blank_ids=document.blank,
        character_ids=document.characters,
    )


def _text(document: corpus.CordRDocument, character_ids: Sequence[int]) -> str:
    """The words that hold some characters, in their order."""
    owner = {c: index for index, ids in enumerate(document.characters) for c in ids}
    words = document.document.words
    return " ".join(words[i].text for i, _ in groupby(character_ids, key=owner.__getitem__))
