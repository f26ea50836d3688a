"""Cancelling documents and batches over real HTTP, and what tells of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from api.client import Docspade, ServiceError
from tests.integration.api import batches
from tests.integration.api.conftest import Server
from tests.integration.api.test_metrics import figures
from tests.integration.api.test_retention import sweep
from tests.integration.api.test_routes import claim, finish, submit
from tests.integration.api.test_upload import DOCUMENTS, picture
from tests.integration.api.webhooks import Receiver, log, make, open_server, receiver
from workers.jobs import JobError
from workers.states import JobState

__all__ = ["open_server", "receiver"]

pytestmark = pytest.mark.integration
FAULT = JobError("corrupt_file", "cut off")


@pytest.fixture
def service(server: Server) -> Iterator[Docspade]:
    with Docspade(str(server.http.base_url)) as service:
        yield service


def code_of(error: pytest.ExceptionInfo[ServiceError]) -> tuple[int, str]:
    return error.value.status, error.value.problem_code


def test_a_document_that_waits_is_cancelled_and_keeps_its_file(
    server: Server, service: Docspade
) -> None:
    document_id = submit(server)
    entry = service.cancel(document_id)
    assert (entry.status, entry.error, entry.links.result) == (JobState.CANCELLED, None, None)
    assert entry.finished_at is not None
    assert service.cancel(document_id) == entry == service.document(document_id)
    assert len(server.leftovers()) == 1
    assert server.context.services.jobs.claim("interactive", "test") is None
    for call in (service.result, service.wait):
        with pytest.raises(ServiceError) as caught:
            call(document_id)
        assert code_of(caught) == (409, "cancelled")
    path = f"{DOCUMENTS}/{document_id}"
    for refused in (f"{path}/redacted", f"{path}/pages/1/annotated", f"{path}/result?format=csv"):
        answer = server.http.get(refused)
        assert (answer.status_code, answer.json()["code"]) == (409, "cancelled")
    assert service.retry(document_id).status is JobState.QUEUED
    assert claim(server).job_id == document_id


def test_what_a_worker_has_under_its_hands_is_cancelled(server: Server, service: Docspade) -> None:
    document_id, jobs = submit(server), server.context.services.jobs
    job = claim(server)
    assert service.cancel(document_id).status is JobState.CANCELLED
    assert not jobs.renew(job)
    assert not jobs.fail(job, FAULT)
    assert service.document(document_id).status is JobState.CANCELLED
    service.delete(document_id)
    assert server.leftovers() == []


def test_what_is_done_is_not_cancelled(server: Server, service: Docspade) -> None:
    done, failed = finish(server), submit(server)
    server.context.services.jobs.fail(claim(server), FAULT)
    for document_id in (done, failed):
        before = service.document(document_id)
        with pytest.raises(ServiceError) as caught:
            service.cancel(document_id)
        assert code_of(caught) == (409, "already_finished")
        assert service.document(document_id) == before
    with pytest.raises(ServiceError) as caught:
        service.cancel("0" * 32)
    assert code_of(caught) == (404, "unknown_document")


def test_an_upload_that_waits_is_told_of_the_end(server: Server) -> None:
    table = server.context.services.jobs

    def cancel() -> None:
        while not (waiting := table.newest(1)):
            time.sleep(0.01)
        table.cancel(waiting[0].job_id)

    somebody = threading.Thread(target=cancel)
    somebody.start()
    answer = server.http.post(f"{DOCUMENTS}?wait=20", content=picture())
    somebody.join()
    assert (answer.status_code, answer.json()["code"]) == (409, "cancelled")
    assert answer.headers["location"].startswith(DOCUMENTS)


def test_a_key_that_may_only_read_cancels_nothing(server: Server) -> None:
    reader = server.context.keys.create("reader", frozenset({"read"}))
    sender = server.context.keys.create("sender", frozenset({"submit"}))
    document_id = submit(server, {"x-api-key": sender})
    for key, status in ((reader, 403), (sender, 200)):
        path = f"{DOCUMENTS}/{document_id}/cancel"
        assert server.http.post(path, headers={"x-api-key": key}).status_code == status


def test_a_batch_is_cancelled_as_far_as_it_is_not_done(server: Server, service: Docspade) -> None:
    given = ("a.png", "b.png", "c.png", "d.png")
    path = batches.post_files(server, *given).headers["location"]
    batch_id = path.rpartition("/")[2]
    batches.finish(server, "ONE")
    server.context.services.jobs.fail(batches.claim(server), FAULT)
    running = batches.claim(server)
    assert service.cancel_batch(batch_id) == 2
    assert service.cancel_batch(batch_id) == 0
    assert not server.context.services.jobs.renew(running)
    entry = service.batch(batch_id, wait_seconds=5)
    assert (entry.counts.succeeded, entry.counts.failed, entry.counts.cancelled) == (1, 1, 2)
    assert (entry.n_done, entry.is_finished) == (4, True)
    lines = list(service.batch_results(batch_id))
    assert [line.status for line in lines] == ["succeeded", "failed", "cancelled", "cancelled"]
    assert [line.result is None and line.error is None for line in lines] == [
        False, False, True, True,
    ]  # fmt: skip
    rows = b"".join(service.batch_file(batch_id, "csv")).decode().splitlines()
    assert [row.split(",")[1:3] for row in rows[-2:]] == [
        ["c.png", "cancelled"],
        ["d.png", "cancelled"],
    ]
    (third, fourth) = service.batch_documents(batch_id, status=JobState.CANCELLED).documents
    assert (third.filename, fourth.filename) == ("c.png", "d.png")


def test_a_batchs_retry_takes_up_what_was_cancelled_only_when_told_to(
    server: Server, service: Docspade
) -> None:
    path = batches.post_files(server, "a.png", "b.png", "c.png").headers["location"]
    batch_id = path.rpartition("/")[2]
    server.context.services.jobs.fail(batches.claim(server), FAULT)
    assert service.cancel_batch(batch_id) == 2
    assert service.retry_batch(batch_id) == 1
    first = service.batch_documents(batch_id, status=JobState.CANCELLED).documents[0]
    assert service.retry(first.id).status is JobState.QUEUED
    assert service.retry_batch(batch_id, status="cancelled") == 1
    assert service.batch(batch_id).counts.queued == 3
    answer = server.http.post(f"{path}/retry?status=succeeded")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_it_is_counted_and_goes_when_its_time_is_over(server: Server, service: Docspade) -> None:
    document_id = submit(server)
    service.cancel(document_id)
    assert figures(server)["docspade_jobs_finished_total", (("state", "cancelled"),)] == 1
    assert figures(server)["docspade_jobs_waiting", (("lane", "interactive"),)] == 0
    sweep(server, 3600)
    assert service.document(document_id).status is JobState.CANCELLED
    time.sleep(0.02)
    sweep(server, 0.01)
    assert (server.http.get(f"{DOCUMENTS}/{document_id}").status_code, server.leftovers()) == (
        404,
        [],
    )


def test_webhooks_are_told_that_name_the_event_or_none(
    open_server: Server, receiver: Receiver
) -> None:
    told_all = make(open_server, receiver.url)
    told_it = make(open_server, receiver.url, "document.cancelled")
    told_else = make(open_server, receiver.url, "document.failed", "document.succeeded")
    document_id = submit(open_server)
    assert open_server.http.post(f"{DOCUMENTS}/{document_id}/cancel").status_code == 200
    for webhook in (told_all, told_it):
        (told,) = log(open_server, webhook)
        assert (told["event"], told["document_id"]) == ("document.cancelled", document_id)
    assert log(open_server, told_else) == []
