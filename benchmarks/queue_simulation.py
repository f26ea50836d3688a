"""`docspade simulate`: how long documents wait, by hosts, load and what the database can do.

An event simulation of the job engine: documents arrive alone (Poisson) and in batches; every worker
takes interactive documents first, but a batch's after so many in a row; each job passes the
database, which serves one statement after the other on each of its cores, when it is handed in,
when it is claimed and when it is finished.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from dataclasses import dataclass

import click
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from rich.table import Table

from benchmarks.report import report_console

Floats = npt.NDArray[np.float64]

INTERACTIVE_IN_A_ROW = 8
"""As `workers/` does it: then a batch's document has its turn."""
_HANDED_IN, _WAITS, _WORKED, _FREE = range(4)
"""What happens: a document comes, is in the table, is read, its worker can claim the next."""
SPREAD = 0.5
"""Standard deviation of the logarithm of a document's processing time."""


@dataclass(frozen=True)
class Load:
    """What is simulated.

    Attributes:
        n_workers: on all hosts together.
        document_seconds: median processing time on one worker.
        arrivals: interactive documents a second.
        batch: documents of a batch that is handed in at the start.
        seconds: for how long documents arrive.
        step_ms: of the database for one step of a job.
        database_cores: steps that the database does at a time.
        seed: of arrivals and times.
    """

    n_workers: int
    document_seconds: float
    arrivals: float
    batch: int
    seconds: float
    step_ms: float
    database_cores: int
    seed: int = 1


@dataclass(frozen=True)
class Outcome:
    """What came out; waits are seconds from handing in to the start of work.

    Attributes:
        interactive: [n] waits of single documents.
        batch: [n] waits of the batch's.
        busy: share of the workers' time that was work.
        database_busy: share of the database's time that was work.
        seconds: until the last document was done.
    """

    interactive: Floats
    batch: Floats
    busy: float
    database_busy: float
    seconds: float


class _Database:
    """Cores that each do one step at a time, first come, first served."""

    def __init__(self, n_cores: int, step_seconds: float) -> None:
        self._free_at = [0.0] * n_cores
        self._step_seconds = step_seconds
        self.busy_seconds = 0.0

    def step(self, now: float) -> float:
        """When a step that is asked for now is done."""
        start = max(now, heapq.heappop(self._free_at))
        self.busy_seconds += self._step_seconds
        heapq.heappush(self._free_at, start + self._step_seconds)
        return start + self._step_seconds


class _Lanes:
    """What waits, and whose turn it is."""

    def __init__(self) -> None:
        self.interactive: deque[float] = deque()
        self.batch: deque[float] = deque()
        self._in_a_row = 0

    def take(self) -> tuple[bool, float] | None:
        """Whether the next document is a batch's, and when it was handed in."""
        is_batch_turn = self._in_a_row >= INTERACTIVE_IN_A_ROW or not self.interactive
        if is_batch_turn and self.batch:
            self._in_a_row = 0
            return True, self.batch.popleft()
        if not self.interactive:
            return None
        self._in_a_row += 1
        return False, self.interactive.popleft()


def simulate(load: Load) -> Outcome:
    """Run until every document is done."""
    rng = np.random.default_rng(load.seed)
    database = _Database(load.database_cores, load.step_ms / 1000)
    n_arrivals = int(rng.poisson(load.arrivals * load.seconds))
    arrivals = np.sort(rng.random(n_arrivals)) * load.seconds
    work = np.exp(rng.normal(np.log(load.document_seconds), SPREAD, n_arrivals + load.batch))
    lanes, order = _Lanes(), itertools.count()
    lanes.batch.extend([0.0] * load.batch)
    events = [(float(at), next(order), _HANDED_IN) for at in arrivals]
    events += [(0.0, next(order), _FREE) for _ in range(load.n_workers)]
    heapq.heapify(events)
    waits: dict[bool, list[float]] = {False: [], True: []}
    idle = n_done = 0
    now = 0.0
    while events:
        now, _, kind = heapq.heappop(events)
        if kind == _HANDED_IN:
            heapq.heappush(events, (database.step(now), next(order), _WAITS))
            continue
        if kind == _WORKED:
            heapq.heappush(events, (database.step(now), next(order), _FREE))
            continue
        if kind == _FREE:
            idle += 1
        else:
            lanes.interactive.append(now)
        if idle and (taken := lanes.take()):
            idle -= 1
            is_batch, handed_in = taken
            started = database.step(now)
            waits[is_batch].append(started - handed_in)
            heapq.heappush(events, (started + work[n_done], next(order), _WORKED))
            n_done += 1
    return Outcome(
        interactive=np.array(waits[False]),
        batch=np.array(waits[True]),
        busy=float(work.sum()) / (now * load.n_workers),
        database_busy=database.busy_seconds / (now * load.database_cores),
        seconds=now,
    )


class SimulateOptions(BaseModel):
    """The command line of `docspade simulate`; see each option's help there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    hosts: tuple[int, ...]
    workers: int
    document_seconds: float
    share: float
    batch: int
    seconds: float
    step_ms: float
    database_cores: int

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
            step_ms=self.step_ms,
            database_cores=self.database_cores,
        )


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
@click.option("--step-ms", type=click.FloatRange(min=0.0), default=1.0, show_default=True,
              help="The database's time for a step of a job (`docspade job-costs`).")  # fmt: skip
@click.option("--database-cores", type=click.IntRange(min=1), default=8, show_default=True)
def simulate_command(**options: object) -> None:
    """Simulate the queue: waits and the use of workers and database, by number of hosts."""
    chosen = SimulateOptions.model_validate(options)
    table = Table("hosts", "documents/s", "wait p50, s", "p99, s", "batch done after, s",
                  "workers busy", "database busy")  # fmt: skip
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
        )
    report_console().print(table)


def _percentile(waits: Floats, share: float) -> float:
    return float(np.percentile(waits, share)) if len(waits) else 0.0
