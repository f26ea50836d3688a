"""The real service and its worker, traced by a real collector."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import documents
from tests.e2e.service import serving
from tests.services.collector import collecting

pytestmark = pytest.mark.e2e


def test_a_document_has_one_trace_from_the_upload_to_its_result(tmp_path: Path) -> None:
    with collecting() as collector:
        with serving(tmp_path / "state", otlp_endpoint=collector.url) as service:
            service.wait_until_ready()
            answer = service.upload(documents.receipt_jpeg(), "Miller.jpg", type="receipt", wait=90)
            assert answer.json()["status"] == "succeeded"
            document_id = answer.json()["id"]
            assert service.stop() == 0  # which sends what is still there
        of_document = [span for span in collector.spans if span.trace_id == document_id]
        spans = {span.name: span for span in of_document}
        stages = {"decode", "ocr", "layout", "assemble"}
        steps = {"read file", "extract", "store result"}
        assert spans.keys() == {"POST /v1/documents", "job", *steps, *stages}
        assert spans["job"].parent_id == spans["POST /v1/documents"].span_id
        assert spans["job"].instance.startswith("embedded-")
        assert spans["POST /v1/documents"].instance.startswith("server-")
        assert spans["ocr"].end_ns - spans["ocr"].start_ns > 1_000_000
        sent = b"".join(collector.bodies)
        words = {word for row in documents.ROWS for text in row for word in text.split()}
        secrets = [word for word in {*words, "Miller"} if len(word) > 3]
        assert not [secret for secret in secrets if secret.encode() in sent]


def test_a_collector_that_is_not_there_keeps_nothing_up(tmp_path: Path) -> None:
    with serving(tmp_path / "state", otlp_endpoint="http://127.0.0.1:9") as service:
        service.wait_until_ready()
        answer = service.upload(documents.words(), "a.words.json", type="receipt", wait=90)
        assert answer.json()["status"] == "succeeded"
        assert service.stop() == 0
