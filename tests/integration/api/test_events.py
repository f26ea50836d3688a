"""Following documents by server-sent events, over real HTTP."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from api import progress
from api.routes import events as event_routes
from tests.integration.api import batches
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, submit
from workers.batch_table import BatchTable
from workers.job_progress import ProgressTable
from workers.jobs import JobError

pytestmark = pytest.mark.integration
FAULT = JobError("corrupt_file", "the picture is cut off")


def events(answer: httpx.Response) -> Iterator[tuple[str, int]]:
    """Status and pages done of each event, as they come."""
    for line in answer.iter_lines():
        if line.startswith("data: "):
            entry = json.loads(line.removeprefix("data: "))
            yield entry["status"], entry["n_pages_done"]


def test_changes_come_as_they_happen_and_the_final_one_ends_the_stream(server: Server) -> None:
    document_id, jobs = submit(server), server.context.services.jobs
    with server.http.stream("GET", f"/v1/documents/{document_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        seen = events(answer)
        assert next(seen) == ("queued", 0)
        job = claim(server)
        assert next(seen) == ("running", 0)
        jobs.note_pages_done(job, 1)
        assert next(seen) == ("running", 1)
        jobs.fail(job, FAULT)
        assert list(seen) == [("failed", 1)]


def test_a_cancelled_document_ends_the_stream(server: Server) -> None:
    path = f"/v1/documents/{submit(server)}"
    claim(server)
    with server.http.stream("GET", f"{path}/events") as answer:
        seen = events(answer)
        assert next(seen) == ("running", 0)
        assert httpx.post(f"{server.http.base_url}{path}/cancel").status_code == 200
        assert list(seen) == [("cancelled", 0)]


def entries(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """A batch's entry of each event, as they come."""
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def open_counts(entry: dict[str, Any]) -> tuple[int, int, int, bool]:
    counts = entry["counts"]
    return counts["queued"], counts["running"], entry["n_done"], entry["is_finished"]


def test_a_batch_is_followed_until_it_is_finished(server: Server) -> None:
    path = batches.post_files(server, "a.png", "b.png", sealed="false").headers["location"]
    services = server.context.services
    batch_id = path.rpartition("/")[2]
    with server.http.stream("GET", f"{path}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        seen = entries(answer)
        assert open_counts(next(seen)) == (2, 0, 0, False)
        job = batches.claim(server)
        assert open_counts(next(seen)) == (1, 1, 0, False)
        services.jobs.fail(job, FAULT)
        assert open_counts(next(seen)) == (1, 0, 1, False)
        services.jobs.cancel_batch(batch_id)
        assert open_counts(next(seen)) == (0, 0, 2, False)
        services.batches.seal(batch_id)
        (last,) = seen
    assert open_counts(last) == (0, 0, 2, True)
    assert last == server.http.get(path).json()
    again = server.http.get(f"{path}/events")
    (event_id,) = (line for line in again.text.splitlines() if line.startswith("id: "))
    over = server.http.get(
        f"{path}/events", headers={"last-event-id": event_id.removeprefix("id: ")}
    )
    assert (over.status_code, over.content) == (204, b"")


def test_deletion_ends_a_batchs_stream(server: Server) -> None:
    path = batches.post_files(server, "a.png").headers["location"]
    with server.http.stream("GET", f"{path}/events") as answer:
        seen = entries(answer)
        assert next(seen)["n_documents"] == 1
        assert httpx.delete(f"{server.http.base_url}{path}").status_code == 204
        assert all(entry["n_documents"] == 0 for entry in seen)  # it may be seen emptied
    missing = server.http.get(f"{path}/events")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_batch")


def test_documents_and_batches_share_the_room_for_listeners(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(server.http.base_url).rstrip("/")
    document, batch = submit(server), batches.post_files(server, "a.png").headers["location"]
    paths = (f"{address}/v1/documents/{document}/events", f"{address}{batch}/events")
    listening = []  # held: a stream that nobody reads any more is closed
    with contextlib.ExitStack() as streams:
        for n_listeners, path in enumerate(paths, start=1):
            monkeypatch.setattr(event_routes, "MAX_LISTENERS", n_listeners)
            answer = streams.enter_context(httpx.stream("GET", path))
            listening.append(answer.iter_lines())
            assert next(listening[-1]) == "event: status"
            for refused in paths:
                full = httpx.get(refused)
                assert (full.status_code, full.json()["code"]) == (503, "too_many_listeners")
                assert full.headers["retry-after"]


def test_a_look_that_takes_long_is_followed_by_a_longer_pause(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[float] = []
    real = BatchTable.look

    def slow(self: BatchTable, batch_ids: list[str]) -> object:
        moments.append(time.monotonic())
        time.sleep(0.05)
        return real(self, batch_ids)

    monkeypatch.setattr(BatchTable, "look", slow)
    path = batches.post_files(server, "a.png").headers["location"]
    with server.http.stream("GET", f"{path}/events") as answer:
        seen = entries(answer)
        next(seen)
        wait_until(lambda: len(moments) > 3)
        server.context.services.jobs.cancel_batch(path.rpartition("/")[2])
        assert [entry["is_finished"] for entry in seen] == [True]
    pauses = [later - sooner for sooner, later in itertools.pairwise(moments)]
    assert min(pauses) > 0.05 * progress.PAUSE_BY_LOOK


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_who_comes_again_gets_the_present_state_and_at_the_end_nothing(server: Server) -> None:
    path = f"/v1/documents/{finish(server)}/events"
    first = server.http.get(path)
    assert [status for status, _ in events(first)] == ["succeeded"]
    (event_id,) = (line for line in first.text.splitlines() if line.startswith("id: "))
    again = server.http.get(path, headers={"last-event-id": event_id.removeprefix("id: ")})
    assert (again.status_code, again.content) == (204, b"")
    other = server.http.get(path, headers={"last-event-id": "running-1-0"})
    assert [status for status, _ in events(other)] == ["succeeded"]


def test_deletion_ends_the_stream(server: Server) -> None:
    document_id = submit(server)
    with server.http.stream("GET", f"/v1/documents/{document_id}/events") as answer:
        seen = events(answer)
        assert next(seen) == ("queued", 0)
        server.context.services.jobs.delete(document_id)
        assert list(seen) == []
    missing = server.http.get(f"/v1/documents/{document_id}/events")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_document")


def test_many_listeners_share_one_look(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "HEARTBEAT_SECONDS", 0.05)
    asked: list[int] = []
    real = ProgressTable.look

    def counted(self: ProgressTable, job_ids: list[str]) -> object:
        asked.append(len(job_ids))
        return real(self, job_ids)

    monkeypatch.setattr(ProgressTable, "look", counted)
    documents = [submit(server) for _ in range(3)]
    started, ends = threading.Barrier(16), []

    def listen(number: int) -> None:
        path = f"{server.http.base_url}/v1/documents/{documents[number % 3]}/events"
        with httpx.stream("GET", path, timeout=30) as answer:
            lines = answer.iter_lines()
            assert any(line.startswith(":") for line in lines)  # a heartbeat
            started.wait(30)
            ends.append([line for line in lines if line.startswith("data")][-1])

    threads = [threading.Thread(target=listen, args=(number,)) for number in range(15)]
    for thread in threads:
        thread.start()
    started.wait(30)
    n_looks = len(asked)
    for _ in documents:
        server.context.services.jobs.fail(claim(server), FAULT)
    for thread in threads:
        thread.join(30)
    assert len(ends) == 15
    assert all('"failed"' in end for end in ends)
    assert max(asked) == 3
    assert len(asked) - n_looks < 15
