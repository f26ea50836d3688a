"""A worker hears bells again after Redis was away, whatever it was about meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery.apps.worker import Worker

from benchmarks.service.servers import BrokerServer, redis_server
from tests.integration.scale.stopping import stop
from tests.integration.workers.conftest import wait_for
from workers.celery_app import BrokerAddress, Doorbell, make_app, make_worker
from workers.jobs import DEFAULT_LANE

pytestmark = pytest.mark.integration

COULD_NOT_ACKNOWLEDGE = "Couldn't ack"


class Drain:
    """Is about one bell until it is let go, and counts what it heard."""

    def __init__(self) -> None:
        self.n_heard = 0
        self.n_done = 0
        self.may_go = threading.Event()

    def answer(self, _lane: str) -> None:
        self.n_heard += 1
        self.may_go.wait(120)
        self.n_done += 1


@pytest.fixture
def server() -> Iterator[BrokerServer]:
    """A Redis of this test's own, to be stopped."""
    with redis_server() as server:
        yield server


@contextmanager
def answering(address: BrokerAddress, drain: Drain) -> Iterator[Worker]:
    worker = make_worker(make_app(address), "worker", drain.answer)
    thread = threading.Thread(target=worker.start)
    thread.start()
    try:
        yield worker
    finally:
        drain.may_go.set()
        stop(worker, thread)


@pytest.mark.parametrize("ends_while_away", [True, False])
def test_a_worker_that_was_busy_as_redis_went_hears_it_again(
    server: BrokerServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    *,
    ends_while_away: bool,
) -> None:
    address, drain = BrokerAddress(server.url, tmp_path), Drain()
    bell = Doorbell(make_app(address))
    with answering(address, drain):
        assert bell.ring(DEFAULT_LANE)
        wait_for(lambda: drain.n_heard)
        server.process.stop()
        if ends_while_away:
            drain.may_go.set()
            wait_for(lambda: COULD_NOT_ACKNOWLEDGE in caplog.text, seconds=60)
        server.process.start()
        drain.may_go.set()
        wait_for(lambda: drain.n_done)
        assert bell.ring(DEFAULT_LANE)
        wait_for(lambda: drain.n_heard > 1, seconds=30)
