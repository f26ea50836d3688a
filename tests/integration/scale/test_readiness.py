"""What balancers ask: is the server of use, with its database there and away?"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.service.servers import postgres_server
from tests.integration.api.conftest import serving
from workers.settings import Settings

pytestmark = pytest.mark.integration


def test_a_server_without_its_database_is_not_ready_though_no_worker_is_asked_for(
    tmp_path: Path,
) -> None:
    with postgres_server(is_durable=False) as postgres:
        settings = Settings(state_dir=tmp_path, database_url=postgres.new_database())
        with serving(settings) as server:
            assert server.http.get("/readyz?workers=0").json()["status"] == "ready"
            postgres.process.stop()
            answer = server.http.get("/readyz?workers=0")
            assert (answer.status_code, answer.json()["code"]) == (503, "transient_error")
            assert server.http.get("/healthz").status_code == 200
            postgres.process.start()
            assert server.http.get("/readyz?workers=0").status_code == 200
