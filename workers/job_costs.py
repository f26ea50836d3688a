"""What the steps of the job table cost, in an empty table and beside very many other jobs.

PostgreSQL plans by what it knows of a table. In life autovacuum tells it soon after many rows have
come; the measurement does not wait for that, and analyses the table once it is filled.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from sqlalchemy import insert, text

from layout.result import DocumentResult, ModelEntry
from ocr.errors import DefectError, SetupError
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import DEFAULT_LANE, LANES, WORKER_LOST, NewJob, new_job_id
from workers.presence import Presence
from workers.states import JobState
from workers.tables import jobs

ROWS_AT_ONCE = 5000
OWNER = "cost measurement"
EMPTY_LANE = "empty"
MAX_WAITING = 10_000
RESULT = DocumentResult(
    id="0" * 32,
    type="receipt",
    type_confidence=1.0,
    status="succeeded",
    pages=[],
    fields={},
    issues=[],
    model=ModelEntry(name="none", version="0", sha256="0" * 64),
    timings_ms={},
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step takes, in milliseconds: of one run, or the medians over several."""

    step: str
    median_ms: float
    p99_ms: float


def require_empty(database: Database) -> None:
    """Refuse a database in use: the measurement fills it.

    Raises:
        SetupError: there are jobs in it.
    """
    if JobTable(database).newest(1):
        raise SetupError("the database has jobs; the measurement needs one of its own, it fills it")


def fill(database: Database, *, n_finished: int, n_queued: int) -> None:
    """Write rows of jobs long done and of jobs that wait, in all lanes by turns."""
    now = time.time()
    states = [(JobState.SUCCEEDED, n_finished), (JobState.QUEUED, n_queued)]
    for state, n_rows in states:
        for first in range(0, n_rows, ROWS_AT_ONCE):
            rows = [
                {
                    "id": new_job_id(),
                    "lane": LANES[number % len(LANES)],
                    "state": state.value,
                    "document_type": "auto",
                    "n_bytes": 1000,
                    "created_at": now - n_rows + number,
                    "available_at": now - n_rows + number,
                }
                for number in range(first, min(first + ROWS_AT_ONCE, n_rows))
            ]
            with database.write() as connection:
                connection.execute(insert(jobs), rows)
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ANALYZE {jobs.name}"))


def measure_repeatedly(database: Database, n_rounds: int, *, n_repeats: int) -> list[Cost]:
    """Measure several times; of each step the median of the medians and of the percentiles.

    Args:
        database: with its tables up to date.
        n_rounds: times that each step is done in a run.
        n_repeats: runs, one after the other.
    """
    runs = [measure(database, n_rounds) for _ in range(n_repeats)]
    return [
        Cost(
            of_step[0].step,
            float(np.median([cost.median_ms for cost in of_step])),
            float(np.median([cost.p99_ms for cost in of_step])),
        )
        for of_step in zip(*runs, strict=True)
    ]


def measure(database: Database, n_rounds: int) -> list[Cost]:
    """Put jobs in, claim, renew and finish them, and sweep, one after the other.

    Args:
        database: with its tables up to date.
        n_rounds: times that each step is done.
    """
    table = JobTable(database)
    presence = Presence(database)
    times: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        times[step].append((time.perf_counter() - started) * 1000)

    for _ in range(n_rounds):
        with timed("add"):
            table.add(NewJob(new_job_id(), 1000))
        with timed("claim"):
            job = table.claim(DEFAULT_LANE, OWNER)
        if job is None:
            raise DefectError("a job was added and none waits")
        with timed("renew the lease"):
            table.renew(job)
        with timed("note a page"):
            table.note_pages_done(job, 1)
        with timed("finish"):
            table.finish(job, RESULT)
        with timed("look up"):
            table.get(job.job_id)
        with timed("list the newest 50"):
            table.newest(50)
        with timed("count up to 10,000 that wait"):
            table.n_waiting(MAX_WAITING)
        with timed("find lanes that wait"):
            table.waiting_lanes()
        with timed("give back what expired"):
            table.release_expired(WORKER_LOST)
        with timed("claim in vain"):
            table.claim(EMPTY_LANE, OWNER)
        with timed("a worker's sign of life"):
            presence.beat(OWNER)
    return [
        Cost(step, float(np.median(taken)), float(np.percentile(taken, 99)))
        for step, taken in times.items()
    ]
