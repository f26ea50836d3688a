from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from ocr.errors import TransientError
from workers.database import Database
from workers.tables import metadata, workers


def test_migrations_build_what_the_tables_say(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_migrating_at_once_from_several_places_is_safe(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    failures: list[BaseException] = []

    def migrate() -> None:
        database = Database(url)
        try:
            database.migrate()
        except BaseException as error:  # noqa: BLE001  # handed to the test below
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_new_file_that_another_process_is_just_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE theirs (id)")
    ending = threading.Timer(0.3, other.execute, ["COMMIT"])
    ending.start()
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    ending.join()
    database.close()
    other.close()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    row = insert(workers).values(id="w", started_at=0.0, seen_at=0.0)

    def write_and_fail() -> None:
        with database.write() as connection:
            connection.execute(row)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.read() as connection:
        assert connection.execute(select(workers)).all() == []


def test_a_locked_database_is_a_passing_condition(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    database = Database(f"sqlite:///{path}", busy_seconds=0.1)
    database.migrate()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with (
            pytest.raises(TransientError, match="locked"),
            database.write() as connection,
        ):
            connection.execute(select(workers))
        with database.read() as connection:
            assert connection.execute(select(workers)).all() == []
    finally:
        other.close()
        database.close()


def test_a_claim_finds_its_job_by_the_index(database: Database) -> None:
    with database.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE lane = ? AND state = 'queued' "
            "AND available_at <= ? ORDER BY created_at, id LIMIT 1",
            ("interactive", 1.0),
        )
        assert any("ix_jobs_queued" in str(row) for row in plan)


def test_threads_that_write_wait_for_their_turn_but_not_for_ever(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'jobs.db'}", busy_seconds=0.1)
    database.migrate()
    holds, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write():
            holds.set()
            may_go.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert holds.wait(30)
    with pytest.raises(TransientError, match="too many write"), database.write():
        pass
    may_go.set()
    holder.join()
    with database.write() as connection:
        assert connection.execute(select(workers)).all() == []
    database.close()


def test_a_turn_that_ends_with_an_error_is_given_on(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), database.write():
            raise ZeroDivisionError
