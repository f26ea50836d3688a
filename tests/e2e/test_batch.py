"""Folders of documents through the real service and in-process, interrupted and gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.client import Docspade, ServiceError
from api.commands.batch import batch
from tests.e2e import documents
from tests.e2e.service import Service

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
    (out / "영수증.json").unlink()  # as if a kill had come before it
    with (out / ".docspade-batch.jsonl").open("a") as file:
        file.write('{"name": "cut o')
    again = run(folder, out, *options)
    assert again.exit_code == 0, again.output
    assert "2 documents: 1 read, 1 done before, 0 failed" in again.stderr
    assert results(out) == ["2025/b.json", "영수증.json"]


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
    assert "no answer" in str(unreachable.exception)
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
