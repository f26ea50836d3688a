"""Who is let in: keys, scopes, hosts, origins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocr.errors import SetupError
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.settings import Settings

pytestmark = pytest.mark.integration


def test_the_first_key_ends_the_time_without(server: Server) -> None:
    assert server.http.get(DOCUMENTS).status_code == 200
    key = server.context.keys.create("first", frozenset({"read"}))
    answer = server.http.get(DOCUMENTS)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_needed")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    for headers in ({"authorization": f"Bearer {key}"}, {"x-api-key": key}):
        assert server.http.get(DOCUMENTS, headers=headers).status_code == 200
    server.context.keys.revoke("first")
    answer = server.http.get(DOCUMENTS, headers={"x-api-key": key})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")
    assert server.http.get(DOCUMENTS).status_code == 401  # revoking opens nothing


def test_a_key_opens_its_scopes_alone(server: Server) -> None:
    keys = server.context.keys
    reader = {"x-api-key": keys.create("r", frozenset({"read"}))}
    submitter = {"x-api-key": keys.create("s", frozenset({"submit"}))}
    admin = {"x-api-key": keys.create("a", frozenset({"admin"}))}
    answer = server.http.post(DOCUMENTS, content=picture(), headers=reader)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    answer = server.http.post(DOCUMENTS, content=picture(), headers=submitter)
    assert answer.status_code == 202
    path = answer.headers["location"]
    assert server.http.get(path, headers=submitter).status_code == 403
    assert server.http.get(path, headers=reader).status_code == 200
    assert server.http.delete(path, headers=reader).status_code == 403
    assert server.http.delete(path, headers=admin).status_code == 204


@pytest.mark.parametrize(
    "key",
    ["", "x", "dsk_0000000000000000_" + "a" * 43, "dsk_' OR 1=1 --", "dsk_0000000000000000_é"],
)
def test_wrong_keys_are_refused(server: Server, key: str) -> None:
    right = server.context.keys.create("k", frozenset({"admin"}))
    for wrong in (key, right[:-1] + ("A" if right[-1] != "A" else "B")):
        headers = [(b"x-api-key", wrong.encode())]
        assert server.http.get(DOCUMENTS, headers=headers).status_code == 401


def test_health_and_pages_need_no_key(server: Server) -> None:
    server.context.keys.create("k", frozenset({"admin"}))
    for path in ("/healthz", "/", "/docs", "/openapi.json", "/static/app.js"):
        assert server.http.get(path).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.nip.io", "", "["])
def test_on_loopback_foreign_host_names_are_refused(server: Server, host: str) -> None:
    answer = server.http.get("/", headers={"host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "unknown_host")


def test_a_proxys_name_is_allowed_but_needs_a_key(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    server = start(settings.model_copy(update={"allowed_hosts": ("scans.example",)}))
    headers = {"host": "scans.example"}
    assert server.http.get("/healthz", headers=headers).status_code == 200
    assert server.http.get(DOCUMENTS, headers=headers).status_code == 401
    assert server.http.get(DOCUMENTS).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    ],
)
def test_pages_of_other_sites_are_refused(server: Server, headers: dict[str, str]) -> None:
    answer = server.http.post(DOCUMENTS, content=picture(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert server.leftovers() == []


def test_the_own_page_and_followed_links_are_served(server: Server) -> None:
    origin = str(server.http.base_url).rstrip("/")
    answer = server.http.post(DOCUMENTS, content=picture(), headers={"origin": origin})
    assert answer.status_code == 202
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert server.http.get("/", headers=headers).status_code == 200


def test_a_rotated_key_has_a_new_secret(server: Server) -> None:
    keys = server.context.keys
    old = keys.create("k", frozenset({"read"}), tenant="north")
    new = keys.rotate("k", grace_seconds=60)
    for key in (old, new):
        assert server.http.get(DOCUMENTS, headers={"x-api-key": key}).status_code == 200
    newest = keys.rotate("k")
    for key, status in ((old, 401), (new, 401), (newest, 200)):
        assert server.http.get(DOCUMENTS, headers={"x-api-key": key}).status_code == status
    found = keys.find(newest)
    assert found is not None
    assert (found.name, found.tenant) == ("k", "north")
    keys.revoke("k")
    assert server.http.get(DOCUMENTS, headers={"x-api-key": newest}).status_code == 401
    with pytest.raises(SetupError, match="was revoked"):
        keys.rotate("k")


@pytest.mark.parametrize("tenant", ["", "a b", "-x", "x" * 65, "é"])
def test_a_tenants_name_has_its_form(server: Server, tenant: str) -> None:
    with pytest.raises(SetupError, match="no name of a tenant"):
        server.context.keys.create("k", frozenset({"read"}), tenant=tenant)


def test_a_key_that_knocks_too_often_is_told_when_to_come_again(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"max_requests_per_minute": 2}))
    one, other = (
        {"x-api-key": server.context.keys.create(name, frozenset({"read"}))} for name in "ab"
    )
    answers = [server.http.get(DOCUMENTS, headers=one) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 30
    assert server.http.get(DOCUMENTS, headers=other).status_code == 200
