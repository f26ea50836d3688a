"""What is sent again with the same key becomes one document."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.settings import Settings
from workers.sweeper import Sweeper

pytestmark = pytest.mark.integration


def send(
    server: Server, key: str, *, query: str = "", content: bytes | None = None
) -> httpx.Response:
    body = picture() if content is None else content
    return server.http.post(f"{DOCUMENTS}{query}", content=body, headers={"idempotency-key": key})


def test_the_same_again_is_the_same_document(server: Server) -> None:
    first, second = send(server, "order-1"), send(server, "order-1")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.headers["location"] == second.headers["location"]
    assert len(server.http.get(DOCUMENTS).json()["documents"]) == 1
    assert len(server.leftovers()) == 1  # the second upload's file is gone
    assert send(server, "order-2").headers["location"] != first.headers["location"]


def test_at_once_they_are_one_document_as_well(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(server, "order-1"), range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(server.leftovers()) == 1


@pytest.mark.parametrize(
    ("query", "content"), [("?type=invoice", None), ("?pages=1", None), ("", picture() + b" ")]
)
def test_something_else_under_the_same_key_is_refused(
    server: Server, query: str, content: bytes | None
) -> None:
    send(server, "order-1")
    refused = send(server, "order-1", query=query, content=content)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_mismatch")
    assert len(server.leftovers()) == 1


def test_a_deleted_document_frees_its_key(server: Server) -> None:
    path = send(server, "order-1").headers["location"]
    assert server.http.delete(path).status_code == 204
    assert send(server, "order-1").headers["location"] != path


def test_a_refused_document_takes_no_key(server: Server) -> None:
    assert send(server, "order-1", content=b"nonsense").status_code == 415
    assert send(server, "order-1").status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "tab\there"])
def test_a_key_has_its_form(server: Server, key: str) -> None:
    refused = send(server, key)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


def test_keys_are_forgotten_after_their_time(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"idempotency_seconds": 1e-6}))
    first = send(server, "order-1")
    retention = server.context.settings.retention
    Sweeper(server.context.services, server.context.doorbell, retention).discard_expired()
    assert send(server, "order-1").headers["location"] != first.headers["location"]
