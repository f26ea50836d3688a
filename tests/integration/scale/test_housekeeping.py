"""Of the processes that share a PostgreSQL one at a time goes through the store."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.service.servers import PostgresServer
from workers.blobs import SOURCE, BlobKey, write_blob
from workers.celery_app import Doorbell, make_app
from workers.database import Database
from workers.jobs import NewJob, new_job_id
from workers.retention import Retention
from workers.services import Services, open_services
from workers.settings import Settings
from workers.sweeper import HOUSEKEEPING_LOCK, Sweeper

pytestmark = pytest.mark.integration
SHORT = Retention(document_seconds=0.01)


def finished_document(services: Services) -> str:
    job_id = new_job_id()
    write_blob(services.blobs, BlobKey(job_id, SOURCE), b"x")
    services.jobs.add(NewJob(job_id, 1))
    assert services.jobs.claim("interactive", "test") is not None
    with services.database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET state = 'failed', finished_at = 1.0")
    return job_id


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jobs.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.mark.parametrize("leaves", [True, False])
def test_the_store_is_gone_through_by_one_at_a_time(
    url: str, tmp_path: Path, *, leaves: bool
) -> None:
    services = open_services(Settings(state_dir=tmp_path / "state", database_url=url))
    other = Database(url)
    document_id = finished_document(services)
    time.sleep(0.02)
    sweeper = Sweeper(services, Doorbell(make_app(services.broker)), SHORT)
    with other.alone(HOUSEKEEPING_LOCK) as is_alone:
        assert is_alone
        if not leaves:
            sweeper.sweep()
    is_kept = services.jobs.get(document_id) is not None
    assert is_kept == (leaves or url.startswith("postgresql"))
    if leaves:
        sweeper.sweep()
        assert services.jobs.get(document_id) is None
    other.close()
    services.database.close()
