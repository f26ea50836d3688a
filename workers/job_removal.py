"""Removing jobs, with all that the database has of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, select
from sqlalchemy.sql.elements import ColumnElement

from workers.job_lookup import JobLookup
from workers.tables import idempotency_keys, jobs, results


class JobRemoval(JobLookup):
    """Jobs in the database, to be looked up and to be removed."""

    def delete(self, job_id: str) -> bool:
        """Remove a job with its result, in whatever state; False when there is none.

        A worker that has it under its hands finds its lease lost.
        """
        return bool(self.delete_all([job_id]))

    def delete_all(self, job_ids: Sequence[str], *, ended_before: float | None = None) -> list[str]:
        """Remove jobs as `delete` does.

        Args:
            job_ids: of the jobs.
            ended_before: spare those that did not end before that moment, or wait again since.

        Returns:
            The ids of those that were removed.
        """
        which: ColumnElement[bool] = jobs.c.id.in_(job_ids)
        if ended_before is not None:
            which = and_(which, jobs.c.finished_at < ended_before)
        with self._database.write() as connection:
            found = list(connection.scalars(select(jobs.c.id).where(which).with_for_update()))
            for table in (results, idempotency_keys):
                connection.execute(delete(table).where(table.c.job_id.in_(found)))
            connection.execute(delete(jobs).where(jobs.c.id.in_(found)))
        return found
