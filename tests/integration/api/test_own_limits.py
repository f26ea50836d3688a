"""Limits that a key or a tenant has of its own, whatever the settings say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from api.cli import main
from api.keys import KeyLimits
from ocr.errors import SetupError
from tests.integration.api.batches import BATCHES, archive, documents, refusal
from tests.integration.api.conftest import Server
from tests.integration.api.test_azure_routes import ANALYZE, VERSION
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.settings import Settings

pytestmark = pytest.mark.integration

Headers = dict[str, str]


def make(server: Server, name: str, tenant: str = "default", **limits: int) -> Headers:
    """The headers of a key with those limits."""
    keys, own = server.context.keys, KeyLimits(**limits)
    key = keys.create(name, frozenset({"submit", "read"}), tenant=tenant, limits=own)
    return {"x-api-key": key}


def statuses(server: Server, headers: Headers, n_requests: int) -> list[int]:
    return [server.http.get(DOCUMENTS, headers=headers).status_code for _ in range(n_requests)]


def run(server: Server, *arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments, "--state-dir", str(server.state_dir)])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_a_keys_rate_goes_before_the_settings(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"max_requests_per_minute": 2}))
    usual, slow = make(server, "usual"), make(server, "slow", max_requests_per_minute=1)
    fast = make(server, "fast", max_requests_per_minute=1000)
    assert statuses(server, usual, 3) == [200, 200, 429]
    assert statuses(server, slow, 2) == [200, 429]
    assert statuses(server, fast, 5) == [200] * 5


def test_a_keys_rate_holds_where_the_settings_have_none(server: Server) -> None:
    slow, other = make(server, "slow", max_requests_per_minute=1), make(server, "other")
    assert statuses(server, slow, 2) == [200, 429]
    assert statuses(server, other, 5) == [200] * 5


def test_limits_are_changed_while_the_server_runs(server: Server) -> None:
    headers = make(server, "k")
    assert statuses(server, headers, 3) == [200] * 3
    changed = run(server, "keys", "limit", "k", "--max-requests-per-minute", "1")
    assert changed.rstrip().split("\t")[-3:] == ["1", "-", "-"]
    assert statuses(server, headers, 2) == [200, 429]
    run(server, "keys", "limit", "k", "--max-file-bytes", "10")
    answer = server.http.post(DOCUMENTS, content=picture(), headers=headers)
    assert refusal(answer) == (429, "rate_limited")  # what was not named stays
    run(server, "keys", "limit", "k", "--max-requests-per-minute", "0")
    answer = server.http.post(DOCUMENTS, content=picture(), headers=headers)
    assert refusal(answer) == (413, "limit_exceeded")
    run(server, "keys", "limit", "k", "--max-file-bytes", "0")
    answer = server.http.post(DOCUMENTS, content=picture(), headers=headers)
    assert answer.status_code == 202
    with pytest.raises(SetupError, match="no valid key"):
        server.context.keys.limit("none", KeyLimits())


def test_a_keys_file_limit_holds_on_every_way_in(server: Server) -> None:
    content = picture()
    small = make(server, "small", max_file_bytes=len(content) - 1)
    exact = make(server, "exact", max_file_bytes=len(content))
    for headers, status in ((small, 413), (exact, 202)):
        plain = server.http.post(DOCUMENTS, content=content, headers=headers)
        files = {"file": ("a.png", content)}
        form = server.http.post(DOCUMENTS, files=files, headers=headers)
        assert [plain.status_code, form.status_code] == [status] * 2
    azure = server.http.post(ANALYZE, params=VERSION, content=content, headers=small)
    assert azure.json()["error"]["innererror"]["code"] == "InvalidContentLength"
    types = {"content-type": "application/zip"}
    made = server.http.post(
        BATCHES, content=archive(**{"a.png": content, "b.png": content}), headers=small | types
    )
    assert made.status_code == 201
    server.http.headers.update(small)
    found = documents(server, made.headers["location"])
    assert [each["error"]["code"] for each in found] == ["limit_exceeded"] * 2


def test_a_keys_file_limit_does_not_raise_the_operators(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings)
    headers = make(server, "large", max_file_bytes=1 << 40)
    content = picture() + bytes(settings.limits.max_file_bytes)
    answer = server.http.post(DOCUMENTS, content=content, headers=headers)
    assert refusal(answer) == (413, "limit_exceeded")
    assert "100,000" in answer.json()["detail"]


def test_a_tenants_share_goes_before_the_settings(
    start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"max_waiting_jobs_per_tenant": 2}))
    north, south = make(server, "n", "north"), make(server, "s", "south")
    run(server, "tenants", "limit", "north", "--max-waiting", "1")
    run(server, "tenants", "limit", "south", "--max-waiting", "3")
    assert run(server, "tenants", "list") == "north\t1\nsouth\t3\n"
    assert [line.split("\t")[-1] for line in run(server, "keys", "list").splitlines()] == ["1", "3"]
    for headers, share in ((north, 1), (south, 3)):
        for _ in range(share):
            taken = server.http.post(DOCUMENTS, content=picture(), headers=headers)
            assert taken.status_code == 202
        refused = server.http.post(DOCUMENTS, content=picture(), headers=headers)
        assert refusal(refused) == (429, "quota_exceeded")
    run(server, "tenants", "limit", "north", "--max-waiting", "0")
    again = [server.http.post(DOCUMENTS, content=picture(), headers=north) for _ in range(2)]
    assert [answer.status_code for answer in again] == [202, 429]
    with pytest.raises(SetupError, match="no name of a tenant"):
        server.context.tenants.limit("a b", 1)


def test_a_tenants_share_holds_where_the_settings_have_none(server: Server) -> None:
    headers = make(server, "n", "north")
    server.context.tenants.limit("north", 3)
    files = [("file", (f"{number}.png", picture())) for number in range(4)]
    assert refusal(server.http.post(BATCHES, files=files, headers=headers)) == (
        429,
        "quota_exceeded",
    )
    assert server.http.post(BATCHES, files=files[1:], headers=headers).status_code == 201
