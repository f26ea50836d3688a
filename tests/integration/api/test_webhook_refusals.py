"""Webhooks that may not be: addresses, keys, secrets."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest

from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish
from tests.integration.api.webhooks import (
    WEBHOOKS,
    Receiver,
    log,
    make,
    open_server,
    receiver,
    sending,
)
from workers.settings import Settings

__all__ = ["open_server", "receiver"]

pytestmark = pytest.mark.integration


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "ftp://example.org/"}, "invalid_address"),
        ({"url": "http://user:word@example.org/"}, "invalid_address"),
        ({"url": "http://no-such-host.invalid/"}, "invalid_address"),
        ({"url": "http://127.0.0.1/"}, "address_refused"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "address_refused"),
        ({"url": "http://169.254.169.254/"}, "address_refused"),
        ({"url": "http://93.184.216.34/", "events": ["document.lost"]}, "invalid_request"),
        ({"url": "http://93.184.216.34/", "events": []}, "invalid_request"),
        ({"url": "http://93.184.216.34/", "colour": "blue"}, "invalid_request"),
    ],
)
def test_bad_webhooks_are_refused(server: Server, body: dict[str, object], code: str) -> None:
    assert refusal(server.http.post(WEBHOOKS, json=body)) == (422, code)
    assert server.http.get(WEBHOOKS).json() == {"webhooks": []}


def test_an_address_is_checked_again_when_it_is_used(
    settings: Settings, start: Callable[[Settings], Server], receiver: Receiver
) -> None:
    made = make(start(settings.model_copy(update={"webhook_hosts": ("127.0.0.1",)})), receiver.url)
    strict = start(settings)  # the same state, and nothing private is allowed any more
    finish(strict)
    with sending(strict):
        end = time.monotonic() + 10
        while log(strict, made)[0]["last_error"] is None and time.monotonic() < end:
            time.sleep(0.02)
    assert log(strict, made)[0]["last_error"] == "127.0.0.1 is not a public host"
    assert receiver.bodies == []


def test_secrets_are_shown_once_and_webhooks_need_an_admin(
    open_server: Server, receiver: Receiver
) -> None:
    made = make(open_server, receiver.url)
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in open_server.http.get(WEBHOOKS).text
    assert made["secret"] not in open_server.http.get(f"{WEBHOOKS}/{made['id']}").text
    keys = open_server.context.keys
    reader = {"x-api-key": keys.create("r", frozenset({"read", "submit"}))}
    admin = {"x-api-key": keys.create("a", frozenset({"admin"}))}
    assert refusal(open_server.http.get(WEBHOOKS, headers=reader)) == (403, "scope_missing")
    body = {"url": receiver.url}
    assert open_server.http.post(WEBHOOKS, json=body, headers=reader).status_code == 403
    assert open_server.http.post(WEBHOOKS, json=body, headers=admin).status_code == 201
