"""Keys by which a client makes sure that what it sends twice becomes one job, or one batch.

A key belongs to its tenant and stands for one document, or the documents of one batch, with one set
of parameters, told by a fingerprint. It is written in the transaction that inserts the job or the
batch and goes when that goes. Keys of documents and of batches are apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, delete, insert, select
from sqlalchemy.exc import IntegrityError

from workers.database import Database
from workers.tables import batch_idempotency_keys, idempotency_keys

OF_JOBS: Column[str] = idempotency_keys.c.job_id
OF_BATCHES: Column[str] = batch_idempotency_keys.c.batch_id
"""The columns that name what a key stands for, each of the table of such keys."""


class KeyTakenError(Exception):
    """Something was made with the key in the meantime."""


@dataclass(frozen=True, slots=True)
class OnceKey:
    """A client's key, and the fingerprint of what it sent: SHA-256 in hexadecimal digits."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Made:
    """The job or batch that a key stands for."""

    made_id: str
    fingerprint: str


def note_key(
    connection: Connection, tenant: str, once: OnceKey, made: tuple[Column[str], str], now: float
) -> None:
    """Write a key within the transaction that inserts what it stands for.

    Args:
        connection: of the transaction.
        tenant: whose key it is.
        once: the key.
        made: `OF_JOBS` or `OF_BATCHES`, and an id.
        now: seconds since 1970.

    Raises:
        KeyTakenError: the tenant has the key already.
    """
    column, made_id = made
    row = insert(column.table).values(
        {
            "tenant": tenant,
            "key": once.key,
            "fingerprint": once.fingerprint,
            column.name: made_id,
            "created_at": now,
        }
    )
    try:
        connection.execute(row)
    except IntegrityError as error:
        raise KeyTakenError from error


class IdempotencyKeys:
    """A table of keys. All methods raise TransientError while the database is busy.

    Args:
        database: where the table is.
        column: `OF_JOBS` or `OF_BATCHES`.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        column: Column[str] = OF_JOBS,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._column = column
        self._table: Table = column.table
        self._clock = clock

    def find(self, tenant: str, key: str) -> Made | None:
        """What was made with a key, None if nothing was."""
        keys = self._table.c
        statement = select(self._column, keys.fingerprint).where(
            keys.tenant == tenant, keys.key == key
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Made(row[0], row[1])

    def forget(self, age_seconds: float) -> None:
        """Remove the keys that are older."""
        is_old = self._table.c.created_at < self._clock() - age_seconds
        with self._database.write() as connection:
            connection.execute(delete(self._table).where(is_old))
