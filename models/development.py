"""Held-out documents of every task, scored by the decoding and the metrics that serving uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.counts import Score
from benchmarks.registry import load_task
from benchmarks.tasks import Sample, Task, score_graphs
from corpora.document import LabelledDocument
from layout.decode import decode
from layout.graph import FieldGraph
from layout.schema import load_schema
from layout.tokens import DocumentTokeniser
from models.data import DataFolders, Held, read_words
from models.evaluate import Scorer
from models.examples import Example, make_example

TASKS = {
    "sroie": "sroie",
    "sroie_ocr": "sroie",
    "cord": "cord",
    "cord_r": "cord_r",
    "rvl_invoices": "rvl_invoices",
    "funsd": "funsd",
    "funsd_r": "funsd_r",
}
"""The benchmark that scores each development task; `sroie_ocr` has our own OCR's words."""


@dataclass(frozen=True)
class DevelopmentTask:
    """The held-out documents of one task, tokenised, ready to be scored again and again."""

    task: Task
    samples: tuple[Sample, ...]
    examples: tuple[Example, ...]

    def decode(self, scorer: Scorer, schema_name: str | None = None) -> list[FieldGraph]:
        """What a model makes of the documents, in the task's own schema or in another."""
        schema = load_schema(schema_name or self.task.document_type)
        return [decode(scorer.score(example), schema) for example in self.examples]

    def score(self, graphs: Sequence[FieldGraph]) -> tuple[Score, ...]:
        """The benchmark's own metrics."""
        return score_graphs(self.task, self.samples, graphs)


Development = Mapping[str, DevelopmentTask]


def read_development(
    names: Sequence[str],
    folders: DataFolders,
    held: Held,
    form: tuple[tuple[str, ...], DocumentTokeniser],
) -> Development:
    """The held-out documents of some tasks.

    Args:
        names: keys of `TASKS`.
        folders: where the data lies; without own OCR's words `sroie_ocr` is left out.
        held: which of CORD's receipts are held out.
        form: the model's labels and the tokeniser.
    """
    found = {}
    for name in names:
        if name == "sroie_ocr" and folders.ocr_words is None:
            continue
        task = load_task(TASKS[name])
        root = folders.root / TASKS[name]
        samples = _samples(task, root, held)
        if name == "sroie_ocr" and folders.ocr_words is not None:
            samples = [_as_read(sample, folders.ocr_words) for sample in samples]
        examples = tuple(_example(sample, form) for sample in samples)
        found[name] = DevelopmentTask(task, tuple(samples), examples)
    return found


def score_development(scorer: Scorer, development: Development) -> dict[str, tuple[Score, ...]]:
    """The benchmarks' own scores of every task."""
    return {name: task.score(task.decode(scorer)) for name, task in development.items()}


def figures(scores: Mapping[str, tuple[Score, ...]]) -> dict[str, float]:
    """Every score for the training log, by task and metric and, for SROIE, by key."""
    found = {}
    for task, of_task in scores.items():
        for score in of_task:
            found[f"{task} {score.metric.name}"] = round(score.figure, 4)
        if task.startswith("sroie"):
            for key, counts in of_task[0].categories.items():
                found[f"{task} {key}"] = round(counts.f1, 4)
    return found


def _samples(task: Task, root: Path, held: Held) -> list[Sample]:
    is_held: Callable[[str], bool] = (
        held.holds_out_receipt if task.name in ("cord", "cord_r") else lambda _: True
    )
    return [task.sample(root, "dev", name) for name in task.names(root, "dev") if is_held(name)]


def _as_read(sample: Sample, ocr_words: Path) -> Sample:
    return replace(sample, pages=read_words(ocr_words, sample.id))


def _example(sample: Sample, form: tuple[tuple[str, ...], DocumentTokeniser]) -> Example:
    unknown = LabelledDocument(sample.id, sample.pages, (), labelled=frozenset(), has_groups=False)
    return make_example(unknown, *form)
