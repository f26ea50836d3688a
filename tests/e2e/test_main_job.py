"""The main job through the real service: a photographed receipt becomes fields."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from tests.e2e import documents
from tests.e2e.service import REPOSITORY, Service, is_alive, serving

pytestmark = pytest.mark.e2e


def test_upload_and_wait_gives_the_result(service: Service) -> None:
    answer = service.upload(documents.receipt_jpeg(), wait=60, words="true")
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert (result["status"], result["type"]) == ("succeeded", "receipt")
    assert result["fields"]
    texts = [word["text"] for word in result["pages"][0]["words"]]
    assert {"NOTEBOOK", "TOTAL", "9.50"} <= set(texts)
    assert result["pages"][0]["width"] == 700
    for name in ("decode", "ocr", "layout"):
        assert result["timings_ms"][name] > 0


def test_upload_then_ask_gives_the_same(service: Service) -> None:
    answer = service.upload(documents.receipt_jpeg(), "receipt.jpg")
    assert answer.status_code == 202
    status = service.finished(answer.json()["id"])
    assert (status["status"], status["filename"], status["n_pages_done"]) == (
        "succeeded",
        "receipt.jpg",
        1,
    )
    path = answer.headers["location"]
    result = service.http.get(f"{path}/result").json()
    waited = service.upload(documents.receipt_jpeg(), wait=60).json()
    assert result["fields"] == waited["fields"]
    table = service.http.get(f"{path}/result", headers={"accept": "text/csv"})
    assert table.text.startswith("document,page,path,value")
    picture = service.http.get(f"{path}/pages/1")
    assert picture.headers["content-type"] == "image/jpeg"
    assert service.http.delete(path).status_code == 204
    assert service.leftovers() == []


def test_words_and_chosen_pages_are_processed(service: Service) -> None:
    answer = service.upload(documents.words("TOTAL"), "a.words.json", wait=60, words="true")
    assert answer.json()["pages"][0]["words"][0]["text"] == "TOTAL"
    answer = service.upload(documents.receipts_tiff(3), "a.tiff", wait=60, pages="2")
    assert [page["number"] for page in answer.json()["pages"]] == [2]


@pytest.mark.alone
def test_the_service_adds_little_to_the_pipelines_own_time(service: Service) -> None:
    content = documents.receipt_jpeg()
    service.upload(content, wait=60)
    overheads = []
    for _ in range(7):
        answer = service.upload(content, wait=60)
        inside_ms = sum(cast("dict[str, float]", answer.json()["timings_ms"]).values())
        overheads.append(answer.elapsed.total_seconds() - inside_ms / 1000)
    # What else the machine does can only add to a measurement: the best ones are nearest to truth.
    assert sorted(overheads)[1] <= 0.2, overheads


def test_stopping_ends_server_and_worker_and_keeps_the_jobs(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        service.wait_until_ready()
        worker = service.worker_pid()
        assert worker is not None
        document_id = service.upload(documents.words()).json()["id"]
        assert service.stop() == 0
        assert not is_alive(worker)
    with serving(tmp_path) as service:
        assert service.finished(document_id)["status"] == "succeeded"


def test_other_machines_are_let_in_with_a_key_alone(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api", *arguments, "--state-dir", str(tmp_path)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    refused = run("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104  # refused
    assert refused.returncode == 1
    assert "docspade keys create" in refused.stderr
    key = run("keys", "create", "scanner").stdout.splitlines()[-1]
    with serving(tmp_path, host="0.0.0.0") as service:  # noqa: S104  # with a key
        local = service.address.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        assert service.http.get(f"{local}/v1/documents").status_code == 401
        headers = {"authorization": f"Bearer {key}"}
        assert service.http.get(f"{local}/v1/documents", headers=headers).status_code == 200


def test_a_port_in_use_is_told_in_one_line(service: Service, tmp_path: Path) -> None:
    port = str(service.http.base_url.port)
    command = [sys.executable, "-m", "api", "serve", "--port", port, "--state-dir", str(tmp_path)]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    )
