"""`docspade benchmark` and `docspade score`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.progress import Progress

from benchmarks.answering import (
    Answered,
    DocumentSet,
    QuarterTurn,
    Words,
    answer_all,
    answer_gold,
    answer_links,
    answer_picture,
)
from benchmarks.answers import Answer, read_answers, write_answers
from benchmarks.counts import Metric
from benchmarks.funsd import FunsdTask
from benchmarks.registry import TASK_MODULES, load_task
from benchmarks.report import make_report, report_console, show
from benchmarks.structure import structure_metrics
from benchmarks.tasks import LinkedTask, Sample, Task, score_answers
from benchmarks.truth import find_truth
from layout.bundle import Precision, opt_in_bundle
from layout.decode import REMOVABLE
from ocr.engine import Device

if TYPE_CHECKING:
    from layout.result import ModelEntry


class BenchmarkOptions(BaseModel):
    """The command line of `docspade benchmark`; see each option's help there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    data: Path | None
    data_sets: Path | None
    split: Literal["train", "dev", "test"]
    words: Words
    entities: Literal["predicted", "gold"]
    boxes: Literal["words", "segments"]
    without: tuple[str, ...]
    predictions: Path | None
    report: Path | None
    limit: int | None
    bundle: Path | None
    precision: Precision | None
    device: Device
    threads: int | None
    rotate: QuarterTurn

    @property
    def root(self) -> Path:
        """The data set's own root.

        Raises:
            UsageError: neither it nor the folder with all data sets was given.
        """
        if self.data is not None:
            return self.data
        if self.data_sets is None:
            raise click.UsageError("--data or the environment variable DOCSPADE_DATA is needed")
        return self.data_sets / self.name

    @property
    def setting(self) -> str:
        """For the report: whose words, entities and boxes, and how the pictures lay."""
        parts = [f"words {self.words}"]
        if self.entities == "gold":
            parts.append("entities gold")
        if self.boxes == "segments":
            parts.append("gold segment boxes (leak the grouping)")
        if self.without:
            parts.append(f"decoded without {', '.join(self.without)}")
        if self.rotate:
            parts.append(f"pictures turned by {self.rotate} degrees")
        return ", ".join(parts)


_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_report = click.option("--report", type=_FILE, metavar="OUT.json", help="Write the figures there.")


@click.command()
@click.argument("name", type=click.Choice(list(TASK_MODULES)), metavar="BENCHMARK")
@click.option("--data", type=_FOLDER, metavar="DIR", help="The data set's own root.")
@click.option("--data-sets", type=_FOLDER, envvar="DOCSPADE_DATA", show_envvar=True, metavar="DIR",
              help="Folder with all data sets, used where --data is not given.")  # fmt: skip
@click.option("--split", type=click.Choice(["train", "dev", "test"]), required=True)
@click.option("--words", type=click.Choice(["gold", "ocr"]), required=True,
              help="The data set's own words, or the project's OCR on the pictures.")  # fmt: skip
@click.option("--entities", type=click.Choice(["predicted", "gold"]), default="predicted",
              show_default=True, help="What the linker is given.")  # fmt: skip
@click.option("--boxes", type=click.Choice(["words", "segments"]), default="words",
              show_default=True, help="FUNSD: the words' boxes or their segments'.")  # fmt: skip
@click.option("--without", multiple=True, type=click.Choice(sorted(REMOVABLE)),
              help="Decode without this constraint; may be repeated.")  # fmt: skip
@click.option("--predictions", type=_FILE, metavar="OUT.jsonl", help="Write the predictions there.")
@_report
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N in name order.")
@click.option("--bundle", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Model to measure instead of the one that ships.")  # fmt: skip
@click.option("--precision", type=click.Choice(["int8", "fp16", "fp32"]),
              help="Of the model; int8 on the CPU and fp16 on the GPU by default.")  # fmt: skip
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--threads", type=click.IntRange(min=1), help="CPU threads; all cores by default.")
@click.option("--rotate", type=click.Choice([0, 90, 180, 270]), default=0, show_default=True,
              help="Turn the pictures clockwise first.")  # fmt: skip
def benchmark(**options: object) -> None:
    """Measure accuracy on a public data set.

    Documents without annotations are predicted all the same. The exit code is 1 if every document
    failed.
    """
    chosen = BenchmarkOptions.model_validate(options)
    task = load_task(chosen.name)
    if chosen.boxes == "segments" and isinstance(task, FunsdTask):
        task = task.with_segment_boxes()
    _check_options(task, chosen)
    documents = DocumentSet(task, chosen.root, chosen.split)
    names = documents.names(chosen.words, chosen.limit)
    if not names:
        raise click.ClickException(f"{task.name} has no documents in its split {chosen.split!r}")
    answer, model = _answerer(documents, chosen)
    answered = _run(documents, names, answer)
    answers = [each.answer for each in answered]
    if chosen.predictions is not None:
        write_answers(chosen.predictions, answers)
    samples = [each.sample for each in answered]
    scores = score_answers(_metrics(task, chosen, samples), samples, answers)
    outcome = make_report(task.name, chosen.split, chosen.setting, scores, answers, model=model)
    if chosen.report is not None:
        outcome.write(chosen.report)
    show(outcome, report_console())
    if len(outcome.failures) == len(answers):
        raise click.ClickException("every document failed")


@click.command()
@click.argument("predictions", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("truth", type=click.Path(path_type=Path, exists=True))
@click.option("--benchmark", "name", type=click.Choice(list(TASK_MODULES)),
              help="Whose metrics to use; recognised by the truth where not given.")  # fmt: skip
@click.option("--split", type=click.Choice(["train", "dev", "test"]),
              help="Of a data set; by default the one that has the predictions' ids.")  # fmt: skip
@click.option("--only-predicted", is_flag=True,
              help="Leave out documents without a prediction; else they are missed.")  # fmt: skip
@_report
def score(
    predictions: Path,
    truth: Path,
    name: str | None,
    split: str | None,
    only_predicted: bool,  # noqa: FBT001 - click passes options by keyword
    report: Path | None,
) -> None:
    """Compare a predictions file with the truth; no model is needed.

    TRUTH is a data set's root, the folder of one of its splits, or a file in the predictions' form.
    """
    predicted = read_answers(predictions)
    found = find_truth(truth, predicted, benchmark=name, split=split)
    samples = [s for s in found.samples if not only_predicted or s.id in predicted]
    unknown = predicted.keys() - {sample.id for sample in found.samples}
    if unknown:
        raise click.ClickException(f"the truth does not have {', '.join(sorted(unknown)[:5])}")
    n_missing = sum(sample.id not in predicted for sample in samples)
    if n_missing:
        click.echo(f"{n_missing} documents have no prediction and count as missed", err=True)
    answers = [predicted.get(s.id, Answer(id=s.id)) for s in samples]
    metrics = (*found.metrics, *structure_metrics(found.benchmark, samples))
    scores = score_answers(metrics, samples, answers)
    outcome = make_report(found.benchmark, found.split, "from a file", scores, answers)
    if report is not None:
        outcome.write(report)
    show(outcome, report_console())


def _check_options(task: Task, options: BenchmarkOptions) -> None:
    if options.words == "ocr" and not task.has_pictures:
        raise click.UsageError(f"{task.name} has no pictures: --words gold is the only choice")
    if options.entities == "gold" and not isinstance(task, LinkedTask):
        raise click.UsageError(f"{task.name} has no links: --entities gold means nothing for it")
    if options.entities == "gold" and options.words == "ocr":
        raise click.UsageError("--entities gold counts the data set's words: it needs --words gold")
    if options.boxes == "segments" and not isinstance(task, FunsdTask):
        raise click.UsageError("--boxes segments: only FUNSD has gold segments")
    if options.boxes == "segments" and options.words == "ocr":
        raise click.UsageError("--boxes segments needs --words gold")
    if options.without and options.words == "ocr":
        raise click.UsageError("--without needs --words gold")
    if options.rotate and options.words == "gold":
        raise click.UsageError("--rotate turns pictures: it needs --words ocr")


def _metrics(
    task: Task, options: BenchmarkOptions, samples: Sequence[Sample]
) -> tuple[Metric, ...]:
    if options.entities == "gold" and isinstance(task, LinkedTask):
        return task.metrics_gold_entities
    if options.words == "ocr":
        return tuple(metric for metric in task.metrics if not metric.needs_gold_words)
    return (*task.metrics, *structure_metrics(task.name, samples))


def _bundle(task: Task, options: BenchmarkOptions) -> Path | None:
    """The bundle that was named, or else the one that reads the benchmark's documents."""
    if options.bundle is not None:
        return options.bundle
    folder = opt_in_bundle(task.document_type)
    if folder is not None:
        click.echo(
            f"{task.name}: takes the bundle {folder.name!r}, which is for non-commercial use only "
            "(FUNSD's licence)",
            err=True,
        )
    return folder


def _answerer(
    documents: DocumentSet, options: BenchmarkOptions
) -> tuple[Callable[[str], Answered], ModelEntry]:
    """What predicts a document by its name, and the model's entry for the report."""
    from layout.session import SpatialModel

    model = SpatialModel.open(
        _bundle(documents.task, options),
        device=options.device,
        n_threads=options.threads,
        precision=options.precision,
    )
    if options.words == "gold":
        predict = answer_links if options.entities == "gold" else answer_gold
        without = frozenset(options.without)
        return partial(predict, documents, model=model, without=without), model.entry
    from layout.pipeline import Pipeline
    from ocr.engine import PpocrOptions, open_engine
    from ocr.reader import DocumentReader

    engine = open_engine(PpocrOptions(device=options.device, n_threads=options.threads))
    pipeline = Pipeline(DocumentReader(engine), model)
    return partial(answer_picture, documents, pipeline=pipeline, turn=options.rotate), model.entry


def _run(
    documents: DocumentSet, names: Sequence[str], answer: Callable[[str], Answered]
) -> list[Answered]:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(f"{documents.task.name} {documents.split}", total=len(names))
        return answer_all(documents, list(names), answer, lambda: progress.advance(bar))
