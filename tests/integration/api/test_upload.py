"""Handing documents in over real HTTP."""

from __future__ import annotations

import io
import socket
import struct
import zlib
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from tests.integration.api.conftest import Server
from workers.settings import Settings

pytestmark = pytest.mark.integration
DOCUMENTS = "/v1/documents"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, kind)
    return buffer.getvalue()


def huge_png_header() -> bytes:
    """A PNG that announces 30,000 x 30,000 pixels, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_a_form_is_accepted_and_can_be_asked_for(server: Server) -> None:
    files = {"file": ("../a/영수증 1.png", picture(), "text/plain")}
    answer = server.http.post(DOCUMENTS, params={"type": "receipt", "pages": "1-2"}, files=files)
    assert answer.status_code == 202
    body = answer.json()
    assert answer.headers["location"] == f"/v1/documents/{body['id']}"
    assert (body["status"], body["type"], body["filename"]) == ("queued", "receipt", "영수증 1.png")
    assert body["media_type"] == "image/png"  # by content, whatever the sender says
    assert server.http.get(answer.headers["location"]).json() == body
    assert server.leftovers() == [f"{body['id'][:2]}/{body['id']}/source"]
    job = server.context.services.jobs.get(body["id"])
    assert job is not None
    assert job.pages == (1, 2)
    assert len(list((server.state_dir / "broker" / "messages").glob("*.msg"))) == 1


@pytest.mark.parametrize("parameter", ["filename*=idna''%c3", "filename*=u\x00''x"])
def test_a_file_name_that_no_codec_reads_counts_as_none(server: Server, parameter: str) -> None:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; {parameter}\r\n\r\n'
    content = head.encode() + picture() + b"\r\n--x--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = server.http.post(DOCUMENTS, content=content, headers=headers)
    assert (answer.status_code, answer.json()["filename"]) == (202, None)


@pytest.mark.parametrize(
    ("content_type", "parameter"),
    [
        ("multipart/form-data; boundary*=idna''%c3", 'name="file"'),
        ("multipart/form-data; boundary=x", "name*" + "9" * 5000 + "=file"),
    ],
)
def test_parameters_that_no_codec_reads_break_the_form(
    server: Server, content_type: str, parameter: str
) -> None:
    head = f"--x\r\nContent-Disposition: form-data; {parameter}\r\n\r\n"
    content = head.encode() + picture() + b"\r\n--x--\r\n"
    answer = server.http.post(DOCUMENTS, content=content, headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_form")
    assert server.leftovers() == []


def test_a_raw_body_is_accepted_and_stored_as_it_came(server: Server) -> None:
    content = picture("JPEG")
    headers = {"content-disposition": 'attachment; filename="scan.jpg"'}
    answer = server.http.post(DOCUMENTS, content=content, headers=headers)
    assert answer.status_code == 202
    assert answer.json()["filename"] == "scan.jpg"
    assert (server.state_dir / "blobs" / server.leftovers()[0]).read_bytes() == content


def test_waiting_without_a_worker_ends_in_time(server: Server) -> None:
    answer = server.http.post(DOCUMENTS, params={"wait": 0.3}, content=picture())
    assert answer.status_code == 202
    assert 0.3 <= answer.elapsed.total_seconds() < 2


NAN_WORDS = (
    b'{"pages": [{"width": 9, "height": 9, "words": [{"text": "a",'
    b' "quad": [[NaN, 0], [1, 0], [1, 1], [0, 1]]}]}]}'
)
REFUSED = [
    ("empty_file", 422, b""),
    ("unsupported_format", 415, b"just some text\n" * 20),
    ("unsupported_format", 415, bytes(1000)),
    ("corrupt_file", 422, picture()[:20]),
    ("limit_exceeded", 413, huge_png_header()),
    ("limit_exceeded", 413, b"%PDF-1.7" + bytes(200_000)),
    ("invalid_words", 422, b'{"pages": [{"width": 1}]}'),
    (
        "invalid_words",
        422,
        NAN_WORDS,
    ),
]


@pytest.mark.parametrize(("code", "status", "content"), REFUSED)
@pytest.mark.parametrize("as_form", [False, True])
def test_what_is_no_document_is_refused_and_leaves_nothing(
    server: Server, code: str, status: int, content: bytes, *, as_form: bool
) -> None:
    if as_form:
        answer = server.http.post(DOCUMENTS, files={"file": ("a.jpg", content)})
    else:
        answer = server.http.post(DOCUMENTS, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["type"] == f"urn:docspade:problem:{code}"
    assert len(body["detail"]) > 10
    assert server.leftovers() == []
    assert server.http.get(DOCUMENTS).json() == {"documents": [], "next": None}


def test_the_size_limit_holds_for_a_body_of_unknown_length(server: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(300):
            yield bytes(1000)

    answer = server.http.post(DOCUMENTS, content=chunks())
    assert answer.status_code == 413
    assert answer.json()["code"] == "limit_exceeded"
    assert server.leftovers() == []


def form(*parts: tuple[str, bytes], end: bytes = b"--x--\r\n") -> bytes:
    lines = [
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\n%s\r\n'
        % (name.encode(), content)
        for name, content in parts
    ]
    return b"".join(lines) + end


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (form(("other", b"x")), "not 'other'"),
        (form(("file", picture()), ("file", picture())), "more than once"),
        (form(("file", picture()), end=b""), "breaks off"),
        (form(), "no part 'file'"),
        (b"nonsense", "breaks its form"),
        (b"", "breaks off"),
    ],
)
def test_a_broken_form_is_refused(server: Server, body: bytes, fault: str) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = server.http.post(DOCUMENTS, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_form")
    assert fault in answer.json()["detail"]
    assert server.leftovers() == []


def test_a_form_without_boundary_is_refused(server: Server) -> None:
    headers = {"content-type": "multipart/form-data"}
    answer = server.http.post(DOCUMENTS, content=form(("file", b"x")), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_form")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"type": "novel"}, "unknown_document_type"),
        ({"pages": "0"}, "invalid_request"),
        ({"wait": "-1"}, "invalid_request"),
        ({"wait": "nan"}, "invalid_request"),
        ({"words": "maybe"}, "invalid_request"),
    ],
)
def test_a_wrong_parameter_is_named(server: Server, parameters: dict[str, str], code: str) -> None:
    answer = server.http.post(DOCUMENTS, params=parameters, content=picture())
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert server.leftovers() == []


def test_an_upload_that_stalls_or_breaks_off_leaves_nothing(server: Server) -> None:
    host, port = str(server.http.base_url.host), server.http.base_url.port
    head = f"POST {DOCUMENTS} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 5000\r\n\r\n"
    with socket.create_connection((host, port)) as stalling:
        stalling.sendall(head.encode() + picture())
        answer = stalling.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408 ")
    with socket.create_connection((host, port)) as breaking:
        breaking.sendall(head.encode() + picture())
    assert server.http.get("/healthz").status_code == 200
    assert server.leftovers() == []


def test_nothing_is_taken_when_the_disk_or_the_queue_is_full(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    full_disk = start(settings.model_copy(update={"min_free_disk_bytes": 1 << 62}))
    answer = full_disk.http.post(DOCUMENTS, content=picture())
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
    full_queue = start(settings.model_copy(update={"max_waiting_jobs": 1}))
    assert full_queue.http.post(DOCUMENTS, content=picture()).status_code == 202
    answer = full_queue.http.post(DOCUMENTS, content=picture())
    assert (answer.status_code, answer.json()["code"]) == (503, "queue_full")
    assert "retry-after" in answer.headers
