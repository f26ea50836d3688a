"""The job table: the one module that changes a job's state, and only by `workers.states`.

The table is the truth; messages only wake workers up. A claim counts the attempt and takes a lease;
everything that a worker writes later is fenced by owner, attempt and state, so that a worker whose
lease was taken over can do no harm.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, and_, delete, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from layout.result import DocumentResult
from workers.database import Database
from workers.idempotency import OnceKey, note_key
from workers.job_figures import count_endings
from workers.job_lookup import JobLookup
from workers.job_rows import fence, job_from_row, page_selection_text, stands
from workers.jobs import Job, JobError, NewJob
from workers.states import (
    CLAIM,
    FAIL,
    FINISH_PARTIAL,
    RELEASE,
    SUCCEED,
    JobState,
    Transition,
)
from workers.tables import idempotency_keys, jobs, results
from workers.webhook_deliveries import plan_deliveries

Values = dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class LeasePolicy:
    """How long a claim holds without being renewed, and how often a job may be claimed."""

    lease_seconds: float = 30.0
    max_attempts: int = 3


class JobTable(JobLookup):
    """Jobs in the database, to be looked up and to be changed.

    All methods raise TransientError while the database is busy or cannot be reached.

    Args:
        database: where the tables are.
        policy: leases and attempts.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        policy: LeasePolicy = LeasePolicy(),
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(database, clock=clock)
        self._policy = policy

    def add(self, new: NewJob, once: OnceKey | None = None) -> Job:
        """Put a job into its lane; once this returns the job cannot be lost.

        Args:
            new: the job.
            once: a key of which its tenant makes one job.

        Raises:
            KeyTakenError: the tenant has made one already; nothing was added.
        """
        now = self._clock()
        statement = (
            insert(jobs)
            .values(
                id=new.job_id,
                lane=new.lane,
                state=JobState.QUEUED,
                document_type=new.document_type,
                page_selection=page_selection_text(new.pages),
                filename=new.filename,
                media_type=new.media_type,
                n_bytes=new.n_bytes,
                submitted_by=new.submitted_by,
                tenant=new.tenant,
                created_at=now,
                available_at=now,
            )
            .returning(jobs)
        )
        with self._database.write() as connection:
            job = job_from_row(connection.execute(statement).one())
            if once is not None:
                note_key(connection, new.tenant, once, new.job_id, now)
            return job

    def claim(self, lane: str, owner: str) -> Job | None:
        """Take the oldest waiting job of a lane; None when none waits.

        Args:
            lane: the queue.
            owner: name of the claiming worker; the lease is his.
        """
        now = self._clock()
        best = (
            select(jobs.c.id)
            .where(jobs.c.lane == lane, stands(CLAIM.source), jobs.c.available_at <= now)
            .order_by(jobs.c.created_at, jobs.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)  # PostgreSQL; SQLite's writers wait their turn
            .scalar_subquery()
        )
        statement = (
            update(jobs)
            .where(jobs.c.id == best, stands(CLAIM.source))
            .values(
                state=CLAIM.target,
                attempt=jobs.c.attempt + 1,
                lease_owner=owner,
                lease_until=now + self._policy.lease_seconds,
                started_at=now,
                n_pages_done=0,
            )
            .returning(jobs)
        )
        with self._database.write() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else job_from_row(row)

    def renew(self, job: Job) -> bool:
        """Prolong a lease; False when it is no longer the caller's."""
        until = self._clock() + self._policy.lease_seconds
        with self._database.write() as connection:
            statement = update(jobs).where(fence(job)).values(lease_until=until)
            return connection.execute(statement).rowcount == 1

    def note_pages_done(self, job: Job, n_pages_done: int) -> bool:
        """Record progress; False when the lease is no longer the caller's."""
        with self._database.write() as connection:
            statement = update(jobs).where(fence(job)).values(n_pages_done=n_pages_done)
            return connection.execute(statement).rowcount == 1

    def finish(self, job: Job, result: DocumentResult) -> bool:
        """Store the result and end the job in one transaction; False when the lease was lost."""
        transition = SUCCEED if result.status == "succeeded" else FINISH_PARTIAL
        body = zlib.compress(result.to_json().encode(), level=1)
        with self._database.write() as connection:
            timings_ms = result.timings_ms
            if not self._move(connection, transition, fence(job), self._ending(), timings_ms):
                return False
            connection.execute(insert(results).values(job_id=job.job_id, body=body))
        return True

    def fail(self, job: Job, error: JobError) -> bool:
        """End the job with a reason; False when the lease was lost."""
        with self._database.write() as connection:
            return self._move(connection, FAIL, fence(job), self._ending(error)) == 1

    def release(self, job: Job, reason: JobError, *, delay_seconds: float = 0.0) -> bool:
        """Give a job back to its lane, or fail it for `reason` when its attempts are used up.

        Returns:
            False when the lease was lost.
        """
        with self._database.write() as connection:
            return self._release(connection, fence(job), reason, delay_seconds) == 1

    def release_worker(self, owner: str, reason: JobError) -> int:
        """Give back all that a dead worker held; returns how many jobs that were."""
        with self._database.write() as connection:
            return self._release(connection, jobs.c.lease_owner == owner, reason, 0.0)

    def release_expired(self, reason: JobError) -> int:
        """Give back all jobs whose lease ran out; returns how many those were."""
        with self._database.write() as connection:
            expired = jobs.c.lease_until < self._clock()
            return self._release(connection, expired, reason, 0.0)

    def delete(self, job_id: str) -> bool:
        """Remove a job with its result, in whatever state; False when there is none.

        A worker that has it under its hands finds its lease lost.
        """
        with self._database.write() as connection:
            for table in (results, idempotency_keys):
                connection.execute(delete(table).where(table.c.job_id == job_id))
            return connection.execute(delete(jobs).where(jobs.c.id == job_id)).rowcount == 1

    def _release(
        self,
        connection: Connection,
        which: ColumnElement[bool],
        reason: JobError,
        delay_seconds: float,
    ) -> int:
        may_try_again = jobs.c.attempt < self._policy.max_attempts
        waiting: Values = {
            "available_at": self._clock() + delay_seconds,
            "lease_owner": None,
            "lease_until": None,
        }
        n_released = self._move(connection, RELEASE, and_(which, may_try_again), waiting)
        is_used_up = and_(which, jobs.c.attempt >= self._policy.max_attempts)
        return n_released + self._move(connection, FAIL, is_used_up, self._ending(reason))

    def _ending(self, error: JobError | None = None) -> Values:
        return {
            "finished_at": self._clock(),
            "lease_owner": None,
            "lease_until": None,
            "error_code": error.code if error else None,
            "error_message": error.message if error else None,
        }

    @staticmethod
    def _move(
        connection: Connection,
        transition: Transition,
        which: ColumnElement[bool],
        values: Values,
        timings_ms: Mapping[str, float] = MappingProxyType({}),
    ) -> int:
        """Change states; what ends is told to webhooks and counted in the same transaction."""
        statement = (
            update(jobs)
            .where(stands(transition.source), which)
            .values(state=transition.target, **values)
            .returning(jobs.c.id, jobs.c.tenant, jobs.c.finished_at, jobs.c.error_code)
        )
        moved = connection.execute(statement).all()
        if moved and transition.target.is_final:
            state, ended = transition.target, moved[0]
            told = [(row.id, row.tenant) for row in moved]
            plan_deliveries(connection, told, state, ended.finished_at)
            count_endings(
                connection,
                len(moved),
                state=state,
                error_code=ended.error_code,
                timings_ms=timings_ms,
            )
        return len(moved)
