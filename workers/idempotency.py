"""Keys by which a client makes sure that what it sends twice becomes one job.

A key belongs to its tenant and stands for one document with one set of parameters, told by a
fingerprint. It is written in the transaction that inserts the job and goes when the job goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from workers.database import Database
from workers.tables import idempotency_keys


class KeyTakenError(Exception):
    """Another job was made with the key in the meantime."""


@dataclass(frozen=True, slots=True)
class OnceKey:
    """A client's key, and the fingerprint of what it sent: SHA-256 in hexadecimal digits."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class MadeJob:
    """The job that a key stands for."""

    job_id: str
    fingerprint: str


def note_key(connection: Connection, tenant: str, once: OnceKey, job_id: str, now: float) -> None:
    """Write a key within the transaction that inserts its job.

    Raises:
        KeyTakenError: the tenant has the key already.
    """
    row = insert(idempotency_keys).values(
        tenant=tenant, key=once.key, fingerprint=once.fingerprint, job_id=job_id, created_at=now
    )
    try:
        connection.execute(row)
    except IntegrityError as error:
        raise KeyTakenError from error


class IdempotencyKeys:
    """The table of keys. All methods raise TransientError while the database is busy."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def find(self, tenant: str, key: str) -> MadeJob | None:
        """The job that was made with a key, None if none was."""
        statement = select(idempotency_keys.c.job_id, idempotency_keys.c.fingerprint).where(
            idempotency_keys.c.tenant == tenant, idempotency_keys.c.key == key
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else MadeJob(row.job_id, row.fingerprint)

    def forget(self, age_seconds: float) -> None:
        """Remove the keys that are older."""
        is_old = idempotency_keys.c.created_at < self._clock() - age_seconds
        with self._database.write() as connection:
            connection.execute(delete(idempotency_keys).where(is_old))
