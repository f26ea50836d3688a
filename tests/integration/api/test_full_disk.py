"""Uploads that a full disk has no room for: told so, by a code of its own, and nothing is left."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.service.outage_setups import clear, fill, small_file_system
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.settings import Settings

pytestmark = pytest.mark.integration

BATCHES = "/v1/batches"
AZURE = "/documentintelligence/documentModels/prebuilt-receipt:analyze?api-version=2024-11-30"


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_file_system() as folder:
        yield folder


@pytest.fixture
def server(start: Callable[[Settings], Server], settings: Settings, disk: Path) -> Server:
    """A server whose store is on the small disk, which may be filled to its last byte."""
    room = {"blob_url": disk.as_uri(), "min_free_disk_bytes": 0}
    return start(settings.model_copy(update=room))


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.png", picture())
    return buffer.getvalue()


def test_each_way_in_tells_of_it_and_takes_documents_again_later(
    server: Server, disk: Path
) -> None:
    def sent() -> list[tuple[int, str, str | None]]:
        form = {"file": ("a.png", picture())}
        zipped = {"content-type": "application/zip"}
        answers = [
            server.http.post(DOCUMENTS, content=picture()),
            server.http.post(DOCUMENTS, files=form),
            server.http.post(BATCHES, files=form),
            server.http.post(BATCHES, content=archive(), headers=zipped),
        ]
        return [
            (
                answer.status_code,
                answer.json().get("code", ""),
                answer.headers.get("retry-after"),
            )
            for answer in answers
        ]

    fill(disk)
    assert sent() == [(503, "storage_full", "5")] * 4
    azure = server.http.post(AZURE, content=picture(), headers={"content-type": "image/png"})
    assert (azure.status_code, azure.headers["retry-after"]) == (503, "5")
    assert azure.json()["error"]["innererror"]["code"] == "storage_full"
    clear(disk)
    assert [path for path in disk.rglob("*") if path.is_file()] == []
    assert [status for status, _, _ in sent()] == [202, 202, 201, 201]


def test_an_upload_of_many_chunks_is_answered_though_the_disk_fills_on_the_way(
    start: Callable[[Settings], Server], settings: Settings, disk: Path
) -> None:
    limits = settings.limits.__class__(max_file_bytes=30 << 20)
    room = {"blob_url": disk.as_uri(), "min_free_disk_bytes": 0, "limits": limits}
    server = start(settings.model_copy(update=room))
    answer = server.http.post(DOCUMENTS, content=bytes(28 << 20))
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
    assert [path for path in disk.rglob("*") if path.is_file()] == []
