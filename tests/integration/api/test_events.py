"""Following documents by server-sent events, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import httpx
import pytest

from api import progress
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, submit
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
