"""What is counted of jobs as they end, in the transaction that ends them.

Counts must never fall, so they are kept apart from the jobs, which can be deleted.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import BigInteger, Connection, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite

from workers.database import Database
from workers.tables import job_figures

Kind = Literal["finished", "failure", "stage"]
STAGE_BOUNDS: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds, in seconds, of the buckets in which stages' times are counted."""
BEYOND: Final = "+Inf"
MAX_LABEL: Final = 64
N_SHARDS: Final = 16
"""Rows that a figure is spread over: transactions that end jobs wait for each other's rows."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How many there were, and how many seconds they took together; `le` bounds a bucket."""

    kind: str
    label: str
    le: str
    n: int
    total_seconds: float


def count_endings(
    connection: Connection,
    n_jobs: int,
    *,
    state: str,
    error_code: str | None,
    timings_ms: Mapping[str, float],
) -> None:
    """Add jobs that end in this transaction.

    Args:
        connection: in the transaction.
        n_jobs: how many there are.
        state: in which they end.
        error_code: why they failed, None unless they did.
        timings_ms: how long each stage took.
    """
    figures = [Figure("finished", state, "", n_jobs, 0.0)]
    if error_code is not None:
        figures.append(Figure("failure", error_code[:MAX_LABEL], "", n_jobs, 0.0))
    for stage, milliseconds in timings_ms.items():
        seconds = milliseconds / 1000
        figures.append(Figure("stage", stage[:MAX_LABEL], _bucket(seconds), n_jobs, seconds))
    _add(connection, figures)


class FigureTable:
    """Reads what was counted. Raises TransientError while the database is busy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Figure]:
        """Every figure, summed over the shards."""
        names = job_figures.c.kind, job_figures.c.label, job_figures.c.le
        seconds = func.sum(job_figures.c.total_seconds).label("seconds")
        n = cast(func.sum(job_figures.c.n), BigInteger).label("n")
        statement = select(*names, n, seconds).group_by(*names).order_by(*names)
        with self._database.read() as connection:
            rows = connection.execute(statement)
            return [Figure(row.kind, row.label, row.le, row.n, row.seconds) for row in rows]


def cumulative(figures: list[Figure]) -> list[tuple[str, int]]:
    """One stage's buckets as Prometheus wants them: each counts all that took no longer."""
    counts = Counter[str]()
    for figure in figures:
        counts[figure.le] += figure.n
    bounds = [*(str(bound) for bound in STAGE_BOUNDS), BEYOND]
    # Whatever stands under a bound of former times counts only beyond all bounds of now.
    known = [
        (bound, sum(counts[each] for each in bounds[: i + 1])) for i, bound in enumerate(bounds)
    ]
    return [*known[:-1], (BEYOND, sum(counts.values()))]


def _bucket(seconds: float) -> str:
    return next((str(bound) for bound in STAGE_BOUNDS if seconds <= bound), BEYOND)


def _add(connection: Connection, figures: list[Figure]) -> None:
    # One order for all transactions: else two that end jobs at once could lock each other out.
    ordered = sorted(figures, key=lambda figure: (figure.kind, figure.label, figure.le))
    shard = random.randrange(N_SHARDS)  # noqa: S311  # spreads load, no secret
    values = [
        {"kind": each.kind, "label": each.label, "le": each.le, "shard": shard, "n": each.n}
        | {"total_seconds": each.total_seconds}
        for each in ordered
    ]
    keys = ["kind", "label", "le", "shard"]
    if connection.dialect.name == "postgresql":
        on_postgres = postgresql.insert(job_figures).values(values)
        connection.execute(
            on_postgres.on_conflict_do_update(
                index_elements=keys,
                set_={
                    "n": job_figures.c.n + on_postgres.excluded.n,
                    "total_seconds": job_figures.c.total_seconds
                    + on_postgres.excluded.total_seconds,
                },
            )
        )
        return
    on_sqlite = sqlite.insert(job_figures).values(values)
    connection.execute(
        on_sqlite.on_conflict_do_update(
            index_elements=keys,
            set_={
                "n": job_figures.c.n + on_sqlite.excluded.n,
                "total_seconds": job_figures.c.total_seconds + on_sqlite.excluded.total_seconds,
            },
        )
    )
