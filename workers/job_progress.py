"""How far many jobs are, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from workers.database import Database
from workers.job_rows import job_from_row
from workers.jobs import Job
from workers.tables import jobs

LOOKUP_SIZE: Final = 500


class ProgressTable:
    """Looks at jobs. Raises TransientError while the database is busy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, job_ids: Sequence[str]) -> dict[str, Job]:
        """The jobs of these ids as they stand; those that are not there are left out."""
        found = {}
        with self._database.read() as connection:
            for start in range(0, len(job_ids), LOOKUP_SIZE):
                some = job_ids[start : start + LOOKUP_SIZE]
                for row in connection.execute(select(jobs).where(jobs.c.id.in_(some))):
                    found[row.id] = job_from_row(row)
        return found
