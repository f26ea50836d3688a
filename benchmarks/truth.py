"""Finds the truth that a predictions file is to be scored against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue

from benchmarks.answers import Answer, read_answers
from benchmarks.cord import FIELD_METRICS
from benchmarks.counts import Metric
from benchmarks.nted import TREE_ACCURACY
from benchmarks.recognise import SPLITS, Place, recognise
from benchmarks.registry import load_task
from benchmarks.spans import ENTITIES, ENTITIES_WITH_KEYS, VALUES
from benchmarks.sroie import KEYS_STRICT
from benchmarks.tasks import Sample, Task
from benchmarks.trees import FLAT_FIELDS, GROUPED_FIELDS
from corpora.sroie import KEYS
from ocr.errors import SetupError

CORD_SECTIONS = frozenset({"menu", "void_menu", "sub_total", "total"})
INVOICE_FIELDS = frozenset({"InvoiceNumber", "IssuedDate", "TotalAmount", "LineItem"})


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
    place = _place(path, benchmark)
    task, root = load_task(place.benchmark), place.root
    split = split or place.split
    found = split or _split_with(task, root, predicted)
    names = task.names(root, found, "truth")
    samples = tuple(_sample(task, root, found, name) for name in names)
    return Truth(task.name, found, samples, task.metrics)


def _sample(task: Task, root: Path, split: str, name: str) -> Sample:
    """A document as far as scoring needs it: word files only where ids count blank words."""
    if any(metric.needs_gold_words for metric in task.metrics):
        return task.sample(root, split, name)
    return Sample(name, (), task.truth(root, split, name))


def _place(path: Path, benchmark: str | None) -> Place:
    """Where the data set lies; one that was named need not be recognised by its files."""
    try:
        place = recognise(path)
    except SetupError:
        if benchmark is None:
            raise
        return Place(benchmark, path)
    return place if benchmark is None else replace(place, benchmark=benchmark)


def _metrics_of(answers: Mapping[str, Answer]) -> tuple[Metric, ...]:
    """The metrics for what a truth file holds."""
    metrics: list[Metric] = []
    if any(answer.fields for answer in answers.values()):
        metrics += _field_metrics([answer.fields for answer in answers.values()])
    entities = [entity for answer in answers.values() for entity in answer.entities]
    if any(answer.links for answer in answers.values()):
        metrics += load_task("funsd").metrics
    elif any(entity.key_word_ids for entity in entities):
        metrics += [VALUES, ENTITIES_WITH_KEYS]
    elif entities:
        metrics.append(ENTITIES)
    if not metrics:
        raise SetupError("the truth file holds neither fields nor entities")
    return tuple(metrics)


def _field_metrics(trees: Sequence[Mapping[str, JsonValue]]) -> tuple[Metric, ...]:
    """Those of the data set whose fields these are, else those for any tree."""
    names = {name for tree in trees for name in tree}
    has_groups = any(isinstance(child, dict | list) for tree in trees for child in tree.values())
    if names <= set(KEYS) and not has_groups:
        return (KEYS_STRICT,)
    if names <= CORD_SECTIONS:
        return FIELD_METRICS
    if names <= INVOICE_FIELDS:
        return load_task("rvl_invoices").metrics
    return GROUPED_FIELDS, FLAT_FIELDS, TREE_ACCURACY


def _split_with(task: Task, root: Path, predicted: Collection[str]) -> str:
    for split in SPLITS:
        try:
            names = set(task.names(root, split, "truth"))
        except SetupError:  # this split is not there
            continue
        if names.issuperset(predicted):
            return split
    raise SetupError(f"no split of {root} has all the predicted documents")
