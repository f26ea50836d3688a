"""How many jobs wait and run just now, by lane."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from workers.database import Database
from workers.jobs import LANES
from workers.states import JobState
from workers.tables import jobs


@dataclass(frozen=True, slots=True)
class LaneCensus:
    """One lane; `oldest_seconds` is how long the longest waiting job has waited, 0 for none."""

    lane: str
    n_waiting: int = 0
    n_running: int = 0
    oldest_seconds: float = 0.0


class JobCensus:
    """Counts jobs. Raises TransientError while the database is busy."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def by_lane(self) -> list[LaneCensus]:
        """Every lane, those without any job too."""
        statement = (
            select(jobs.c.lane, jobs.c.state, func.count(), func.min(jobs.c.created_at))
            .where(jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING]))
            .group_by(jobs.c.lane, jobs.c.state)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        found = {(lane, state): (n_jobs, oldest) for lane, state, n_jobs, oldest in rows}
        now = self._clock()
        census = []
        for lane in sorted({*LANES, *(lane for lane, _state in found)}):
            n_waiting, oldest = found.get((lane, JobState.QUEUED), (0, now))
            n_running, _ = found.get((lane, JobState.RUNNING), (0, now))
            census.append(LaneCensus(lane, n_waiting, n_running, max(0.0, now - oldest)))
        return census
