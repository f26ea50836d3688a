"""Bodies of strangers are not read: whoever may not send them is told so at once."""

from __future__ import annotations

import re
from itertools import product

import pytest

from api.routes.webhooks import MAX_BYTES
from tests.integration.api.conftest import Server
from tests.integration.api.raw_http import ask
from tests.integration.api.webhooks import WEBHOOKS

pytestmark = pytest.mark.integration

SENT = b"x" * 65_536
ANNOUNCED = ("Content-Length: 52428800", SENT)
ENDLESS = ("Transfer-Encoding: chunked", b"10000\r\n" + SENT + b"\r\n")
"""Ways of sending more than anyone reads: a header, and the part of the body that comes."""
PARAMETER = re.compile(r"\{(\w+)\}")
IDS = {"modelId": "prebuilt-read"}
MEDIA_TYPES = ("application/json", "multipart/form-data; boundary=x")


def taking_operations(server: Server) -> list[str]:
    """The first line of a request for everything that may take a body, with ids of nothing."""
    paths = server.http.get("/openapi.json").json()["paths"]
    return [
        f"{method.upper()} {PARAMETER.sub(value, path)} HTTP/1.1"
        for path, methods in paths.items()
        for method in methods
        if method in {"post", "put", "patch"}
    ]


def value(parameter: re.Match[str]) -> str:
    return IDS.get(parameter[1], "0" * 32)


def test_without_a_key_no_body_is_waited_for(server: Server) -> None:
    server.context.keys.create("k", frozenset({"admin"}))
    operations = taking_operations(server)
    assert len(operations) >= 11
    for line, (length, body), media_type in product(operations, (ANNOUNCED, ENDLESS), MEDIA_TYPES):
        answer = ask(server, f"{line}\r\nContent-Type: {media_type}\r\n{length}", body)
        assert answer.startswith("HTTP/1.1 401 "), (line, answer)


def test_without_the_scope_no_body_is_waited_for(server: Server) -> None:
    key = server.context.keys.create("k", frozenset({"read"}))
    length, body = ANNOUNCED
    for line in taking_operations(server):
        answer = ask(server, f"{line}\r\nX-API-Key: {key}\r\n{length}", body)
        assert answer.startswith("HTTP/1.1 403 "), (line, answer)


def test_a_webhooks_body_is_bounded_in_size_and_in_time(server: Server) -> None:
    large = server.http.post(WEBHOOKS, content=b" " * (MAX_BYTES + 1))
    assert (large.status_code, large.json()["code"]) == (413, "limit_exceeded")
    stalled = ask(server, f"POST {WEBHOOKS} HTTP/1.1\r\nContent-Length: 100", b"{")
    assert stalled.startswith("HTTP/1.1 408 ")


def test_a_webhooks_body_that_breaks_its_form_is_refused(server: Server) -> None:
    for body in (b"", b"{", b"[]", b"{}", b"\xff"):
        answer = server.http.post(WEBHOOKS, content=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), body
