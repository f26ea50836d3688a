"""/metrics over real HTTP."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, submit
from workers.jobs import JobError

pytestmark = pytest.mark.integration
Labels = tuple[tuple[str, str], ...]


def figures(server: Server) -> dict[tuple[str, Labels], float]:
    answer = server.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_jobs_are_counted_as_they_come_and_end(server: Server) -> None:
    lane = (("lane", "interactive"),)
    assert figures(server)["docspade_jobs_waiting", lane] == 0
    finish(server)
    submit(server)
    server.context.services.jobs.fail(claim(server), JobError("corrupt_file", "cut off"))
    for _ in range(3):
        submit(server)
    claim(server)
    server.context.services.presence.beat("w")
    now = figures(server)
    assert now["docspade_jobs_waiting", lane] == 2
    assert now["docspade_jobs_running", lane] == 1
    assert 0 < now["docspade_oldest_waiting_job_seconds", lane] < 600
    assert now["docspade_workers_alive", ()] == 1
    assert now["docspade_jobs_finished_total", (("state", "succeeded"),)] == 1
    assert now["docspade_jobs_finished_total", (("state", "failed"),)] == 1
    assert now["docspade_jobs_finished_total", (("state", "partial"),)] == 0
    assert now["docspade_job_failures_total", (("code", "corrupt_file"),)] == 1


def test_stages_are_a_histogram_that_deletion_does_not_lower(server: Server) -> None:
    document_ids = [finish(server), finish(server)]  # of 1.5 ms of OCR each
    for document_id in document_ids:
        server.http.delete(f"/v1/documents/{document_id}")
    now = figures(server)
    name, stage = "docspade_stage_seconds", ("stage", "ocr")
    assert now[f"{name}_count", (stage,)] == 2
    assert now[f"{name}_sum", (stage,)] == pytest.approx(0.003)
    assert now[f"{name}_bucket", (("le", "0.01"), stage)] == 2
    assert now[f"{name}_bucket", (("le", "+Inf"), stage)] == 2


def test_requests_are_counted_by_route_and_status(server: Server) -> None:
    document_id = submit(server)
    server.http.get(f"/v1/documents/{document_id}")
    server.http.get(f"/v1/documents/{'0' * 32}")
    for path in ("/nowhere", "/elsewhere"):
        server.http.request("BREW", path)
    now = figures(server)
    name, route = "docspade_http_request_seconds_count", ("route", "/v1/documents/{document_id}")
    assert now[name, (("method", "GET"), route, ("status", "200"))] == 1
    assert now[name, (("method", "GET"), route, ("status", "404"))] == 1
    assert now[name, (("method", "other"), ("route", "none"), ("status", "404"))] == 2


def test_once_keys_exist_metrics_are_for_admins(server: Server) -> None:
    reader = {"x-api-key": server.context.keys.create("r", frozenset({"read"}))}
    admin = {"x-api-key": server.context.keys.create("a", frozenset({"admin"}))}
    assert server.http.get("/metrics").status_code == 401
    assert server.http.get("/metrics", headers=reader).status_code == 403
    assert server.http.get("/metrics", headers=admin).status_code == 200
