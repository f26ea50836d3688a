from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from layout.result import DocumentResult, ModelEntry
from workers.database import Database


class Clock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'jobs.db'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def result() -> DocumentResult:
    return DocumentResult(
        id="0" * 32,
        type="receipt",
        type_confidence=1.0,
        status="succeeded",
        pages=[],
        fields={},
        issues=[],
        model=ModelEntry(name="m", version="1", sha256="0" * 64),
        timings_ms={},
    )
