"""The table of batches, and their jobs as they belong to them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from workers.batches import Batch, BatchClosedError, NewBatch
from workers.database import Database
from workers.job_rows import job_from_row
from workers.jobs import Job
from workers.states import JobState
from workers.tables import batches, jobs, results

OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)
Place = tuple[float, str]
"""created_at and id of a row: where a list goes on."""


def insert_batch(connection: Connection, new: NewBatch, now: float) -> None:
    """Write a batch within the transaction that adds its first jobs."""
    row = insert(batches).values(
        id=new.batch_id,
        tenant=new.tenant,
        created_by=new.created_by,
        created_at=now,
        name=new.name,
        document_type=new.document_type,
    )
    connection.execute(row)


def hold_open(connection: Connection, batch_id: str) -> None:
    """Keep a batch from being sealed or deleted before the transaction that adds to it ends.

    Raises:
        BatchClosedError: it is already.
    """
    is_open = and_(batches.c.id == batch_id, batches.c.sealed_at.is_(None))
    # Shared, so that several may add at once (PostgreSQL; SQLite's writers wait their turn).
    held = select(batches.c.id).where(is_open).with_for_update(read=True)
    if connection.scalar(held) is None:
        raise BatchClosedError


def seal_batch(connection: Connection, batch_id: str, now: float) -> None:
    """Let a batch take no more documents; does nothing to one that is sealed."""
    is_open = and_(batches.c.id == batch_id, batches.c.sealed_at.is_(None))
    connection.execute(update(batches).where(is_open).values(sealed_at=now))


class BatchTable:
    """The table of batches, with a view of their jobs.

    All methods raise TransientError while the database is busy or cannot be reached.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def get(self, batch_id: str) -> Batch | None:
        """The batch as it stands now."""
        found = self._with_counts(select(batches).where(batches.c.id == batch_id))
        return found[0] if found else None

    def look(self, batch_ids: Sequence[str]) -> dict[str, Batch]:
        """The batches of these ids as they stand; those that are not there are left out."""
        found = self._with_counts(select(batches).where(batches.c.id.in_(batch_ids)))
        return {batch.batch_id: batch for batch in found}

    def newest(self, limit: int, *, tenant: str, before: Place | None = None) -> list[Batch]:
        """A tenant's batches from the newest on; `before` is the last one already seen."""
        order = batches.c.created_at.desc(), batches.c.id.desc()
        statement = select(batches).where(batches.c.tenant == tenant).order_by(*order).limit(limit)
        if before is not None:
            created_at, batch_id = before
            same_time = and_(batches.c.created_at == created_at, batches.c.id < batch_id)
            statement = statement.where(or_(batches.c.created_at < created_at, same_time))
        return self._with_counts(statement)

    def seal(self, batch_id: str) -> None:
        """Let the batch take no more documents."""
        with self._database.write() as connection:
            seal_batch(connection, batch_id, self._clock())

    def documents(
        self,
        batch_id: str,
        limit: int,
        *,
        state: JobState | None = None,
        after: Place | None = None,
    ) -> list[Job]:
        """A batch's jobs in the order in which they were handed in.

        Args:
            batch_id: of the batch.
            limit: how many at most.
            state: only those in it.
            after: the last one already seen.
        """
        statement = _in_order(select(jobs), batch_id, limit, after)
        if state is not None:
            statement = statement.where(jobs.c.state == state)
        with self._database.read() as connection:
            return [job_from_row(row) for row in connection.execute(statement)]

    def bodies(
        self, batch_id: str, limit: int, *, after: Place | None = None
    ) -> list[tuple[Job, bytes | None]]:
        """Jobs as `documents` gives them, each with its result as it is stored, if it has one."""
        both = select(jobs, results.c.body).join(
            results, results.c.job_id == jobs.c.id, isouter=True
        )
        statement = _in_order(both, batch_id, limit, after)
        with self._database.read() as connection:
            return [(job_from_row(row), row.body) for row in connection.execute(statement)]

    def unfinished(self, batch_ids: list[str]) -> set[str]:
        """Those of the ids whose batches are there and not finished."""
        open_job = exists().where(jobs.c.batch_id == batches.c.id, jobs.c.state.in_(OPEN_STATES))
        statement = select(batches.c.id).where(
            batches.c.id.in_(batch_ids), or_(batches.c.sealed_at.is_(None), open_job)
        )
        with self._database.read() as connection:
            return set(connection.scalars(statement))

    def discard(self, batch_id: str) -> None:
        """Remove a batch, whose jobs are gone already."""
        with self._database.write() as connection:
            connection.execute(delete(batches).where(batches.c.id == batch_id))

    def discard_empty(self, moment: float) -> int:
        """Remove batches made before a moment that have no documents; returns how many."""
        has_jobs = exists().where(jobs.c.batch_id == batches.c.id)
        is_empty = and_(batches.c.created_at < moment, ~has_jobs)
        with self._database.write() as connection:
            # Locked, then looked at anew: somebody may just be adding (PostgreSQL).
            found = select(batches.c.id).where(is_empty).with_for_update(skip_locked=True)
            ids = list(connection.scalars(found))
            if not ids:
                return 0
            still_empty = and_(batches.c.id.in_(ids), ~has_jobs)
            return connection.execute(delete(batches).where(still_empty)).rowcount

    def _with_counts(self, statement: Select[tuple[object, ...]]) -> list[Batch]:
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            ids = [row.id for row in rows]
            counts = _counts(connection, ids) if ids else {}
        return [_batch(row, counts.get(row.id, {})) for row in rows]


def _in_order(
    statement: Select[tuple[object, ...]], batch_id: str, limit: int, after: Place | None
) -> Select[tuple[object, ...]]:
    statement = statement.where(jobs.c.batch_id == batch_id)
    if after is not None:
        created_at, job_id = after
        same_time = and_(jobs.c.created_at == created_at, jobs.c.id > job_id)
        statement = statement.where(or_(jobs.c.created_at > created_at, same_time))
    return statement.order_by(jobs.c.created_at, jobs.c.id).limit(limit)


def _counts(connection: Connection, ids: Sequence[str]) -> dict[str, dict[JobState, int]]:
    statement = (
        select(jobs.c.batch_id, jobs.c.state, func.count())
        .where(jobs.c.batch_id.in_(ids))
        .group_by(jobs.c.batch_id, jobs.c.state)
    )
    counts: dict[str, dict[JobState, int]] = defaultdict(dict)
    for batch_id, state, n_jobs in connection.execute(statement):
        counts[batch_id][JobState(state)] = n_jobs
    return counts


def _batch(row: Row[tuple[object, ...]], counts: Mapping[JobState, int]) -> Batch:
    return Batch(
        batch_id=row.id,
        tenant=row.tenant,
        document_type=row.document_type,
        name=row.name,
        created_at=row.created_at,
        sealed_at=row.sealed_at,
        counts=counts,
    )
