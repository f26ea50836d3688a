"""Which workers are alive: each says so every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import delete, func, insert, select, update

from workers.database import Database
from workers.tables import workers

BEAT_SECONDS = 2.0
SILENT_SECONDS = 15.0
FORGET_SECONDS = 3600.0


class Presence:
    """The table of workers. All methods raise TransientError while the database is busy."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def beat(self, worker_id: str) -> None:
        """Say that a worker is ready for jobs, or still is."""
        now = self._clock()
        with self._database.write() as connection:
            statement = update(workers).where(workers.c.id == worker_id).values(seen_at=now)
            if connection.execute(statement).rowcount == 0:
                row = insert(workers).values(id=worker_id, started_at=now, seen_at=now)
                connection.execute(row)
            connection.execute(delete(workers).where(workers.c.seen_at < now - FORGET_SECONDS))

    def leave(self, worker_id: str) -> None:
        """Say that a worker is no more."""
        with self._database.write() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker_id))

    def n_alive(self) -> int:
        """How many workers have been heard of lately."""
        heard = workers.c.seen_at >= self._clock() - SILENT_SECONDS
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).where(heard)) or 0
