from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import Service, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for a module's tests, ready to process documents."""
    state_dir: Path = tmp_path_factory.mktemp("service") / "state"
    with serving(state_dir) as service:
        service.wait_until_ready()
        yield service
