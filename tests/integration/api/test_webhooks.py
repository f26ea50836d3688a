"""Webhooks over real HTTP: a receiver, the sender, signatures, retries, the log."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from sqlalchemy import update

from api.webhook_wire import webhook_body
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, submit
from workers import webhook_sender
from workers.jobs import JobError
from workers.outbound import allowed_hosts
from workers.settings import Settings
from workers.tables import webhook_deliveries
from workers.webhook_deliveries import DeliveryTable
from workers.webhook_request import WebhookPoster
from workers.webhook_sender import WebhookSender

pytestmark = pytest.mark.integration
WEBHOOKS = "/v1/webhooks"
FAULT = JobError("corrupt_file", "the picture is cut off")


@dataclass
class Receiver:
    """What arrived, and what to answer: a status for each request, the last one for all others."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    delay_seconds: float = 0.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            received.headers.append(dict(self.headers.items()))
            time.sleep(received.delay_seconds)
            more = len(received.statuses) > 1
            self.send_response(received.statuses.pop(0) if more else received.statuses[0])
            self.send_header("Location", received.url + "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_server(settings: Settings, start: Callable[[Settings], Server]) -> Server:
    """A server whose webhooks may lead to this machine."""
    return start(settings.model_copy(update={"webhook_hosts": ("127.0.0.0/8",)}))


@contextmanager
def sending(server: Server, *, seconds: float = 5.0) -> Iterator[None]:
    services = server.context.services
    poster = WebhookPoster(allowed_hosts(server.context.settings.webhook_hosts), seconds)
    sender = WebhookSender(
        services.database, services.jobs, poster, webhook_body, poll_seconds=0.02
    )
    sender.start()
    yield
    sender.stop()


def make(server: Server, url: str, *events: str) -> dict[str, str]:
    body = {"url": url} | ({"events": list(events)} if events else {})
    answer = server.http.post(WEBHOOKS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def log(server: Server, webhook: dict[str, str]) -> list[dict[str, object]]:
    answer = server.http.get(f"{WEBHOOKS}/{webhook['id']}/deliveries")
    deliveries: list[dict[str, object]] = answer.json()["deliveries"]
    return deliveries


def settled(server: Server, webhook: dict[str, str], state: str) -> dict[str, object]:
    """The newest delivery as soon as it is in a state."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        newest = log(server, webhook)[0]
        if newest["state"] == state and newest["attempts"]:
            return newest
        time.sleep(0.02)
    raise AssertionError(log(server, webhook))


def fail_one(server: Server) -> str:
    document_id = submit(server)
    assert server.context.services.jobs.fail(claim(server), FAULT)
    return document_id


def test_a_finished_document_is_told_with_its_entry_and_a_signature(
    open_server: Server, receiver: Receiver
) -> None:
    made = make(open_server, receiver.url + "/hook?a=b")
    document_id = finish(open_server)
    with sending(open_server):
        done = settled(open_server, made, "delivered")
    assert (done["attempts"], done["last_status"], done["last_error"]) == (1, 204, None)
    (body,), (headers,) = receiver.bodies, receiver.headers
    told = json.loads(body)
    entry = open_server.http.get(f"/v1/documents/{document_id}").json()
    assert told["document"] == {key: entry[key] for key in entry if key != "source"}
    assert (told["id"], told["event"]) == (done["id"], "document.succeeded")
    assert told["created_at"] == done["created_at"]
    assert b"SHOP" not in body
    moment, _, given = headers["Docspade-Signature"].partition(",v1=")
    signed = f"{moment.removeprefix('t=')}.".encode() + body
    assert given == hmac.new(made["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert abs(int(moment.removeprefix("t=")) - time.time()) < 30
    assert headers["Docspade-Delivery"] == done["id"]
    assert headers["Docspade-Event"] == "document.succeeded"


def test_only_wanted_events_are_told(open_server: Server, receiver: Receiver) -> None:
    made = make(open_server, receiver.url, "document.failed")
    finish(open_server)
    document_id = fail_one(open_server)
    (told,) = log(open_server, made)
    assert (told["event"], told["document_id"]) == ("document.failed", document_id)


def test_a_document_whose_attempts_are_used_up_is_told_once(
    open_server: Server, receiver: Receiver
) -> None:
    made, jobs = make(open_server, receiver.url), open_server.context.services.jobs
    submit(open_server)
    for n_told in (0, 0, 1):
        jobs.release(claim(open_server), FAULT)
        assert len(log(open_server, made)) == n_told
    assert log(open_server, made)[0]["event"] == "document.failed"


def test_a_finish_that_is_rolled_back_tells_nobody(
    open_server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(open_server, receiver.url)
    submit(open_server)
    job = claim(open_server)

    def break_down(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("workers.job_table.count_endings", break_down)
    with pytest.raises(ZeroDivisionError):
        open_server.context.services.jobs.fail(job, FAULT)
    assert log(open_server, made) == []


def test_a_receiver_in_trouble_is_tried_again(
    open_server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sender, "FIRST_PAUSE_SECONDS", 0.05)
    receiver.statuses = [500, 302, 200]
    made = make(open_server, receiver.url)
    finish(open_server)
    with sending(open_server):
        done = settled(open_server, made, "delivered")
    assert (done["attempts"], done["last_status"]) == (3, 200)
    assert len({headers["Docspade-Delivery"] for headers in receiver.headers}) == 1
    assert len(receiver.bodies) == 3  # the redirect was not followed


def test_a_delivery_is_given_up_at_last_and_can_be_replayed(
    open_server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sender, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(webhook_sender, "LONGEST_PAUSE_SECONDS", 0.002)
    receiver.statuses = [503]
    made = make(open_server, receiver.url)
    finish(open_server)
    with sending(open_server):
        failed = settled(open_server, made, "failed")
        assert failed["attempts"] == webhook_sender.MAX_ATTEMPTS == len(receiver.bodies)
        assert (failed["last_status"], failed["next_attempt_at"]) == (503, None)
        receiver.statuses = [200]
        path = f"{WEBHOOKS}/{made['id']}/deliveries/{failed['id']}/replay"
        answer = open_server.http.post(path)
        assert answer.status_code == 202
        assert settled(open_server, made, "delivered")["attempts"] == 1
    assert receiver.bodies[-1] == receiver.bodies[0]


def test_a_receiver_that_is_not_there_or_dawdles_is_named(
    open_server: Server, receiver: Receiver
) -> None:
    receiver.delay_seconds = 1.0
    slow, away = make(open_server, receiver.url), make(open_server, "http://127.0.0.1:1/")
    finish(open_server)
    with sending(open_server, seconds=0.2):
        assert settled(open_server, slow, "waiting")["attempts"] == 1
        end = time.monotonic() + 10
        while log(open_server, slow)[0]["last_error"] is None and time.monotonic() < end:
            time.sleep(0.02)
    (dawdled,), (refused,) = log(open_server, slow), log(open_server, away)
    assert dawdled["last_error"] == "no answer within 0.2 seconds"
    assert "refused" in str(refused["last_error"]).lower()
    assert (refused["state"], refused["attempts"], refused["last_status"]) == ("waiting", 1, None)


def test_a_sender_that_died_in_mid_delivery_loses_nothing(
    open_server: Server, receiver: Receiver
) -> None:
    made = make(open_server, receiver.url)
    finish(open_server)
    database = open_server.context.services.database
    (claimed,) = DeliveryTable(database).claim(8)
    assert DeliveryTable(database).claim(8) == []
    with database.write() as connection:  # as if the minute of its claim were over
        connection.execute(update(webhook_deliveries).values(due_at=0.0, lease_until=0.0))
    with sending(open_server):
        done = settled(open_server, made, "delivered")
    assert (done["id"], done["attempts"]) == (claimed.delivery_id, 2)


def test_a_slow_receiver_does_not_hold_up_another(open_server: Server, receiver: Receiver) -> None:
    slow = make(open_server, receiver.url)
    for _ in range(6):
        finish(open_server)
    quick = make(open_server, receiver.url)
    finish(open_server)
    database = open_server.context.services.database
    claimed = [
        delivery.webhook_id for _round in range(3) for delivery in DeliveryTable(database).claim(3)
    ]
    assert claimed.count(slow["id"]) == 2
    assert claimed.count(quick["id"]) == 1


def test_a_webhook_that_is_gone_is_disabled(open_server: Server, receiver: Receiver) -> None:
    receiver.statuses = [410]
    made = make(open_server, receiver.url)
    finish(open_server)
    with sending(open_server):
        failed = settled(open_server, made, "failed")
    assert open_server.http.get(f"{WEBHOOKS}/{made['id']}").json()["disabled_at"] is not None
    finish(open_server)
    assert len(log(open_server, made)) == 1
    path = f"{WEBHOOKS}/{made['id']}/deliveries/{failed['id']}/replay"
    answer = open_server.http.post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_disabled")


def test_the_log_has_pages(open_server: Server, receiver: Receiver) -> None:
    made = make(open_server, receiver.url)
    told = {fail_one(open_server) for _ in range(3)}
    path = f"{WEBHOOKS}/{made['id']}/deliveries"
    first = open_server.http.get(path, params={"limit": 2}).json()
    second = open_server.http.get(path, params={"limit": 2, "cursor": first["next"]}).json()
    assert second["next"] is None
    assert {each["document_id"] for each in first["deliveries"] + second["deliveries"]} == told


def test_deleting_a_document_or_a_webhook_ends_its_deliveries(
    open_server: Server, receiver: Receiver
) -> None:
    made = make(open_server, receiver.url)
    first, second = finish(open_server), finish(open_server)
    assert open_server.http.delete(f"/v1/documents/{first}").status_code == 204
    assert [each["document_id"] for each in log(open_server, made)] == [second]
    assert open_server.http.delete(f"{WEBHOOKS}/{made['id']}").status_code == 204
    answer = open_server.http.get(f"{WEBHOOKS}/{made['id']}/deliveries")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_webhook")
    finish(open_server)
    with sending(open_server):
        time.sleep(0.2)
    assert receiver.bodies == []


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
