"""The Python client's calls about batches, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.client import Docspade, Files, Named, ServiceError, ZipArchive
from tests.integration.api.batches import FAULT, archive, claim, finish
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import picture
from workers.states import JobState

pytestmark = pytest.mark.integration


@pytest.fixture
def service(server: Server) -> Iterator[Docspade]:
    with Docspade(str(server.http.base_url)) as service:
        yield service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    (folder / "2026").mkdir(parents=True)
    (folder / ".hidden").write_bytes(b"x")
    for name in ("b.png", '2026/영수증 "1".png', "a.png"):
        (folder / name).write_bytes(picture())
    return folder


def test_a_folder_becomes_a_batch_and_its_results_come_line_by_line(
    server: Server, service: Docspade, folder: Path
) -> None:
    batch = service.create_batch(Files.of_folder(folder), document_type="receipt", name="March")
    assert (batch.name, batch.type, batch.n_documents) == ("March", "receipt", 3)
    finish(server, "ONE")
    server.context.services.jobs.fail(claim(server), FAULT)
    first, second, third = service.batch_results(batch.id)
    assert [line.filename for line in (first, second, third)] == [
        "2026/영수증 %221%22.png",
        "a.png",
        "b.png",
    ]
    assert first.result is not None
    assert second.error is not None
    assert (list(first.result.fields), second.error.code) == (["merchant_name"], "corrupt_file")
    assert third.status is JobState.QUEUED
    (failed,) = service.batch_documents(batch.id, status=JobState.FAILED).documents
    assert failed.id == second.id
    assert service.retry_batch(batch.id) == 1
    assert service.batch(batch.id, wait_seconds=0.1).counts.queued == 2
    assert b"".join(service.batch_file(batch.id, "zip"))[:2] == b"PK"
    assert [each.id for each in service.batches().batches] == [batch.id]
    service.delete_batch(batch.id)
    with pytest.raises(ServiceError) as caught:
        service.batch(batch.id)
    assert (caught.value.status, caught.value.problem_code) == (404, "unknown_batch")
    assert str(caught.value) == "unknown_batch: there is no batch of that id"
    assert server.leftovers() == []


def test_a_batch_grows_and_is_sealed(
    server: Server, service: Docspade, folder: Path, tmp_path: Path
) -> None:
    batch = service.create_batch(name="scanner")
    (tmp_path / "more.zip").write_bytes(archive(**{"c.png": picture()}))
    assert service.add(batch.id, ZipArchive(tmp_path / "more.zip")).n_documents == 1
    assert service.add(batch.id, Files([("d.png", folder / "a.png")])).n_documents == 2
    with pytest.raises(ServiceError) as caught:
        service.add(batch.id, Named(urls=["https://files.example/1.pdf"]))
    assert caught.value.problem_code == "source_refused"
    assert service.seal(batch.id).sealed_at is not None
    finish(server)
    server.context.services.jobs.fail(claim(server), FAULT)
    (failed,) = service.batch_documents(batch.id, status=JobState.FAILED).documents
    assert service.retry(failed.id).status is JobState.QUEUED
    finish(server)
    assert service.batch(batch.id).is_finished


def test_results_left_half_way_do_not_spoil_the_connection(
    server: Server, service: Docspade, folder: Path
) -> None:
    del server
    batch = service.create_batch(Files([(f"{n}.png", folder / "a.png") for n in range(120)]))
    lines = service.batch_results(batch.id)
    assert next(lines).filename == "0.png"
    assert isinstance(lines, Iterator)
    lines.close()  # type: ignore[attr-defined]  # it is a generator
    assert service.batch(batch.id).n_documents == 120
    assert [line.filename for line in service.batch_results(batch.id)][-1] == "119.png"


def test_a_batch_is_followed_until_it_is_finished(
    server: Server, service: Docspade, folder: Path
) -> None:
    batch = service.create_batch(Files.of_folder(folder))
    seen = []
    with Docspade(str(server.http.base_url)) as other:
        for entry in service.batch_events(batch.id):
            seen.append((entry.n_done, entry.is_finished))
            if entry.n_done == 0:
                finish(server, "ONE")
            elif not entry.is_finished:
                assert other.cancel_batch(batch.id) == 2
    assert seen == [(0, False), (1, False), (3, True)]
    (masked, *_) = service.batch_results(batch.id, redact="companies")
    assert masked.result is not None
    assert "ONE" not in masked.result.to_json()
    service.delete_batch(batch.id)
    with pytest.raises(ServiceError) as caught:
        next(service.batch_events(batch.id))
    assert caught.value.problem_code == "unknown_batch"
