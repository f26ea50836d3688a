"""Files that no row knows: those of an upload under way stay, those of a crash go."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from api.batches import gathering
from tests.integration.api.batches import (
    BATCHES,
    archive,
    assert_nothing_is_left,
    post_files,
    post_zip,
    refusal,
)
from tests.integration.api.conftest import Server
from tests.integration.api.raw_http import connected, read_answer
from tests.integration.api.test_routes import submit
from tests.integration.api.test_upload import DOCUMENTS, form, picture
from workers.blobs import SOURCE, BlobKey, write_blob
from workers.jobs import new_job_id
from workers.retention import (
    MAX_GATHERING_SECONDS,
    MAX_UPLOAD_SECONDS,
    ORPHAN_SECONDS,
    Retention,
)
from workers.settings import Settings
from workers.sweeper import Sweeper

pytestmark = pytest.mark.integration


def place(document_id: str) -> str:
    return f"{document_id[:2]}/{document_id}"


def age(server: Server, name: str, seconds: float) -> None:
    """Let a file or folder of the blob store be as old as that."""
    moment = time.time() - seconds
    os.utime(server.state_dir / "blobs" / name, (moment, moment))


def test_old_files_without_a_row_go_and_all_others_stay(server: Server) -> None:
    fresh, nearly, old = (new_job_id() for _ in range(3))
    for document_id in (fresh, nearly, old):
        write_blob(server.context.services.blobs, BlobKey(document_id, SOURCE), picture())
    known = submit(server)
    for name in ("fresh.part", "old.part"):
        (server.state_dir / "blobs" / ".incoming" / name).write_bytes(b"x")
    age(server, place(nearly), MAX_GATHERING_SECONDS)
    for name in (place(old), place(known), ".incoming/old.part"):
        age(server, name, ORPHAN_SECONDS + 60)
    Sweeper(server.context.services, server.context.doorbell, Retention()).discard_leftovers()
    kept = [".incoming/fresh.part", *(f"{place(each)}/source" for each in (fresh, nearly, known))]
    assert server.leftovers() == sorted(kept)


def answer_to_drops(server: Server, path: str, media_type: str, drop: bytes) -> str:
    """The answer to a body that comes in drops and never ends."""
    head = f"POST {path} HTTP/1.1\r\nContent-Length: 90000\r\nContent-Type: {media_type}"
    with closing(connected(server, head)) as sending:
        while not select.select([sending], [], [], 0.05)[0]:
            sending.sendall(drop)
        return read_answer(sending)


@pytest.mark.parametrize("path", [BATCHES, DOCUMENTS])
def test_an_upload_that_drips_for_too_long_is_broken_off(
    settings: Settings, start: Callable[[Settings], Server], path: str
) -> None:
    server = start(settings.model_copy(update={"upload_seconds": 1.0, "upload_idle_seconds": 9.0}))
    drop = form(("file", picture()), end=b"") if path == BATCHES else b"x"
    media_type = "multipart/form-data; boundary=x" if path == BATCHES else "image/png"
    answer = answer_to_drops(server, path, media_type, drop)
    assert answer.startswith("HTTP/1.1 408 "), answer
    assert '"upload_stalled"' in answer
    assert "took more than 1 seconds" in answer
    assert_nothing_is_left(server)


def test_documents_that_took_too_long_to_store_are_not_handed_over(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MAX_GATHERING_SECONDS", 0.0)
    for answer in (
        post_files(server, "a.png", "b.png"),
        post_zip(server, archive(**{"a.png": picture()})),
    ):
        assert refusal(answer) == (408, "upload_stalled")
    assert_nothing_is_left(server)


def test_an_upload_ends_well_before_its_files_count_as_leftovers() -> None:
    assert Settings().upload_seconds == MAX_UPLOAD_SECONDS < MAX_GATHERING_SECONDS < ORPHAN_SECONDS
    with pytest.raises(ValueError, match="upload_seconds"):
        Settings(upload_seconds=MAX_UPLOAD_SECONDS + 1)
