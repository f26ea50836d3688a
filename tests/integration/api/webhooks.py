"""What tests of webhooks have in common: a receiver, a server that may tell it, the sender."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.webhook_wire import webhook_body
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, submit
from workers.jobs import JobError
from workers.outbound import allowed_hosts
from workers.settings import Settings
from workers.webhook_request import WebhookPoster
from workers.webhook_sender import WebhookSender

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
