"""Runs the serving code over a benchmark's documents: gold words, or pictures with OCR."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from benchmarks.answers import Answer
from benchmarks.links import links_of
from benchmarks.tasks import LinkedTask, Part, Sample, Task
from layout.decode import decode
from layout.graph import FieldGraph
from layout.linking import link_entities
from layout.pipeline import FieldModel, Pipeline
from layout.schema import load_schema
from ocr.errors import CorruptFileError, DocspadeError

Words = Literal["gold", "ocr"]
QuarterTurn = Literal[0, 90, 180, 270]

_log = logging.getLogger(__name__)
_TRANSPOSED = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns counter-clockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Answered:
    """A document with what was predicted for it."""

    sample: Sample
    answer: Answer


@dataclass(frozen=True)
class DocumentSet:
    """The documents of one split of a data set.

    Attributes:
        task: the benchmark.
        root: of the data set.
        split: train, dev or test.
    """

    task: Task
    root: Path
    split: str

    def names(self, words: Words, limit: int | None) -> list[str]:
        """Ids of the first `limit` documents in name order that have the kind of words wanted."""
        part: Part = "words" if words == "gold" else "pictures"
        return self.task.names(self.root, self.split, part)[:limit]


def answer_gold(
    documents: DocumentSet,
    name: str,
    model: FieldModel,
    *,
    without: frozenset[str] = frozenset(),
) -> Answered:
    """Predict a document from the data set's own words, by the model and decoding that serve.

    Args:
        documents: to which it belongs.
        name: its id.
        model: that scores its words.
        without: decoding constraints that are switched off.

    Raises:
        DocspadeError: the document's files are broken, or a stage failed on purpose.
    """
    task = documents.task
    sample = task.sample(documents.root, documents.split, name)
    graph = FieldGraph(())
    if any(page.words for page in sample.pages):
        schema = load_schema(task.document_type)
        graph = decode(model.score(sample.pages), schema, without=without)
    return Answered(sample, task.answer(sample, graph))


def answer_links(
    documents: DocumentSet,
    name: str,
    model: FieldModel,
    *,
    without: frozenset[str] = frozenset(),
) -> Answered:
    """Predict the links between a document's true entities; its arguments are `answer_gold`'s.

    Raises:
        DocspadeError: the document's files are broken, or a stage failed on purpose.
        TypeError: the benchmark has no links.
    """
    task = documents.task
    if not isinstance(task, LinkedTask):
        raise TypeError(f"{task.name} has no links")
    sample = task.sample(documents.root, documents.split, name)
    entities = task.gold_entities(sample)
    if entities:
        schema = load_schema(task.document_type)
        entities = link_entities(model.score(sample.pages), entities, schema, without=without)
    return Answered(sample, task.answer_of_links(sample, links_of(entities)))


def answer_picture(
    documents: DocumentSet, name: str, pipeline: Pipeline, *, turn: QuarterTurn = 0
) -> Answered:
    """Predict a document from its picture, through the whole pipeline.

    Args:
        documents: to which it belongs.
        name: its id.
        pipeline: that reads it.
        turn: clockwise degrees by which the picture is turned before.

    Raises:
        DocspadeError: the picture cannot be read, or a stage failed on purpose.
    """
    task = documents.task
    truth = task.truth(documents.root, documents.split, name)
    path = task.image_path(documents.root, documents.split, name)
    data = turned(path.read_bytes(), turn)
    result = pipeline.extract(data, document_type=task.document_type, document_id=name)
    return Answered(Sample(name, (), truth), task.answer_of_result(name, result))


def failed(documents: DocumentSet, name: str, error: DocspadeError) -> Answered:
    """A failed document: an answer with the error, and its truth as far as that can be read."""
    try:
        truth = documents.task.truth(documents.root, documents.split, name)
    except CorruptFileError:  # the reason of the failure itself: nothing to score against
        truth = None
    return Answered(Sample(name, (), truth), Answer(id=name, error=error.message))


def answer_all(
    documents: DocumentSet,
    names: list[str],
    answer: Callable[[str], Answered],
    on_done: Callable[[], None],
) -> list[Answered]:
    """Predict documents one after the other; one that fails does not stop the others.

    Args:
        documents: to which they belong.
        names: their ids.
        answer: predicts one.
        on_done: called after each.
    """
    outcomes = []
    for name in names:
        try:
            outcomes.append(answer(name))
        except DocspadeError as error:
            _log.warning("%s failed: %s", name, error.message)
            outcomes.append(failed(documents, name, error))
        on_done()
    return outcomes


def turned(data: bytes, turn: QuarterTurn) -> bytes:
    """A picture turned clockwise, as PNG so that nothing else changes; 0 gives it back as it is."""
    if turn == 0:
        return data
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        output = io.BytesIO()
        image.transpose(_TRANSPOSED[turn]).save(output, "PNG", compress_level=1)
    return output.getvalue()
