"""The migrations, up and down, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from benchmarks.service.servers import PostgresServer
from workers.database import MIGRATIONS_DIR, Database
from workers.tables import metadata

pytestmark = pytest.mark.integration

ALEMBIC_TABLE = "alembic_version"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def empty(new_url: str) -> Iterator[Database]:
    database = Database(new_url)
    yield database
    database.close()


def revisions() -> list[str]:
    """From the oldest to the newest."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in scripts][::-1]


def table_names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names()) - {ALEMBIC_TABLE}


def test_up_gives_the_tables_and_down_takes_each_step_back(empty: Database) -> None:
    empty.migrate()
    with empty.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    for revision in [*revisions()[-2::-1], "base"]:
        empty.revert(revision)
    assert table_names(empty) == set()
    empty.migrate()
    assert table_names(empty) == set(metadata.tables)


def test_hosts_that_start_at_once_migrate_once(new_url: str) -> None:
    def start(_host: int) -> set[str]:
        database = Database(new_url)
        database.migrate()
        names = table_names(database)
        database.close()
        return names

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [set(metadata.tables)] * 4


def test_a_migration_that_fails_leaves_the_tables_as_they_were(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upgrade_and_fail(real: Callable[[Config, str], None]) -> Callable[[Config, str], None]:
        def upgrade(config: Config, revision: str) -> None:
            real(config, revision)
            raise ZeroDivisionError

        return upgrade

    monkeypatch.setattr(command, "upgrade", upgrade_and_fail(command.upgrade))
    with pytest.raises(ZeroDivisionError):
        empty.migrate()
    assert table_names(empty) == set()
