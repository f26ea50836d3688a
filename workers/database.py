"""The database: SQLite in WAL mode by default, any SQLAlchemy URL otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from ocr.errors import TransientError

MIGRATIONS_DIR = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10.0


class Database:
    """Connections with the right transaction kind for reading and for writing.

    Args:
        url: SQLAlchemy URL, for example `sqlite:////var/lib/docspade/docspade.db`.
        busy_seconds: how long SQLite's writers wait for each other.
    """

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        if self._engine.dialect.name == "sqlite":
            prepare = partial(_prepare_sqlite, busy_seconds=busy_seconds)
            event.listen(self._engine, "connect", prepare)
            event.listen(self._engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading, in one consistent snapshot.

        Raises:
            TransientError: the database is busy or cannot be reached.
        """
        with _transient_errors(), self._engine.connect() as connection:
            yield connection.execution_options(docspade_reads_only=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction, committed at the end, rolled back on an error.

        Raises:
            TransientError: the database is busy or cannot be reached.
        """
        with _transient_errors(), self._engine.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the tables to the newest form; safe to call from several processes at once."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS_DIR))
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Close all pooled connections."""
        self._engine.dispose()


@contextmanager
def _transient_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise TransientError(f"the database cannot be used just now: {_reason(error)}") from error


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"


def _prepare_sqlite(
    connection: sqlite3.Connection, _entry: ConnectionPoolEntry, *, busy_seconds: float
) -> None:
    # Python's driver would open transactions by itself and too late; `_begin_sqlite` does it.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={int(busy_seconds * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged job survives a power cut
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the write lock at once: a reader that turns writer half-way could only fail.
    reads_only = connection.get_execution_options().get("docspade_reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
