"""The database: SQLite in WAL mode by default, or PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from ocr.errors import SetupError, TransientError
from workers.full_disk import StorageFullError, is_full_database

MIGRATIONS_DIR = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10.0
WAL_RETRY_SECONDS = 0.01
LOG_BUSY_MS = 200  # for so long writers may be kept waiting while readers of the log end
MIGRATION_LOCK = 0x646F6373  # "docs"; any number that no other program of the database takes
POOL_SIZE = 5
POOL_OVERFLOW = 10
POOL_SECONDS = 10.0
NETWORK_OPTIONS = {
    "connect_timeout": 5,
    # A server that vanished without a word is noticed before a lease ends (libpq's names).
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Database:
    """Connections with the right transaction kind for reading and for writing.

    Args:
        url: SQLAlchemy URL, for example `sqlite:////var/lib/docspade/docspade.db`.
        busy_seconds: how long SQLite's writers wait for each other.

    Raises:
        SetupError: the database's driver is not installed.
    """

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._engine = _engine(url)
        self._turns = _Turns(busy_seconds if self._engine.dialect.name == "sqlite" else None)
        if self._engine.dialect.name == "sqlite":
            prepare = partial(_prepare_sqlite, busy_seconds=busy_seconds)
            event.listen(self._engine, "connect", prepare)
            event.listen(self._engine, "begin", _begin_sqlite)
            self._read_options: dict[str, object] = {"docspade_reads_only": True}
        else:
            self._read_options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading, in one consistent snapshot.

        Raises:
            TransientError: the database is busy or cannot be reached.
        """
        with _transient_errors(), self._engine.connect() as connection:
            yield connection.execution_options(**self._read_options)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction, committed at the end, rolled back on an error.

        Raises:
            TransientError: the database is busy or cannot be reached.
        """
        with self._turns.mine(), _transient_errors(), self._engine.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the tables to the newest form; safe to call from several processes at once.

        Raises:
            TransientError: the database is busy or cannot be reached.
        """
        self._migrate(lambda config: command.upgrade(config, "head"))

    def revert(self, revision: str) -> None:
        """Bring the tables back to an older form; what the newer one added is lost.

        Args:
            revision: of the migration to end at; "base" for none.

        Raises:
            TransientError: the database is busy or cannot be reached.
        """
        self._migrate(lambda config: command.downgrade(config, revision))

    def _migrate(self, action: Callable[[Config], None]) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS_DIR))
        with self.write() as connection:
            if connection.dialect.name == "postgresql":
                # SQLite's writers wait for each other anyway.
                connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            config.attributes["connection"] = connection
            action(config)

    @contextmanager
    def alone(self, number: int) -> Iterator[bool]:
        """Whether nobody else is in such a block, who then is kept out until its end.

        By a lock of PostgreSQL's that ends with the connection, whatever becomes of the process.
        The few processes that share a SQLite file are not kept apart: True.

        Args:
            number: of the lock.

        Raises:
            TransientError: the database is busy or cannot be reached.
        """
        if self._engine.dialect.name != "postgresql":
            yield True
            return
        with self.write() as connection:
            yield bool(connection.scalar(select(func.pg_try_advisory_xact_lock(number))))

    def empty_log(self) -> bool:
        """Empty SQLite's write-ahead log, where what was deleted may still stand.

        Returns:
            False where somebody was just reading or writing: the next time will do. A database
            other than SQLite keeps its own house: True.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        with self._turns.mine(), _transient_errors():
            pooled = self._engine.raw_connection()
            try:
                busy = pooled.cursor().execute("PRAGMA busy_timeout").fetchone()[0]
                pooled.cursor().execute(f"PRAGMA busy_timeout={LOG_BUSY_MS}")
                is_busy = pooled.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                pooled.cursor().execute(f"PRAGMA busy_timeout={busy}")
            finally:
                pooled.close()
        return not is_busy

    def close(self) -> None:
        """Close all pooled connections."""
        self._engine.dispose()


class _Turns:
    """Lets the threads of a process write to SQLite one after the other.

    SQLite's own writers look whether it is their turn after pauses that grow to a tenth of a
    second: while threads that have just come take it, one that came early may look in vain for
    seconds.

    Args:
        seconds: that a thread waits for its turn; None where all may write at once.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()

    @contextmanager
    def mine(self) -> Iterator[None]:
        """The time in which the calling thread writes.

        Raises:
            TransientError: its turn did not come.
        """
        if self._seconds is None:
            yield
            return
        if not self._lock.acquire(timeout=self._seconds):
            raise TransientError("the database cannot be used just now: too many write to it")
        try:
            yield
        finally:
            self._lock.release()


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True)
    try:
        return create_engine(
            url,
            hide_parameters=True,  # errors would quote what was to be written
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_SECONDS,
            connect_args=NETWORK_OPTIONS,
        )
    except ModuleNotFoundError as error:
        raise SetupError("postgresql:// needs psycopg: pip install 'docspade[scale]'") from error


@contextmanager
def _transient_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        kind = StorageFullError if is_full_database(error) else TransientError
        raise kind(f"the database cannot be used just now: {_reason(error)}") from error
    except PoolTimeoutError as error:
        raise TransientError("all connections to the database are in use") from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise TransientError(f"the database's connection was lost: {_reason(error)}") from error


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"


def _prepare_sqlite(
    connection: sqlite3.Connection, _entry: ConnectionPoolEntry, *, busy_seconds: float
) -> None:
    # Python's driver would open transactions by itself and too late; `_begin_sqlite` does it.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
    _switch_to_wal(connection, busy_seconds)
    connection.execute("PRAGMA synchronous=FULL")  # an acknowledged job survives a power cut
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten in the file


def _switch_to_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    # The switch of a new file asks for the whole file and, unlike other statements, does not
    # wait for those who use it: https://www.sqlite.org/c3ref/busy_handler.html
    deadline = time.monotonic() + busy_seconds
    while not _switched_to_wal(connection, may_wait=time.monotonic() < deadline):
        time.sleep(WAL_RETRY_SECONDS)


def _switched_to_wal(connection: sqlite3.Connection, *, may_wait: bool) -> bool:
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if may_wait and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the write lock at once: a reader that turns writer half-way could only fail.
    reads_only = connection.get_execution_options().get("docspade_reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
