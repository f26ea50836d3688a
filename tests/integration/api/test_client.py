"""The Python client's calls about documents, results and the service, against a real server."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from api import client as client_module
from api.client import Docspade, ServiceError
from layout.corrections import Corrections, corrections_of
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, made_result, submit
from tests.integration.api.test_upload import picture
from workers.jobs import Job, JobError
from workers.states import JobState

pytestmark = pytest.mark.integration
FAULT = JobError("corrupt_file", "the picture is cut off")


@pytest.fixture
def service(server: Server) -> Iterator[Docspade]:
    with Docspade(str(server.http.base_url)) as service:
        yield service


@contextmanager
def worker(
    server: Server, act: Callable[[Job], None], *, after_seconds: float = 0.0
) -> Iterator[None]:
    """Takes one document up, as soon as it is there, and does that with it."""

    def work() -> None:
        while (job := server.context.services.jobs.claim("interactive", "test")) is None:
            time.sleep(0.02)
        time.sleep(after_seconds)
        act(job)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize("seconds_of_one_request", [60.0, 0.1])
def test_a_document_is_handed_in_and_its_result_awaited(
    seconds_of_one_request: float, server: Server, start: Callable[..., Server]
) -> None:
    settings = server.context.settings.model_copy(
        update={"max_wait_seconds": seconds_of_one_request}
    )
    slow = start(settings.model_copy(update={"state_dir": settings.state_dir / "slow"}))
    jobs = slow.context.services.jobs

    def read(job: Job) -> None:
        assert jobs.finish(job, made_result(job.job_id))

    with Docspade(str(slow.http.base_url)) as service:
        with worker(slow, read, after_seconds=0.4):
            result = service.extract(
                picture(), filename="영수증.png", document_type="receipt", words=True, seconds=30
            )
        entry = service.document(result.id)
    assert (entry.filename, entry.type) == ("영수증.png", "receipt")
    assert result.pages[0].words is not None


def test_a_document_that_fails_or_takes_too_long_is_told_of(
    server: Server, service: Docspade
) -> None:
    jobs = server.context.services.jobs

    def give_up(job: Job) -> None:
        assert jobs.fail(job, FAULT)

    with worker(server, give_up), pytest.raises(ServiceError) as failed:
        service.extract(picture(), seconds=30)
    assert (failed.value.status, failed.value.problem_code) == (422, "corrupt_file")
    assert failed.value.location.startswith("/v1/documents/")
    with pytest.raises(ServiceError) as late:
        service.extract(picture(), pages="1", seconds=0.1)
    assert late.value.problem_code == "not_finished"
    document_id = late.value.location.rsplit("/", 1)[-1]
    assert service.document(document_id).status is JobState.QUEUED


def test_results_come_as_csv_masked_and_corrected(server: Server, service: Docspade) -> None:
    document_id = finish(server)
    rows = list(csv.DictReader(io.StringIO(service.result_csv(document_id))))
    assert [row["text"] for row in rows] == ["SHOP"]
    assert service.result_csv(document_id, bom=True)[0] == "\N{BYTE ORDER MARK}"
    tree = corrections_of(service.result(document_id)).model_dump(exclude_unset=True)
    tree["fields"]["merchant_name"]["text"] = "OTHER SHOP"
    del tree["fields"]["merchant_name"]["value"]
    service.correct(document_id, Corrections.model_validate(tree))
    assert "OTHER SHOP" in service.result_csv(document_id, corrected=True)
    assert "OTHER SHOP" not in service.result_csv(document_id)
    masked = service.result(document_id, redact="companies")
    assert "SHOP" not in masked.to_json()
    assert "SHOP" not in service.result_csv(document_id, redact="companies")
    assert service.redacted(document_id, kinds="companies,names")[:4] == b"\x89PNG"
    assert service.redacted(document_id, corrected=True)[:4] == b"\x89PNG"
    with pytest.raises(ServiceError) as caught:
        service.redacted(document_id, kinds="hats")
    assert caught.value.problem_code == "invalid_request"


def test_all_documents_come_across_pages(
    server: Server, service: Docspade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGE_SIZE", 2)
    assert list(service.all_documents()) == []
    made = [submit(server) for _ in range(5)]
    assert [entry.id for entry in service.all_documents()] == made[::-1]
    for document_id in made[:3]:
        service.cancel(document_id)
    of_status = service.all_documents(status=JobState.CANCELLED)
    assert [entry.id for entry in of_status] == made[2::-1]
    assert service.documents(status=JobState.FAILED).documents == []


def test_a_document_is_followed_until_it_is_done(server: Server, service: Docspade) -> None:
    document_id, jobs = submit(server), server.context.services.jobs
    seen = service.events(document_id)
    assert next(seen).status is JobState.QUEUED
    job = claim(server)
    assert next(seen).status is JobState.RUNNING
    jobs.note_pages_done(job, 1)
    assert next(seen).n_pages_done == 1
    jobs.fail(job, FAULT)
    last = next(seen)
    assert last.error is not None
    assert (last.status, last.error.code) == (JobState.FAILED, "corrupt_file")
    assert list(seen) == []
    assert service.document(document_id).status is JobState.FAILED


def test_a_stream_that_ends_early_goes_on_without_saying_anything_twice(
    server: Server, service: Docspade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.events.MAX_SECONDS", 0.0)
    document_id = submit(server)
    seen = service.events(document_id)
    assert next(seen).status is JobState.QUEUED
    later = threading.Timer(1.0, lambda: server.context.services.jobs.fail(claim(server), FAULT))
    later.start()
    states = [entry.status for entry in seen]
    later.join()
    assert states[-1] is JobState.FAILED
    assert states.count(JobState.QUEUED) == 0


def test_a_document_that_is_deleted_meanwhile_is_told_of(server: Server, service: Docspade) -> None:
    document_id = submit(server)
    seen = service.events(document_id)
    next(seen)
    server.context.services.jobs.delete(document_id)
    with pytest.raises(ServiceError) as caught:
        next(seen)
    assert (caught.value.status, caught.value.problem_code) == (404, "unknown_document")


def test_whoever_heard_enough_can_go_on_with_other_calls(server: Server, service: Docspade) -> None:
    document_id = submit(server)
    seen = service.events(document_id)
    next(seen)
    seen.close()  # type: ignore[attr-defined]  # it is a generator
    assert service.document(document_id).id == document_id


def test_the_service_tells_of_itself(service: Docspade) -> None:
    assert "receipt" in {each.name for each in service.types()}
    assert service.health().status == "ok"
    assert service.readiness(workers=0).status == "ready"
    start = time.monotonic()
    with pytest.raises(ServiceError) as caught:
        service.readiness()
    assert time.monotonic() - start < 4  # it is not asked again
    assert (caught.value.status, caught.value.problem_code) == (503, "no_worker")
