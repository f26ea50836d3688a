"""What is not to be kept any longer is gone: files, rows and results."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish, submit
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.jobs import JobError
from workers.retention import Retention
from workers.settings import Settings
from workers.sweeper import Sweeper
from workers.tables import idempotency_keys, jobs, results

pytestmark = pytest.mark.integration


def sweep(server: Server, seconds: float | None) -> None:
    retention = Retention(document_seconds=seconds)
    Sweeper(server.context.services, server.context.doorbell, retention).discard_expired()


def n_rows(server: Server) -> tuple[int, ...]:
    with server.context.services.database.read() as connection:
        return tuple(
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (jobs, results, idempotency_keys)
        )


def test_nothing_is_left_of_a_document_after_its_time(server: Server) -> None:
    finish(server, {"idempotency-key": "order-1"})
    assert (n_rows(server), len(server.leftovers())) == ((1, 1, 1), 2)
    sweep(server, 3600)
    assert n_rows(server) == (1, 1, 1)
    time.sleep(0.02)
    sweep(server, 0.01)
    assert (n_rows(server), server.leftovers()) == ((0, 0, 0), [])


def test_batches_go_when_they_are_old_and_empty(server: Server) -> None:
    made = server.http.post("/v1/batches", files=[("file", ("a.png", picture()))])
    empty = server.http.post("/v1/batches", json={}).headers["location"]
    path = made.headers["location"]
    time.sleep(0.02)
    sweep(server, 3600)
    assert server.http.get(empty).status_code == 200
    sweep(server, 0.01)
    assert (server.http.get(empty).status_code, server.http.get(path).status_code) == (404, 200)
    job = server.context.services.jobs.claim("batch", "test")
    assert job is not None
    server.context.services.jobs.fail(job, JobError("corrupt_file", "cut off"))
    time.sleep(0.02)
    sweep(server, 0.01)
    assert server.http.get(path).status_code == 404
    assert (n_rows(server), server.leftovers()) == ((0, 0, 0), [])


def test_what_waits_is_kept_however_old(server: Server) -> None:
    document_id = submit(server)
    time.sleep(0.02)
    sweep(server, 0.01)
    assert server.http.get(f"{DOCUMENTS}/{document_id}").json()["status"] == "queued"


def test_without_a_limit_everything_is_kept(server: Server) -> None:
    finish(server)
    sweep(server, None)
    assert n_rows(server) == (1, 1, 0)


def test_a_sweep_that_broke_off_is_made_good_by_the_next(server: Server) -> None:
    document_id = finish(server)
    server.context.services.blobs.delete_document(document_id)
    time.sleep(0.02)
    sweep(server, 0.01)
    assert n_rows(server) == (0, 0, 0)


def test_days_are_set_by_the_operator(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"retention_days": 30}))
    assert server.context.settings.retention == Retention(document_seconds=30 * 86_400.0)
