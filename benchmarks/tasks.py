"""What a benchmark is made of: documents with gold words and truth, answers, metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from benchmarks.answers import Answer
from benchmarks.counts import Metric, Score, evaluate
from corpora.splits import is_development
from layout.graph import Entity, FieldGraph
from layout.result import DocumentResult
from ocr.types import Page

Part = Literal["words", "pictures", "truth"]
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Sample:
    """One document of a benchmark.

    Attributes:
        id: stem of the data set's file.
        pages: with the data set's own words, in the file's order.
        truth: None where the document has no annotations.
        blank_ids: ids, as `Answer` counts them, of words or characters that hold no text.
        character_ids: for data sets that count characters: each word's; None where words count.
    """

    id: str
    pages: tuple[Page, ...]
    truth: Answer | None
    blank_ids: frozenset[int] = frozenset()
    character_ids: tuple[tuple[int, ...], ...] | None = None


class Task(Protocol):
    """A benchmark: where its documents lie, what an answer looks like, how answers are scored."""

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def document_type(self) -> str:
        """The schema that its answers are decoded with."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """In the order of the report; the first one is the main figure."""

    @property
    def has_pictures(self) -> bool:
        """Whether the data set has pictures, so that OCR can be asked for."""

    def names(self, root: Path, split: str, part: Part = "words") -> list[str]:
        """Ids of a split's documents, in name order.

        Args:
            root: the data set's own root.
            split: train, dev or test.
            part: what the documents must have.

        Raises:
            SetupError: the split's files are not there.
        """

    def sample(self, root: Path, split: str, name: str) -> Sample:
        """One document with its gold words.

        Raises:
            CorruptFileError: its files do not have the data set's form.
        """

    def truth(self, root: Path, split: str, name: str) -> Answer | None:
        """One document's truth alone, for which no words are needed."""

    def image_path(self, root: Path, split: str, name: str) -> Path:
        """Where a document's picture lies, or would lie."""

    def answer(self, sample: Sample, graph: FieldGraph) -> Answer:
        """What a decoded graph over the sample's gold words answers."""

    def answer_of_result(self, name: str, result: DocumentResult) -> Answer:
        """What an extraction from the picture answers; its word ids count the words as read."""


@runtime_checkable
class LinkedTask(Task, Protocol):
    """A benchmark whose entities are linked, and whose true entities can be given to the linker."""

    @property
    def metrics_gold_entities(self) -> tuple[Metric, ...]:
        """For links between the true entities."""

    def gold_entities(self, sample: Sample) -> list[Entity]:
        """A document's true entities over words, in the order of its truth, without links."""

    def answer_of_links(self, sample: Sample, links: Sequence[tuple[int, int]]) -> Answer:
        """The true entities with predicted links between them, (above, below)."""


def score_answers(
    metrics: Sequence[Metric], samples: Sequence[Sample], answers: Sequence[Answer]
) -> tuple[Score, ...]:
    """Score answers against their samples' truths.

    A failed document counts as an empty prediction: all its truth is missed.

    Args:
        metrics: to apply.
        samples: those without truth are left out.
        answers: one for each sample, in the same order.
    """
    pairs = [
        (answer.without_ids(sample.blank_ids), sample.truth.without_ids(sample.blank_ids))
        for sample, answer in zip(samples, answers, strict=True)
        if sample.truth is not None
    ]
    return tuple(evaluate(metric, pairs) for metric in metrics)


def score_graphs(
    task: Task, samples: Sequence[Sample], graphs: Iterable[FieldGraph]
) -> tuple[Score, ...]:
    """Score decoded graphs over the samples' gold words."""
    answers = [task.answer(s, graph) for s, graph in zip(samples, graphs, strict=True)]
    return score_answers(task.metrics, samples, answers)


def split_of_groups(groups: Mapping[str, str], split: str) -> list[str]:
    """Names of the documents of `train` or `dev`, where dev is carved out by document group.

    Args:
        groups: each document's group by its name.
        split: train or dev.
    """
    return sorted(n for n, group in groups.items() if is_development(group) == (split == "dev"))


def stems(folder: Path, suffixes: Collection[str]) -> list[str]:
    """Stems of a folder's files with one of the suffixes (in either case), sorted."""
    return sorted(path.stem for path in folder.glob("*") if path.suffix.lower() in suffixes)


def picture(folder: Path, name: str) -> Path:
    """The picture of a document in a folder, whatever its format; NAME.jpg where there is none."""
    suffixes = [*IMAGE_SUFFIXES, *map(str.upper, IMAGE_SUFFIXES)]
    candidates = [folder / f"{name}{suffix}" for suffix in suffixes]
    return next((path for path in candidates if path.exists()), candidates[0])
