"""A batch through the real service, with its worker killed in the middle."""

from __future__ import annotations

import csv
import io
import os
import signal
import zipfile
from pathlib import Path

import pytest

from api.client import Docspade
from api.client_batches import ZipArchive
from tests.e2e import documents
from tests.e2e.service import Service, wait_for
from workers.states import JobState

pytestmark = pytest.mark.e2e

N_WORDS_FILES = 12


def test_a_batch_survives_its_worker_and_gives_all_its_results(
    service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "scans.zip"
    with zipfile.ZipFile(path, "w") as scans:
        scans.writestr("2026/receipt.jpg", documents.receipt_jpeg())
        scans.writestr("broken.pdf", b"%PDF-1.7 nothing more")
        scans.writestr("notes.txt", b"no document at all")
        for number in range(N_WORDS_FILES):
            scans.writestr(f"{number}.words.json", documents.words())
    with Docspade(service.address) as client:
        batch = client.create_batch(ZipArchive(path), document_type="receipt")
        assert batch.n_documents == N_WORDS_FILES + 3
        assert batch.counts.failed == 1
        wait_for(lambda: client.batch(batch.id).counts.running or None)
        pid = service.worker_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: client.batch(batch.id, wait_seconds=10).is_finished or None, seconds=240)
        lines = list(client.batch_results(batch.id))
        failed = {line.filename: line.error.code for line in lines if line.error}
        assert failed == {"broken.pdf": "corrupt_file", "notes.txt": "unsupported_format"}
        assert all(line.result or line.error for line in lines)
        first = lines[0].result
        assert first is not None
        assert (first.type, first.status) == ("receipt", "succeeded")
        assert client.retry_batch(batch.id) == 1  # the text file was not kept
        again = wait_for(
            lambda: client.batch(batch.id, wait_seconds=10).is_finished or None, seconds=120
        )
        assert again
        table = b"".join(client.batch_file(batch.id, "csv")).decode()
        rows = list(csv.DictReader(io.StringIO(table)))
        assert {row["filename"] for row in rows} == {line.filename for line in lines}
        content = b"".join(client.batch_file(batch.id, "zip"))
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        assert len(names) == N_WORDS_FILES + 2
        assert names[0] == "2026/receipt.json"
        ids = {line.id for line in lines}
        assert client.batch_documents(batch.id, status=JobState.FAILED, limit=200).next is None
        client.delete_batch(batch.id)
        assert not ids & {entry.id for entry in client.documents(limit=200).documents}
    assert service.leftovers() == []
