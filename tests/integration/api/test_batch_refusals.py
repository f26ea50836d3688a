"""Requests to batches that are refused as a whole, over real HTTP: nothing is left behind."""

from __future__ import annotations

import random
import resource
import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.integration.api.batches import (
    BATCHES,
    FAULT,
    archive,
    assert_nothing_is_left,
    claim,
    post_files,
    post_zip,
    refusal,
)
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, form, picture
from workers.settings import Settings

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("stalls", [False, True])
def test_a_form_that_breaks_off_or_stalls_leaves_nothing(server: Server, *, stalls: bool) -> None:
    host, port = str(server.http.base_url.host), server.http.base_url.port
    head = (
        f"POST {BATCHES} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 50000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    body = form(*[("file", picture())] * 20, end=b"")
    with socket.create_connection((host, port)) as sending:
        sending.sendall(head.encode() + body)
        if stalls:
            assert sending.recv(4096).startswith(b"HTTP/1.1 408 ")
    time.sleep(0.3)  # for the server to notice
    end = time.monotonic() + 10
    while server.leftovers() and time.monotonic() < end:
        time.sleep(0.05)
    assert_nothing_is_left(server)


@pytest.mark.parametrize(
    ("media_type", "content", "status", "code"),
    [
        ("application/zip", b"", 422, "corrupt_file"),
        ("application/zip", b"no archive at all", 422, "corrupt_file"),
        ("application/zip", archive(**{"a.png": picture()})[:-30], 422, "corrupt_file"),
        ("application/zip", archive(**{".hidden": b"x"}), 422, "empty_file"),
        ("image/png", picture(), 415, "unsupported_body"),
        ("application/json", b"{", 422, "invalid_request"),
        ("application/json", b'{"typ": "receipt"}', 422, "invalid_request"),
        ("application/json", b'{"type": "novel"}', 422, "unknown_document_type"),
        ("application/json", b'{"urls": ["http://127.0.0.1/"]}', 422, "source_refused"),
        ("application/json", b'{"keys": ["a.png"]}', 422, "source_refused"),
        ("multipart/form-data", b"", 400, "invalid_form"),
        ("multipart/form-data; boundary=x", form(), 400, "invalid_form"),
        ("multipart/form-data; boundary=x", form(("other", b"x")), 400, "invalid_form"),
        (
            "multipart/form-data; boundary=x",
            form(("file", picture()), ("file", picture()), end=b""),
            400,
            "invalid_form",
        ),
    ],
)
def test_a_request_that_breaks_its_form_is_refused_whole(
    server: Server, media_type: str, content: bytes, status: int, code: str
) -> None:
    answer = server.http.post(BATCHES, content=content, headers={"content-type": media_type})
    assert refusal(answer) == (status, code), answer.text
    assert_nothing_is_left(server)


def test_what_is_no_json_is_told_without_a_place(server: Server) -> None:
    headers = {"content-type": "application/json"}
    answer = server.http.post(BATCHES, content=b"{bad", headers=headers)
    assert answer.json()["detail"].startswith("Invalid JSON: ")


@pytest.mark.parametrize("as_archive", [False, True])
@pytest.mark.parametrize(
    ("setting", "status", "code"),
    [
        ({"max_batch_documents": 3}, 413, "limit_exceeded"),
        ({"max_batch_bytes": 250}, 413, "limit_exceeded"),
        ({"max_waiting_jobs": 3}, 503, "queue_full"),
        ({"max_waiting_jobs_per_tenant": 3}, 429, "quota_exceeded"),
        ({"min_free_disk_bytes": 1 << 62}, 503, "storage_full"),
    ],
)
def test_what_does_not_fit_is_refused_whole(
    settings: Settings,
    start: Callable[[Settings], Server],
    setting: dict[str, int],
    status: int,
    code: str,
    *,
    as_archive: bool,
) -> None:
    server = start(settings.model_copy(update=setting))
    given = [f"{number}.png" for number in range(4)]
    if as_archive:
        answer = post_zip(server, archive(**dict.fromkeys(given, picture())))
    else:
        answer = post_files(server, *given)
    assert refusal(answer) == (status, code), answer.text
    assert_nothing_is_left(server)


def test_an_archive_that_cannot_be_laid_down_is_a_passing_condition(server: Server) -> None:
    # A limit on the size of files stands in for the disk: the kernel refuses the write likewise.
    content = archive(**{"a.png": picture() + random.Random(1).randbytes(3 << 20)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        answer = post_zip(server, content)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refusal(answer) == (503, "transient_error")
    assert_nothing_is_left(server)


def test_a_document_that_cannot_be_stored_takes_the_others_back(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    limits = replace(settings.limits, max_file_bytes=5 << 20)
    server = start(settings.model_copy(update={"limits": limits}))
    large = picture() + random.Random(1).randbytes(2 << 20)
    files = [("file", (f"{n}.png", picture() if n != 15 else large)) for n in range(30)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        answer = server.http.post(BATCHES, files=files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refusal(answer) == (503, "transient_error")
    assert_nothing_is_left(server)
    assert server.http.post(BATCHES, files=files).json()["n_documents"] == 30


def test_a_refusal_reaches_a_client_that_is_still_sending(server: Server) -> None:
    path = server.http.post(BATCHES, json={"sealed": True}).headers["location"]
    content = archive(**{"a.png": random.Random(1).randbytes(20 << 20)})
    headers = {"content-type": "application/zip"}
    refused = server.http.post(f"{path}/documents", content=content, headers=headers)
    assert refusal(refused) == (409, "batch_sealed")
    assert refusal(post_zip(server, content, type="novel")) == (422, "unknown_document_type")


def test_a_retry_needs_room_too(settings: Settings, start: Callable[[Settings], Server]) -> None:
    server = start(settings.model_copy(update={"max_waiting_jobs": 2}))
    path = post_files(server, "a.png", "b.png").headers["location"]
    for _ in range(2):
        server.context.services.jobs.fail(claim(server), FAULT)
    waiting = server.http.post(DOCUMENTS, content=picture()).headers["location"]
    assert refusal(server.http.post(f"{path}/retry")) == (503, "queue_full")
    server.http.delete(waiting)
    assert server.http.post(f"{path}/retry").json() == {"n_retried": 2}
