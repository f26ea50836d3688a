"""What the job table tells about jobs, without changing them."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable

from sqlalchemy import and_, func, or_, select

from layout.result import DocumentResult
from workers.database import Database
from workers.job_rows import job_from_row, stands
from workers.jobs import LANES, Job
from workers.states import CLAIM, JobState
from workers.tables import api_keys, jobs, results


class JobLookup:
    """Jobs in the database, to be looked up.

    All methods raise TransientError while the database is busy or cannot be reached.

    Args:
        database: where the tables are.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def get(self, job_id: str) -> Job | None:
        """The job as it stands now."""
        with self._database.read() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
        return None if row is None else job_from_row(row)

    def max_file_bytes(self, job: Job) -> int | None:
        """What the key that handed it in may hand in at most; None for what the settings say."""
        statement = select(api_keys.c.max_file_bytes).where(api_keys.c.id == job.submitted_by)
        with self._database.read() as connection:
            return connection.scalar(statement)

    def result(self, job_id: str) -> DocumentResult | None:
        """The result, with words; None unless the job succeeded, at least in part."""
        with self._database.read() as connection:
            body = connection.scalar(select(results.c.body).where(results.c.job_id == job_id))
        return None if body is None else DocumentResult.model_validate_json(zlib.decompress(body))

    def newest(
        self,
        limit: int,
        *,
        tenant: str | None = None,
        state: JobState | None = None,
        before: tuple[float, str] | None = None,
    ) -> list[Job]:
        """Jobs from the newest on.

        Args:
            limit: how many at most.
            tenant: whose jobs; None for everyone's.
            state: in which they stand; None for any.
            before: created_at and id of the last job already seen.
        """
        statement = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
        if tenant is not None:
            statement = statement.where(jobs.c.tenant == tenant)
        if state is not None:
            statement = statement.where(stands(state))
        if before is not None:
            created_at, job_id = before
            earlier = jobs.c.created_at < created_at
            same_time = and_(jobs.c.created_at == created_at, jobs.c.id < job_id)
            statement = statement.where(or_(earlier, same_time))
        with self._database.read() as connection:
            return [job_from_row(row) for row in connection.execute(statement)]

    def n_waiting(self, at_most: int, tenant: str | None = None) -> int:
        """How many jobs wait, whenever they may be claimed.

        Args:
            at_most: to count; beyond, counting would only cost time.
            tenant: whose; None for everyone's.
        """
        waits = select(jobs.c.id).where(stands(CLAIM.source)).limit(at_most)
        if tenant is not None:
            waits = waits.where(jobs.c.tenant == tenant)
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(waits.subquery())) or 0

    def waiting_lanes(self) -> list[str]:
        """The lanes in which jobs could be claimed now."""
        is_due = jobs.c.available_at <= self._clock()
        with self._database.read() as connection:
            return [
                lane
                for lane in LANES
                if connection.scalar(
                    select(jobs.c.id)
                    .where(stands(CLAIM.source), jobs.c.lane == lane, is_due)
                    .limit(1)
                )
            ]

    def finished_before(self, moment: float, limit: int) -> list[str]:
        """Ids of jobs that ended before a moment, oldest first."""
        statement = (
            select(jobs.c.id)
            .where(jobs.c.created_at < moment, jobs.c.finished_at < moment)
            .order_by(jobs.c.created_at, jobs.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.scalars(statement))

    def unfinished(self, job_ids: list[str]) -> set[str]:
        """Those of the ids whose jobs are there and not done."""
        is_open = jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING])
        with self._database.read() as connection:
            statement = select(jobs.c.id).where(jobs.c.id.in_(job_ids), is_open)
            return set(connection.scalars(statement))

    def existing(self, job_ids: list[str]) -> set[str]:
        """Those of the ids that the table knows."""
        with self._database.read() as connection:
            return set(connection.scalars(select(jobs.c.id).where(jobs.c.id.in_(job_ids))))
