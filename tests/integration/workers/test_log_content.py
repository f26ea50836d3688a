"""The logs of server and worker tell what happened, and nothing of what is in a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.service import serving
from tests.integration.workers.conftest import REPOSITORY, running_engine, wait_for
from workers.logs import LogFormat
from workers.settings import Settings

pytestmark = pytest.mark.integration
MARKER = "Quetzalcoatl"


def objects(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_defect_in_the_worker_is_told_without_the_document(
    settings: Settings,
    log_format: LogFormat,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(REPOSITORY)
    with running_engine(settings.model_copy(update={"log_format": log_format})) as engine:
        job_id = engine.submit(f"quote {MARKER}")
        assert engine.finished(job_id).state == "failed"
    log = capfd.readouterr().err
    assert MARKER not in log
    assert "ValueError" in log
    assert "tiny_worker.py" in log
    assert f"job {job_id} failed by a defect" in log
    if log_format == "json":
        (line,) = [line for line in objects(log) if line.get("error") == "ValueError"]
        assert (line["job_id"], line["tenant"], line["level"]) == (job_id, "default", "ERROR")


def test_each_attempt_at_a_document_is_told_with_what_became_of_it(
    settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    with running_engine(settings.model_copy(update={"log_format": "json"})) as engine:
        read, broken = engine.submit(MARKER), engine.submit("corrupt")
        engine.finished(read)
        engine.finished(broken)
    log = capfd.readouterr().err
    assert MARKER not in log
    told = {
        line["job_id"]: (line["status"], line["tenant"], line["milliseconds"])
        for line in objects(log)
        if "status" in line
    }
    assert {job: told[job][:2] for job in (read, broken)} == {
        read: ("succeeded", "default"),
        broken: ("failed", "default"),
    }
    assert all(isinstance(each[2], float) and each[2] > 0 for each in told.values())
    assert f"job {broken}, attempt 1: failed (corrupt_file), 0 pages" in log


def test_requests_are_told_by_route_and_status(tmp_path: Path) -> None:
    with serving(tmp_path / "state", embedded_worker="false", log_format="json") as service:
        refused = service.upload(MARKER.encode(), f"{MARKER}.txt", type="receipt")
        assert refused.status_code == 415
        service.http.post("/v1/documents", params={"type": MARKER, "pages": MARKER})
        service.http.get(f"/v1/documents/{MARKER}", headers={"x-api-key": MARKER})
        service.http.get(f"/{MARKER}", params={"q": MARKER})
        taken = service.upload(
            b'{"pages": [{"width": 9, "height": 9, "words": []}]}', f"{MARKER}.json"
        )
        document_id = taken.json()["id"]
        wait_for(lambda: sum("milliseconds" in line for line in service.log) >= 5)
        log = "".join(service.log)
    assert MARKER not in log
    lines = [line for line in objects(log) if "route" in line]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/v1/documents", 415),
        ("POST", "/v1/documents", 422),
        ("GET", "/v1/documents/{document_id}", 401),
        ("GET", "none", 404),
        ("POST", "/v1/documents", 202),
    ]
    assert lines[0]["tenant"] == "default"
    assert "job_id" not in lines[0]
    assert lines[-1]["job_id"] == document_id
    assert all(isinstance(line["milliseconds"], float) for line in lines)
