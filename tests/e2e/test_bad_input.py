"""Bad documents one after the other: each gets its own answer, the service goes on."""

from __future__ import annotations

import pytest

from tests.e2e import documents
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e

NAN_QUAD = "[[NaN,10],[90,10],[90,30],[10,30]]"
OUTSIDE_QUAD = "[[910,910],[990,910],[990,930],[910,930]]"

REFUSED = {
    "empty": (b"", 422, "empty_file"),
    "text called .jpg": (b"Dear Sir or Madam,\n" * 50, 415, "unsupported_format"),
    "truncated JPEG": (documents.receipt_jpeg()[:400], 422, "corrupt_file"),
    "JPEG cut in the middle": (documents.receipt_jpeg()[:20_000], 422, "corrupt_file"),
    "PDF with a password": (documents.pdf(1, is_encrypted=True), 422, "encrypted_file"),
    "PDF of 10,000 pages": (documents.pdf(10_000), 413, "limit_exceeded"),
    "broken PDF": (b"%PDF-1.7\nnothing of use", 422, "corrupt_file"),
    "PNG of 30,000 x 30,000": (documents.huge_png(), 413, "limit_exceeded"),
    "NaN in a quad": (documents.words(quad=NAN_QUAD), 422, "invalid_words"),
    "words outside the page": (documents.words(quad=OUTSIDE_QUAD), 422, "invalid_words"),
}
EMPTY = {
    "blank page": (documents.blank_png(), {"blank_page", "no_fields"}),
    "photograph without a document": (documents.scenery_jpeg(), {"blank_page", "no_fields"}),
    "PDF with an empty page": (documents.pdf(1), {"blank_page", "no_fields"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_named_and_the_next_document_works(service: Service, name: str) -> None:
    content, status, code = REFUSED[name]
    worker = service.worker_pid()
    answer = service.upload(content, wait=60)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    assert len(body["detail"]) > 10
    goes_on(service, worker)


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_without_fields_gives_an_honest_empty_result(service: Service, name: str) -> None:
    content, codes = EMPTY[name]
    worker = service.worker_pid()
    answer = service.upload(content, wait=60)
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert result["fields"] == {}
    assert codes & {issue["code"] for issue in result["issues"]}
    goes_on(service, worker)


def goes_on(service: Service, worker: int | None) -> None:
    answer = service.upload(documents.words(), wait=60)
    assert answer.status_code == 200
    assert service.worker_pid() == worker
    assert service.leftovers() == []
    incoming = service.state_dir / "blobs" / ".incoming"
    assert list(incoming.iterdir()) == []
