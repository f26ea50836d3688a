"""Processes killed in the middle: what was accepted is finished."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e import documents
from tests.e2e.service import Service, is_alive, serving, wait_for

pytestmark = pytest.mark.e2e


def submit_and_wait_until_running(service: Service) -> str:
    answer = service.upload(documents.receipts_tiff(5), "five.tiff")
    document_id = str(answer.json()["id"])
    wait_for(lambda: service.status(document_id)["status"] == "running" or None)
    return document_id


def test_a_worker_killed_in_mid_job_costs_an_attempt_only(service: Service) -> None:
    document_id = submit_and_wait_until_running(service)
    wait_for(lambda: service.status(document_id)["n_pages_done"] or None)
    worker = service.worker_pid()
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    assert service.status(document_id)["status"] == "running"
    status = service.finished(document_id)
    assert (status["status"], status["attempt"], status["n_pages_done"]) == ("succeeded", 2, 5)
    assert service.worker_pid() != worker
    assert service.leftovers() == []


def test_a_server_killed_in_mid_job_takes_its_worker_along_and_loses_nothing(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, lease_seconds="3") as service:
        service.wait_until_ready()
        document_id = submit_and_wait_until_running(service)
        waiting_id = service.upload(documents.words()).json()["id"]
        worker = service.worker_pid()
        assert worker is not None
        service.process.kill()
        service.process.wait()
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: not is_alive(worker))
    with serving(tmp_path, lease_seconds="3") as service:
        assert service.finished(document_id)["status"] == "succeeded"
        assert service.finished(waiting_id)["status"] == "succeeded"


def test_a_worker_ends_itself_when_its_server_is_gone(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        service.wait_until_ready()
        worker = service.worker_pid()
        assert worker is not None
        service.process.kill()
        service.process.wait()
        wait_for(lambda: not is_alive(worker), seconds=20)
