"""`docspade stress soak`: does a worker grow with the documents that it has done?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import click
from rich.table import Table

from benchmarks.report import report_console
from benchmarks.service.bodies import bodies
from benchmarks.service.feeding import batches, finished, submit_all
from benchmarks.service.running import Running, started
from ocr.errors import SetupError

BATCH_SIZE = 25
"""Documents that are handed in together; the next ones follow before these are done."""
N_SENDERS = 2
PATIENCE_SECONDS = 900.0
WINDOW = 0.1
"""Share of the documents of which memory is told as one figure, the median."""


@dataclass(frozen=True)
class SoakOutcome:
    """A worker's memory, MiB, and how that was measured.

    Attributes:
        n_documents: done.
        after_warm_up: median over the second tenth of the documents.
        at_end: median over the last tenth.
        highest: of all samples.
        seconds: for all documents.
    """

    n_documents: int
    after_warm_up: float
    at_end: float
    highest: float
    seconds: float

    @property
    def growth(self) -> float:
        """From the warm-up's end to the last documents, in per cent."""
        return 100 * (self.at_end / self.after_warm_up - 1)


def soak(service: Running, documents: Sequence[bytes], seconds: float) -> SoakOutcome:
    """Have one worker do all documents, and look at its memory after each few.

    Args:
        service: ready.
        documents: all that are handed in.
        seconds: after which no more are handed in, however many are left.

    Raises:
        SetupError: a document failed, or another worker took over.
    """
    pids = service.worker_pids()
    started_at = time.monotonic()
    samples: list[float] = []
    before: str | None = None
    n_documents = 0
    for batch in batches(documents, BATCH_SIZE):
        if time.monotonic() - started_at > seconds:
            break
        n_documents += len(batch)
        last = submit_all(service.client, batch, lane="batch", n_senders=N_SENDERS)[-1]
        if before is not None:
            finished(service.client, before, PATIENCE_SECONDS)
            samples.append(service.memory_mib()[1])
        before = last
    if before is not None:
        finished(service.client, before, PATIENCE_SECONDS)
    samples.append(service.memory_mib()[1])
    if service.worker_pids() != pids:
        raise SetupError("the worker was replaced: its memory tells nothing")
    n_window = max(1, int(len(samples) * WINDOW))
    return SoakOutcome(
        n_documents=n_documents,
        after_warm_up=statistics.median(samples[n_window : 2 * n_window] or samples),
        at_end=statistics.median(samples[-n_window:]),
        highest=max(samples),
        seconds=time.monotonic() - started_at,
    )


@click.command("soak")
@click.option("--documents", type=click.IntRange(min=50), default=5000, show_default=True,
              help="Ready-made words, and pictures among them.")  # fmt: skip
@click.option("--picture-every", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--tolerance", type=click.FloatRange(min=0), default=5.0, show_default=True,
              help="Per cent that the worker may grow after the first tenth.")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(min=0.1), default=120.0, show_default=True,
              help="After which no more are handed in.")  # fmt: skip
def soak_command(documents: int, picture_every: int, tolerance: float, minutes: float) -> None:
    """Give one worker many documents: does its memory grow?"""
    with started() as service:
        outcome = soak(service, bodies(documents, documents // picture_every), 60 * minutes)
    table = Table(
        "documents", "after warm-up, MiB", "at the end, MiB", "growth, %", "highest, MiB", "seconds"
    )
    table.add_row(
        str(outcome.n_documents),
        f"{outcome.after_warm_up:.0f}",
        f"{outcome.at_end:.0f}",
        f"{outcome.growth:+.1f}",
        f"{outcome.highest:.0f}",
        f"{outcome.seconds:.0f}",
    )
    report_console().print(table)
    if outcome.growth > tolerance:
        raise click.ClickException(f"the worker grew by {outcome.growth:.1f} %")
