"""A benchmark's outcome as JSON and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from benchmarks.answers import Answer
from benchmarks.counts import Counts, Score
from layout.result import ModelEntry

MIN_WIDTH = 110
"""Of tables when they do not go to a terminal, in characters."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CountsEntry(_Form):
    """Counts with the shares made of them, in [0, 1]."""

    precision: float
    recall: float
    f1: float
    n_correct: int
    n_predicted: int
    n_true: int

    @classmethod
    def of(cls, counts: Counts) -> CountsEntry:
        """The entry of some counts."""
        return cls(
            precision=counts.precision,
            recall=counts.recall,
            f1=counts.f1,
            n_correct=counts.n_correct,
            n_predicted=counts.n_predicted,
            n_true=counts.n_true,
        )


class MetricEntry(_Form):
    """One metric: micro average, its bootstrap interval over documents, and each category."""

    name: str
    definition: str
    total: CountsEntry
    f1_interval_95: tuple[float, float]
    categories: dict[str, CountsEntry]

    @classmethod
    def of(cls, score: Score) -> MetricEntry:
        """The entry of a score."""
        return cls(
            name=score.metric.name,
            definition=score.metric.definition,
            total=CountsEntry.of(score.total),
            f1_interval_95=score.interval,
            categories={name: CountsEntry.of(c) for name, c in score.categories.items()},
        )


class MeanEntry(_Form):
    """One metric that is a mean over documents, with its bootstrap interval."""

    name: str
    definition: str
    mean: float
    interval_95: tuple[float, float]
    n_documents: int

    @classmethod
    def of(cls, score: Score) -> MeanEntry:
        """The entry of a score."""
        return cls(
            name=score.metric.name,
            definition=score.metric.definition,
            mean=score.mean,
            interval_95=score.interval,
            n_documents=len(score.values),
        )


class FailureEntry(_Form):
    """A document that failed, and why."""

    id: str
    error: str


class Report(_Form):
    """What was measured on what, and what came out.

    Attributes:
        benchmark: as on the command line.
        split: train, dev or test; None for a truth file.
        setting: how the words and the rest were had, e.g. "words gold".
        n_documents: in all, failed ones included.
        n_scored: those that have a truth.
        failures: documents that failed; they count as empty predictions.
        metrics: those that are F1s, the main figure first.
        means: those that are means over documents; none where they apply to no document.
        model: that predicted; None where predictions came from a file.
    """

    benchmark: str
    split: str | None
    setting: str
    n_documents: int
    n_scored: int
    failures: list[FailureEntry]
    metrics: list[MetricEntry]
    means: list[MeanEntry] = []
    model: ModelEntry | None = None

    def write(self, path: Path) -> None:
        """Write the report as JSON."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def make_report(
    benchmark: str,
    split: str | None,
    setting: str,
    scores: Sequence[Score],
    answers: Sequence[Answer],
    *,
    n_documents: int | None = None,
    model: ModelEntry | None = None,
) -> Report:
    """Put a report together.

    Args:
        benchmark: its name.
        split: train, dev, test or None.
        setting: how the words and the rest were had.
        scores: the main one first.
        answers: of all documents, or none where scores alone are at hand.
        n_documents: how many there were; None counts the answers.
        model: that predicted, if any.
    """
    return Report(
        benchmark=benchmark,
        split=split,
        setting=setting,
        n_documents=len(answers) if n_documents is None else n_documents,
        n_scored=len(scores[0].documents) if scores else 0,
        failures=[FailureEntry(id=a.id, error=a.error) for a in answers if a.error is not None],
        metrics=[MetricEntry.of(s) for s in scores if s.documents and not s.metric.is_mean],
        means=[MeanEntry.of(score) for score in scores if score.values],
        model=model,
    )


def report_console() -> Console:
    """The console for figures: standard output, wide enough for a table when it is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, MIN_WIDTH))


def show(report: Report, console: Console) -> None:
    """Print a report: a table for each F1, one for the means, in percent, then what failed."""
    place = report.benchmark if report.split is None else f"{report.benchmark} {report.split}"
    console.print(f"{place}, {report.setting}: {report.n_documents} documents", highlight=False)
    for metric in report.metrics:
        console.print(_table(metric))
    if report.means:
        console.print(_means_table(report.means))
    if not report.n_scored:
        console.print("no truth to score against")
    for failure in report.failures:
        console.print(f"failed: {failure.id}: {failure.error}", markup=False, highlight=False)


def _table(metric: MetricEntry) -> Table:
    table = Table(title=f"{metric.name}\n{metric.definition}", title_justify="left")
    table.add_column("", no_wrap=True)
    for name in ("precision", "recall", "F1", "95 % interval", "right", "predicted", "true"):
        table.add_column(name, justify="right")
    for name, counts in metric.categories.items():
        table.add_row(name, *_cells(counts, ""))
    table.add_section()
    low, high = metric.f1_interval_95
    table.add_row("all", *_cells(metric.total, f"{100 * low:.1f} … {100 * high:.1f}"))
    return table


def _means_table(means: Sequence[MeanEntry]) -> Table:
    table = Table(title="means over documents", title_justify="left")
    for name in ("", "definition"):
        table.add_column(name)
    for name in ("mean", "95 % interval", "documents"):
        table.add_column(name, justify="right", no_wrap=True)
    for entry in means:
        low, high = (100 * end for end in entry.interval_95)
        figures = (f"{100 * entry.mean:.2f}", f"{low:.1f} … {high:.1f}", str(entry.n_documents))
        table.add_row(entry.name, entry.definition, *figures)
    return table


def _cells(counts: CountsEntry, interval: str) -> list[str]:
    shares = [f"{100 * share:.2f}" for share in (counts.precision, counts.recall, counts.f1)]
    numbers = [str(n) for n in (counts.n_correct, counts.n_predicted, counts.n_true)]
    return [*shares, interval, *numbers]
