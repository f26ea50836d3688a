"""`docspade simulate`: waits, and what workers and database have to do, by number of hosts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Final

import click
import numpy as np
from pydantic import BaseModel, ConfigDict
from rich.table import Table

from benchmarks.queue_costs import Background, StepCosts
from benchmarks.queue_simulation import SPREAD, Floats, Load, simulate
from benchmarks.report import report_console

STEPS: Final = {
    "count": "counting what waits, at each upload",
    "add": "adding a document",
    "claim": "a claim",
    "page": "noting a page",
    "finish": "writing a result",
    "beat": "a worker's sign of life",
    "sweep": "a sweep",
    "empty_claim": "a claim in vain, of each lane",
}


class SimulateOptions(BaseModel):
    """The command line of `docspade simulate`; see each option's help there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    hosts: tuple[int, ...]
    workers: int
    document_seconds: float
    share: float
    batch: int
    seconds: float
    database_cores: int
    pages: int
    beat_seconds: float
    sweep_seconds: float
    count_ms: float
    add_ms: float
    claim_ms: float
    page_ms: float
    finish_ms: float
    beat_ms: float
    sweep_ms: float
    empty_claim_ms: float

    def load(self, n_hosts: int) -> Load:
        """What is simulated for so many hosts."""
        n_workers = n_hosts * self.workers
        mean_seconds = self.document_seconds * math.exp(SPREAD**2 / 2)  # of a log-normal
        return Load(
            n_workers=n_workers,
            document_seconds=self.document_seconds,
            arrivals=self.share * n_workers / mean_seconds,
            batch=self.batch * n_workers,
            seconds=self.seconds,
            costs=StepCosts(
                **{step.name: getattr(self, f"{step.name}_ms") for step in fields(StepCosts)}
            ),
            database_cores=self.database_cores,
            n_pages=self.pages,
            background=Background(self.beat_seconds, self.sweep_seconds),
        )


def _step_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for the milliseconds of each step."""
    for step in reversed(fields(StepCosts)):
        command = click.option(
            f"--{step.name.replace('_', '-')}-ms",
            type=click.FloatRange(min=0.0),
            default=step.default,
            show_default=True,
            help=f"The database's time: {STEPS[step.name]}.",
        )(command)
    return command


@click.command("simulate")
@click.option("--hosts", type=click.IntRange(min=1), multiple=True, default=(1, 10, 100, 1000),
              show_default=True, help="One row each.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), default=4, show_default=True,
              help="On each host.")  # fmt: skip
@click.option("--document-seconds", type=click.FloatRange(min=0.001), default=1.0,
              show_default=True, help="Median processing time on one worker.")  # fmt: skip
@click.option("--load", "share", type=click.FloatRange(min=0.01, max=2.0), default=0.7,
              show_default=True,
              help="Single documents, as a share of what the workers can do.")  # fmt: skip
@click.option("--batch", type=click.IntRange(min=0), default=20, show_default=True,
              help="Documents a worker of a batch at the start.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(min=1), default=120.0, show_default=True)
@click.option("--database-cores", type=click.IntRange(min=1), default=8, show_default=True)
@click.option("--pages", type=click.IntRange(min=1), default=1, show_default=True,
              help="Of a document.")  # fmt: skip
@click.option("--beat-seconds", type=click.FloatRange(min=0.0), default=Background.beat_seconds,
              show_default=True,
              help="Between two signs of life of a worker; 0: none.")  # fmt: skip
@click.option("--sweep-seconds", type=click.FloatRange(min=0.0), default=Background.sweep_seconds,
              show_default=True,
              help="Between two sweeps of a worker, or looks of an idle one.")  # fmt: skip
@_step_options
def simulate_command(**options: object) -> None:
    """Simulate the queue: waits and the use of workers and database, by number of hosts."""
    chosen = SimulateOptions.model_validate(options)
    table = Table("hosts", "documents/s", "wait p50, s", "p99, s", "batch done after, s",
                  "workers busy", "database busy", "background")  # fmt: skip
    for n_hosts in chosen.hosts:
        outcome = simulate(chosen.load(n_hosts))
        n_documents = len(outcome.interactive) + len(outcome.batch)
        table.add_row(
            str(n_hosts),
            f"{n_documents / outcome.seconds:,.0f}",
            f"{_percentile(outcome.interactive, 50):.2f}",
            f"{_percentile(outcome.interactive, 99):.2f}",
            f"{outcome.batch.max(initial=0.0):.0f}",
            f"{outcome.busy:.0%}",
            f"{outcome.database_busy:.0%}",
            f"{outcome.background_busy:.0%}",
        )
    report_console().print(table)


def _percentile(waits: Floats, share: float) -> float:
    return float(np.percentile(waits, share)) if len(waits) else 0.0
