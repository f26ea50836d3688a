"""The job table: the one module that changes a job's state, and only by `workers.states`.

The table is the truth; messages only wake workers up. A claim counts the attempt and takes a lease;
everything that a worker writes later is fenced by owner, attempt and state, so that a worker whose
lease was taken over can do no harm.
"""

from __future__ import annotations

import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection, and_, insert, not_, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from layout.result import DocumentResult
from workers.batch_table import hold_open, insert_batch, seal_batch
from workers.batches import NewBatch
from workers.database import Database
from workers.idempotency import OF_BATCHES, OF_JOBS, OnceKey, note_key
from workers.job_figures import count_endings
from workers.job_removal import JobRemoval
from workers.job_returns import Return, charged, hindered, lost
from workers.job_rows import (
    Values,
    can_be_read,
    fence,
    job_from_row,
    row_ended,
    row_of,
    row_tried_afresh,
    stands,
)
from workers.jobs import DEFAULT_LEASES, Job, JobError, LeasePolicy, NewJob
from workers.states import (
    CANCELLATIONS,
    CLAIM,
    FAIL,
    FINISH_PARTIAL,
    REFUSE,
    RELEASE,
    RETRIES,
    RETRY,
    SUCCEED,
    Transition,
)
from workers.tables import jobs, results
from workers.webhook_deliveries import plan_deliveries


class JobTable(JobRemoval):
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
        policy: LeasePolicy = DEFAULT_LEASES,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(database, clock=clock)
        self._policy = policy

    @property
    def lease_seconds(self) -> float:
        """For which a claim or a renewal holds."""
        return self._policy.lease_seconds

    def add(self, new: NewJob, once: OnceKey | None = None) -> Job:
        """Put a job into its lane; once this returns the job cannot be lost.

        Args:
            new: the job.
            once: a key of which its tenant makes one job.

        Raises:
            KeyTakenError: the tenant has made one already; nothing was added.
        """
        now = self._clock()
        statement = insert(jobs).values(row_of(new, now)).returning(jobs)
        with self._database.write() as connection:
            job = job_from_row(connection.execute(statement).one())
            if once is not None:
                note_key(connection, new.tenant, once, (OF_JOBS, new.job_id), now)
            return job

    def add_batch(
        self,
        batch: NewBatch,
        documents: Sequence[NewJob],
        *,
        seals: bool,
        once: OnceKey | None = None,
    ) -> None:
        """Make a batch with its first jobs, all or nothing.

        Args:
            batch: the batch.
            documents: in the order in which they are to be done; those with a refusal fail at once.
            seals: whether no others may be added.
            once: a key of which its tenant makes one batch.

        Raises:
            KeyTakenError: the tenant has made one already; nothing was added.
        """
        now = self._clock()
        with self._database.write() as connection:
            insert_batch(connection, batch, now)
            if once is not None:
                note_key(connection, batch.tenant, once, (OF_BATCHES, batch.batch_id), now)
            self._add_all(connection, documents, now)
            if seals:
                seal_batch(connection, batch.batch_id, now)

    def add_to_batch(self, batch_id: str, documents: Sequence[NewJob]) -> None:
        """Put further jobs into a batch, all or nothing.

        Raises:
            BatchClosedError: it is sealed, or was deleted; nothing was added.
        """
        with self._database.write() as connection:
            hold_open(connection, batch_id)
            self._add_all(connection, documents, self._clock())

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
        return self._note(job, {"lease_until": self._clock() + self._policy.lease_seconds})

    def note_pages_done(self, job: Job, n_pages_done: int) -> bool:
        """Record progress; False when the lease is no longer the caller's."""
        return self._note(job, {"n_pages_done": n_pages_done})

    def note_document(self, job: Job, n_bytes: int, media_type: str) -> bool:
        """Record what was fetched; False when the lease is no longer the caller's."""
        return self._note(job, {"n_bytes": n_bytes, "media_type": media_type})

    def finish(self, job: Job, result: DocumentResult) -> bool:
        """Store the result and end the job in one transaction; False when the lease was lost."""
        transition = SUCCEED if result.status == "succeeded" else FINISH_PARTIAL
        body = zlib.compress(result.to_json().encode(), level=1)
        with self._database.write() as connection:
            timings_ms = result.timings_ms
            if not self._move(
                connection, transition, fence(job), row_ended(self._clock()), timings_ms
            ):
                return False
            connection.execute(insert(results).values(job_id=job.job_id, body=body))
        return True

    def fail(self, job: Job, error: JobError) -> bool:
        """End the job with a reason; False when the lease was lost."""
        with self._database.write() as connection:
            return self._move(connection, FAIL, fence(job), row_ended(self._clock(), error)) == 1

    def release(self, job: Job, reason: JobError, *, delay_seconds: float = 0.0) -> bool:
        """Give a job back to its lane, or fail it for `reason` when its attempts are used up.

        Returns:
            False when the lease was lost.
        """
        return self._put_back(fence(job), charged(self._policy), reason, delay_seconds) == 1

    def postpone(self, job: Job, reason: JobError, *, delay_seconds: float = 0.0) -> bool:
        """Give a job back that the service could not do just then; it costs no attempt.

        Returns:
            False when the lease was lost.
        """
        back = hindered(self._policy, self._clock())
        return self._put_back(fence(job), back, reason, delay_seconds) == 1

    def postpone_all(self, owner: str, reason: JobError) -> int:
        """Give back all that a worker holds that must end; it costs them no attempt."""
        return self._put_back(
            jobs.c.lease_owner == owner, hindered(self._policy, self._clock()), reason
        )

    def release_worker(self, owner: str, reason: JobError) -> int:
        """Give back all that a dead worker held; returns how many jobs that were."""
        return self._put_back(jobs.c.lease_owner == owner, lost(self._policy), reason)

    def release_expired(self, reason: JobError) -> int:
        """Give back all jobs whose lease ran out; returns how many those were."""
        is_expired = jobs.c.lease_until < self._clock()
        return self._put_back(is_expired, lost(self._policy), reason)

    def cancel(self, job_id: str) -> bool:
        """End a job that waits or runs; False where there is none.

        A worker that has it under its hands finds its lease lost.
        """
        return self._cancel(jobs.c.id == job_id) == 1

    def cancel_batch(self, batch_id: str) -> int:
        """End all jobs of a batch that wait or run; returns how many those are."""
        return self._cancel(jobs.c.batch_id == batch_id)

    def retry(self, job_id: str) -> bool:
        """Let a job that failed or was cancelled wait again, with all its attempts.

        Returns:
            False where there is nothing to try: one that was refused as it was handed in has no
            document to be tried again.
        """
        return self._retry(RETRIES, jobs.c.id == job_id) == 1

    def retry_batch(self, batch_id: str, way: Transition = RETRY) -> int:
        """Let all jobs of a batch wait again that failed or, with `RESUME`, were cancelled.

        Returns:
            How many those are.
        """
        return self._retry([way], jobs.c.batch_id == batch_id)

    def _note(self, job: Job, values: Values) -> bool:
        with self._database.write() as connection:
            return connection.execute(update(jobs).where(fence(job)).values(values)).rowcount == 1

    def _add_all(self, connection: Connection, documents: Sequence[NewJob], now: float) -> None:
        if not documents:
            return
        rows = [row_of(new, now, place) for place, new in enumerate(documents)]
        connection.execute(insert(jobs), rows)
        refused: dict[JobError, list[str]] = defaultdict(list)
        for new in documents:
            if new.refusal is not None:
                refused[new.refusal].append(new.job_id)
        for refusal, ids in refused.items():
            self._move(connection, REFUSE, jobs.c.id.in_(ids), row_ended(self._clock(), refusal))

    def _retry(self, ways: Sequence[Transition], which: ColumnElement[bool]) -> int:
        afresh, can_wait = row_tried_afresh(self._clock()), and_(which, can_be_read())
        with self._database.write() as connection:
            return sum(self._move(connection, way, can_wait, afresh) for way in ways)

    def _cancel(self, which: ColumnElement[bool]) -> int:
        is_open = or_(*(stands(way.source) for way in CANCELLATIONS))
        # Held first, so that none slips from one state to the other between the two moves
        # (PostgreSQL); in one order, so that two that cancel do not lock each other out.
        held = select(jobs.c.id).where(is_open, which).order_by(jobs.c.id).with_for_update()
        with self._database.write() as connection:
            connection.execute(held).all()
            ended = row_ended(self._clock())
            return sum(self._move(connection, way, which, ended) for way in CANCELLATIONS)

    def _put_back(
        self, which: ColumnElement[bool], back: Return, reason: JobError, delay_seconds: float = 0.0
    ) -> int:
        waiting: Values = {
            "available_at": self._clock() + delay_seconds,
            "lease_owner": None,
            "lease_until": None,
        }
        waits, fails = and_(which, back.may_try_again), and_(which, not_(back.may_try_again))
        with self._database.write() as connection:
            n_moved = self._move(connection, RELEASE, waits, {**waiting, **back.counts})
            ended: Values = {**row_ended(self._clock(), reason), **back.counts}
            return n_moved + self._move(connection, FAIL, fails, ended)

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
