"""Folders of documents through the real service and in-process, interrupted and gone on with."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.client import Docspade, ServiceError
from api.commands.batch import batch
from api.commands.batch_output import DONE_FILE
from tests.e2e import documents
from tests.e2e.service import REPOSITORY, START_SECONDS, Service, wait_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good documents, one of them in a subfolder, a broken one, and a hidden one."""
    folder = tmp_path / "scans"
    (folder / "2025").mkdir(parents=True)
    (folder / "영수증.words.json").write_bytes(documents.words())
    (folder / "2025" / "b.jpg").write_bytes(documents.receipt_jpeg())
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    (folder / ".hidden.jpg").write_bytes(b"not looked at")
    return folder


def run(folder: Path, out: Path, *options: str) -> Result:
    given = [str(folder), "--out", str(out), "--type", "receipt", *options]
    return CliRunner().invoke(batch, given)


def results(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*.json"))


def check(folder: Path, out: Path, *options: str) -> None:
    first = run(folder, out, *options)
    assert first.exit_code == 1, first.output
    assert "3 documents: 2 read, 0 done before, 1 failed" in first.stderr
    assert "broken.pdf: " in first.stderr
    assert results(out) == ["2025/b.json", "영수증.json"]
    read = json.loads((out / "2025" / "b.json").read_text())
    assert (read["type"], read["status"]) == ("receipt", "succeeded")
    (folder / "broken.pdf").unlink()
    with (out / DONE_FILE).open("a") as file:
        file.write('{"name": "cut o')
    again = run(folder, out, *options)
    assert again.exit_code == 0, again.output
    assert "2 documents: 0 read, 2 done before, 0 failed" in again.stderr


def killed_in_the_middle(folder: Path, out: Path, *options: str) -> str:
    """Run the command on a terminal until its first result is there; what it showed."""
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(
        command_of(folder, out, *options), cwd=REPOSITORY, stdout=its_end, stderr=its_end
    )
    os.close(its_end)
    done = out / DONE_FILE
    wait_for(lambda: (done.is_file() and done.read_bytes()) or None, seconds=START_SECONDS)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    shown = b""
    with suppress(OSError):  # Linux's way to say that the other end is closed
        while piece := os.read(terminal, 1 << 16):
            shown += piece
    os.close(terminal)
    return shown.decode()


def command_of(folder: Path, out: Path, *options: str) -> list[str]:
    given = [str(folder), "--out", str(out), "--type", "receipt", *options]
    return [sys.executable, "-m", "api", "batch", *given]


def kill_and_go_on(folder: Path, out: Path, *options: str) -> None:
    (folder / "broken.pdf").unlink()
    (folder / "2025" / "b.jpg").rename(folder / "b.jpg")
    (folder / "영수증.words.json").rename(folder / "a.words.json")  # first in order, soon done
    (folder / "long.tiff").write_bytes(documents.receipts_tiff(8))
    shown = killed_in_the_middle(folder, out, *options)
    assert re.search(r"\[[#-]+\] +\d/3", shown)
    n_before = (out / DONE_FILE).read_bytes().count(b"\n")
    assert 1 <= n_before < 3
    again = subprocess.run(
        command_of(folder, out, *options),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert f"3 documents: {3 - n_before} read, {n_before} done before, 0 failed" in again.stderr
    assert (again.stdout, len(again.stderr.splitlines())) == ("", 1)  # no bar
    assert results(out) == ["a.json", "b.json", "long.json"]
    pages = json.loads((out / "long.json").read_text())["pages"]
    assert len(pages) == 8


def test_in_process_a_killed_run_is_gone_on_with(folder: Path, tmp_path: Path) -> None:
    kill_and_go_on(folder, tmp_path / "out")


def test_through_a_server_a_killed_run_is_gone_on_with(
    service: Service, folder: Path, tmp_path: Path
) -> None:
    with Docspade(service.address) as client:
        before = len(client.documents(limit=200).documents)
        kill_and_go_on(folder, tmp_path / "out", "--server", service.address)
        assert len(client.documents(limit=200).documents) == before + 3  # none was sent twice


def test_a_folder_is_read_in_process(folder: Path, tmp_path: Path) -> None:
    check(folder, tmp_path / "out")


def test_a_folder_is_read_by_a_server(service: Service, folder: Path, tmp_path: Path) -> None:
    with Docspade(service.address) as client:
        before = len(client.documents(limit=200).documents)
        check(folder, tmp_path / "out", "--server", service.address)
        listed = client.documents(limit=200).documents
    mine = listed[: len(listed) - before]
    assert len(mine) == 3  # what was sent again was known
    assert {entry.lane for entry in mine} == {"batch"}
    assert {entry.filename for entry in mine} == {"영수증.words.json", "b.jpg", "broken.pdf"}


def test_what_is_wrong_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no files" in run(tmp_path / "empty", tmp_path / "out").output
    unreachable = run(folder, tmp_path / "out", "--server", "http://127.0.0.1:9")
    assert unreachable.exit_code == 1
    assert "no answer from 127.0.0.1:9: Connection refused" in str(unreachable.exception)
    assert unreachable.stderr.count("docspade:") == 0  # the other files are not tried in vain
    assert run(folder, tmp_path / "out", "--server", "ftp://x").exit_code == 1
    wrong = tmp_path / "key"
    wrong.write_bytes(b"dsk_\xff\n two lines")
    refused = run(
        folder, tmp_path / "out", "--server", "http://127.0.0.1:9", "--key-file", str(wrong)
    )
    assert "characters that none has" in str(refused.exception)


def test_the_client_says_what_the_service_says(service: Service) -> None:
    with Docspade(service.address) as client:
        entry = client.submit(documents.words(), filename="a.words.json", document_type="receipt")
        assert client.wait(entry.id).status == "succeeded"
        assert client.result(entry.id, words=True).pages[0].words
        client.delete(entry.id)
        with pytest.raises(ServiceError, match="no document of that id") as caught:
            client.document(entry.id)
        assert (caught.value.status, caught.value.problem_code) == (404, "unknown_document")
        with pytest.raises(ServiceError) as caught:
            client.submit(b"nonsense")
        assert caught.value.problem_code == "unsupported_format"
