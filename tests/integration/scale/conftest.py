from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from benchmarks.service.servers import PostgresServer
from tests.unit.workers.conftest import Clock, clock, result
from workers.database import Database
from workers.tables import metadata

__all__ = ["Clock", "clock", "result"]


@pytest.fixture(scope="session")
def postgres_database(postgres: PostgresServer) -> Iterator[Database]:
    database = Database(postgres.new_database())
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """PostgreSQL with all tables, which are empty."""
    with postgres_database.write() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)}"))
    return postgres_database
