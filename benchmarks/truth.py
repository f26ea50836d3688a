"""Finds the truth that a predictions file is to be scored against."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers import Answer, read_answers
from benchmarks.counts import Metric
from benchmarks.registry import TASK_MODULES, load_task
from benchmarks.spans import ENTITIES
from benchmarks.sroie import KEYS_STRICT
from benchmarks.tasks import Sample, Task
from benchmarks.trees import FLAT_FIELDS, GROUPED_FIELDS
from corpora.sroie import KEYS
from ocr.errors import SetupError

SPLITS = ("test", "dev", "train")


@dataclass(frozen=True)
class Truth:
    """Documents with their truth and the metrics to apply.

    Attributes:
        benchmark: name of the data set, or of the truth file.
        split: of the data set; None for a truth file.
        samples: in name order, or the file's.
        metrics: the main one first.
    """

    benchmark: str
    split: str | None
    samples: tuple[Sample, ...]
    metrics: tuple[Metric, ...]


def find_truth(
    path: Path, predicted: Collection[str], *, benchmark: str | None, split: str | None
) -> Truth:
    """The truth at a path: a file in the predictions' form, or a data set.

    Args:
        path: the file, the data set's root, or the folder of one of its splits.
        predicted: ids of the documents that were predicted; a data set's split is the first of
            test, dev and train that has them all.
        benchmark: the data set's name; None to recognise it by its files.
        split: of the data set; None to find it by the ids.

    Raises:
        SetupError: there is no truth, or none for these documents.
        CorruptFileError: a file does not have the form it should have.
    """
    if path.is_file():
        answers = read_answers(path)
        task = load_task(benchmark) if benchmark else None
        metrics = task.metrics if task else _metrics_of(answers)
        samples = tuple(Sample(name, (), answer) for name, answer in answers.items())
        return Truth(benchmark or path.stem, None, samples, metrics)
    root = path
    if path.name in SPLITS and (path / "entities").is_dir() | (path / "json").is_dir():
        root, split = path.parent, split or path.name
    task = load_task(benchmark or _recognise(root))
    found = split or _split_with(task, root, predicted)
    names = task.names(root, found, "truth")
    samples = tuple(_sample(task, root, found, name) for name in names)
    return Truth(task.name, found, samples, task.metrics)


def _sample(task: Task, root: Path, split: str, name: str) -> Sample:
    """A document as far as scoring needs it: word files only where ids count blank words."""
    if any(metric.needs_gold_words for metric in task.metrics):
        return task.sample(root, split, name)
    return Sample(name, (), task.truth(root, split, name))


def _metrics_of(answers: Mapping[str, Answer]) -> tuple[Metric, ...]:
    """The metrics for what a truth file holds."""
    metrics: list[Metric] = []
    names = {name for answer in answers.values() for name in answer.fields}
    if names and names <= set(KEYS):
        metrics.append(KEYS_STRICT)
    elif names:
        metrics += [GROUPED_FIELDS, FLAT_FIELDS]
    if any(answer.entities for answer in answers.values()):
        metrics.append(ENTITIES)
    if not metrics:
        raise SetupError("the truth file holds neither fields nor entities")
    return tuple(metrics)


def _recognise(root: Path) -> str:
    if (root / "jsons").is_dir() and any(root.glob("data.*.txt")):
        return "cord_r"
    if any((root / split / "json").is_dir() for split in SPLITS):
        return "cord"
    if any((root / split / "entities").is_dir() for split in SPLITS):
        return "sroie"
    known = ", ".join(TASK_MODULES)
    raise SetupError(f"{root} is neither a truth file nor a data set ({known})")


def _split_with(task: Task, root: Path, predicted: Collection[str]) -> str:
    for split in SPLITS:
        try:
            names = set(task.names(root, split, "truth"))
        except SetupError:  # this split is not there
            continue
        if names.issuperset(predicted):
            return split
    raise SetupError(f"no split of {root} has all the predicted documents")
