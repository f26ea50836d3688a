"""A batch that is sent again with the same key is made once, in each of its forms."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from api.client import Docspade
from api.client_batches import Files
from tests.integration.api.batches import BATCHES, archive, assert_nothing_is_left, refusal
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.settings import Settings
from workers.sweeper import Sweeper

pytestmark = pytest.mark.integration

ZIP = {"content-type": "application/zip"}
Send = Callable[..., httpx.Response]


def send_form(server: Server, key: str = "march", *, content: bytes | None = None, **query: str
) -> httpx.Response:  # fmt: skip
    files = [("file", ("a.png", content or picture())), ("file", ("b.png", picture()))]
    headers = {"idempotency-key": key}
    return server.http.post(BATCHES, params=query, files=files, headers=headers)


def send_archive(server: Server, key: str = "march", *, content: bytes | None = None, **query: str
) -> httpx.Response:  # fmt: skip
    packed = archive(**{"a.png": content or picture(), "b.png": picture()})
    headers = {"idempotency-key": key, **ZIP}
    return server.http.post(BATCHES, params=query, content=packed, headers=headers)


def send_list(server: Server, key: str = "march", *, content: bytes | None = None, **query: str
) -> httpx.Response:  # fmt: skip
    urls = [f"http://files.example/{'a' if content is None else 'c'}.png"]
    headers = {"idempotency-key": key}
    return server.http.post(BATCHES, json={"urls": urls, **query}, headers=headers)


def send_nothing(server: Server, key: str = "march", *, content: bytes | None = None, **query: str
) -> httpx.Response:  # fmt: skip
    order = {"sealed": True} if content is not None else {}
    headers = {"idempotency-key": key}
    return server.http.post(BATCHES, json={**order, **query}, headers=headers)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"url_source_hosts": frozenset({"files.example"})})


@pytest.fixture(params=[send_form, send_archive, send_list, send_nothing])
def send(request: pytest.FixtureRequest) -> Send:
    found: Send = request.param
    return found


def n_documents(server: Server) -> int:
    return len(server.http.get(DOCUMENTS, params={"limit": 200}).json()["documents"])


def test_the_same_again_is_the_same_batch(server: Server, send: Send) -> None:
    first = send(server)
    n_made, stored = n_documents(server), server.leftovers()
    second = send(server)
    assert (first.status_code, second.status_code) == (201, 201), second.text
    assert first.headers["location"] == second.headers["location"]
    assert second.json() == first.json()
    assert (n_documents(server), server.leftovers()) == (n_made, stored)
    assert send(server, "april").headers["location"] != first.headers["location"]
    assert n_documents(server) == 2 * n_made


def test_at_once_they_are_one_batch_as_well(server: Server, send: Send) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: send(server), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(server.http.get(BATCHES).json()["batches"]) == 1
    assert n_documents(server) == answers[0].json()["n_documents"]


@pytest.mark.parametrize(
    "changed", [{"type": "invoice"}, {"name": "April"}, {"content": picture("JPEG")}]
)
def test_something_else_under_the_same_key_is_refused(
    server: Server, send: Send, changed: dict[str, str]
) -> None:
    send(server)
    n_made, stored = n_documents(server), server.leftovers()
    assert refusal(send(server, **changed)) == (422, "idempotency_mismatch")
    assert (n_documents(server), server.leftovers()) == (n_made, stored)


def test_other_names_and_another_order_are_something_else(server: Server) -> None:
    def sent(*names: str) -> httpx.Response:
        files = [("file", (name, picture())) for name in names]
        return server.http.post(BATCHES, files=files, headers={"idempotency-key": "march"})

    assert sent("a.png", "b.png").status_code == 201
    assert sent("a.png", "b.png").status_code == 201
    for names in (("b.png", "a.png"), ("a.png",), ("a.png", "c.png")):
        assert refusal(sent(*names)) == (422, "idempotency_mismatch")


def test_a_deleted_batch_frees_its_key(server: Server, send: Send) -> None:
    path = send(server).headers["location"]
    assert server.http.delete(path).status_code == 204
    assert_nothing_is_left(server)
    assert send(server).headers["location"] != path


def test_a_refused_request_takes_no_key(server: Server) -> None:
    refused = server.http.post(
        BATCHES, content=b"no archive", headers={"idempotency-key": "march", **ZIP}
    )
    assert refused.status_code == 422
    assert send_archive(server).status_code == 201


def test_what_failed_alone_is_the_same_again_too(server: Server) -> None:
    first = send_form(server, content=b"just words\n" * 20)
    assert first.json()["counts"]["failed"] == 1
    assert send_form(server, content=b"just words\n" * 20).json() == first.json()
    other = send_form(server, content=b"other words\n" * 20)
    assert refusal(other) == (422, "idempotency_mismatch")


def test_keys_of_documents_and_of_batches_are_apart(server: Server) -> None:
    key = {"idempotency-key": "march"}
    assert server.http.post(DOCUMENTS, content=picture(), headers=key).status_code == 202
    assert send_form(server).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "with space"])
def test_a_key_has_its_form(server: Server, key: str) -> None:
    assert refusal(send_form(server, key)) == (422, "invalid_request")
    assert_nothing_is_left(server)


def test_keys_are_forgotten_after_their_time(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"idempotency_seconds": 1e-6}))
    first = send_form(server)
    retention = server.context.settings.retention
    Sweeper(server.context.services, server.context.doorbell, retention).discard_expired()
    assert send_form(server).headers["location"] != first.headers["location"]


def test_the_client_sends_it(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture())
    with Docspade(str(server.http.base_url)) as service:
        made = [
            service.create_batch(Files.of_folder(folder), idempotency_key="march") for _ in range(2)
        ]
        empty = [service.create_batch(idempotency_key="april") for _ in range(2)]
    assert made[0].id == made[1].id != empty[0].id == empty[1].id
