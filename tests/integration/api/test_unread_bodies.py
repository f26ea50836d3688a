"""Bodies of strangers are not read: whoever may not send them is told so at once."""

from __future__ import annotations

import re
import socket
from itertools import product

import pytest

from api.routes.webhooks import MAX_BYTES
from tests.integration.api.conftest import Server
from tests.integration.api.webhooks import WEBHOOKS

pytestmark = pytest.mark.integration

ANSWER_SECONDS = 15.0
SENT = b"x" * 65_536
ANNOUNCED = (b"Content-Length: 52428800\r\n", SENT)
ENDLESS = (b"Transfer-Encoding: chunked\r\n", b"10000\r\n" + SENT + b"\r\n")
"""Ways of sending more than anyone reads: a header, and the part of the body that comes."""
IDS = {"modelId": "prebuilt-read"}
MEDIA_TYPES = (b"application/json", b"multipart/form-data; boundary=x")


def taking_operations(server: Server) -> list[tuple[str, str]]:
    """Method and path of everything that may take a body, with ids of nothing."""
    paths = server.http.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), re.sub(r"\{(\w+)\}", lambda name: IDS.get(name[1], "0" * 32), path))
        for path, methods in paths.items()
        for method in methods
        if method in {"post", "put", "patch"}
    ]


def first_line(server: Server, head: bytes, body: bytes) -> str:
    """The status line for a request whose body never ends."""
    host, port = str(server.http.base_url.host), server.http.base_url.port
    with socket.create_connection((host, port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(head + f"Host: {host}:{port}\r\n\r\n".encode() + body)
        return connection.recv(4096).partition(b"\r\n")[0].decode()


def test_without_a_key_no_body_is_waited_for(server: Server) -> None:
    server.context.keys.create("k", frozenset({"admin"}))
    operations = taking_operations(server)
    assert len(operations) >= 11
    for (method, path), (length, body), media_type in product(
        operations, (ANNOUNCED, ENDLESS), MEDIA_TYPES
    ):
        head = b"%s %s HTTP/1.1\r\nContent-Type: %s\r\n%s" % (
            method.encode(), path.encode(), media_type, length,
        )  # fmt: skip
        assert " 401 " in first_line(server, head, body), (method, path)


def test_without_the_scope_no_body_is_waited_for(server: Server) -> None:
    key = server.context.keys.create("k", frozenset({"read"}))
    length, body = ANNOUNCED
    for method, path in taking_operations(server):
        head = f"{method} {path} HTTP/1.1\r\nX-API-Key: {key}\r\n".encode() + length
        assert " 403 " in first_line(server, head, body), (method, path)


def test_a_webhooks_body_is_bounded_in_size_and_in_time(server: Server) -> None:
    large = server.http.post(WEBHOOKS, content=b" " * (MAX_BYTES + 1))
    assert (large.status_code, large.json()["code"]) == (413, "limit_exceeded")
    head = f"POST {WEBHOOKS} HTTP/1.1\r\nContent-Length: 100\r\n".encode()
    assert " 408 " in first_line(server, head, b"{")


def test_a_webhooks_body_that_breaks_its_form_is_refused(server: Server) -> None:
    for body in (b"", b"{", b"[]", b"{}", b"\xff"):
        answer = server.http.post(WEBHOOKS, content=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), body
