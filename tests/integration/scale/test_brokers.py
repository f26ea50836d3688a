"""The bell over Redis and over RabbitMQ."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from celery.apps.worker import Worker
from kombu import Connection, Queue

from benchmarks.service.processes import free_port
from tests.integration.scale.stopping import stop
from tests.integration.workers.conftest import wait_for
from workers.celery_app import (
    KEY_PREFIX,
    MAX_BELLS,
    BrokerAddress,
    Doorbell,
    make_app,
    make_worker,
)
from workers.jobs import DEFAULT_LANE

pytestmark = pytest.mark.integration


@pytest.fixture(params=["redis_url", "rabbitmq_url"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerAddress]:
    address = BrokerAddress(request.getfixturevalue(request.param), tmp_path)
    empty(address)
    yield address
    empty(address)


@pytest.fixture
def answering() -> Iterator[Callable[[BrokerAddress, Callable[[str], None]], Worker]]:
    """Starts workers in threads and stops them."""
    running: list[tuple[Worker, threading.Thread]] = []

    def start(address: BrokerAddress, drain: Callable[[str], None]) -> Worker:
        worker = make_worker(make_app(address), f"worker-{len(running)}", drain)
        thread = threading.Thread(target=worker.start)
        thread.start()
        running.append((worker, thread))
        return worker

    yield start
    for worker, thread in running:
        stop(worker, thread)


def connect(address: BrokerAddress) -> Connection:
    app = make_app(address)
    return Connection(address.url, transport_options=app.conf.broker_transport_options)


def lane_queue(address: BrokerAddress) -> Queue:
    queue: Queue = make_app(address).conf.task_queues[0]
    return queue


def empty(address: BrokerAddress) -> None:
    with connect(address) as connection:
        queue = lane_queue(address)(connection.channel())
        queue.declare()
        queue.purge()


def waiting(address: BrokerAddress) -> list[tuple[str, object]]:
    """Takes all messages: their text and what the broker was told about them."""
    with connect(address) as connection:
        queue, found = lane_queue(address)(connection.channel()), []
        while (message := queue.get(no_ack=True)) is not None:
            body = message.body
            text = body if isinstance(body, str) else bytes(body).decode()
            found.append((text, message.properties.get("delivery_mode")))
        return found


def test_a_message_is_durable_and_holds_the_lane_alone(address: BrokerAddress) -> None:
    assert Doorbell(make_app(address)).ring(DEFAULT_LANE)
    ((text, delivery_mode),) = waiting(address)
    assert text.startswith(f'[["{DEFAULT_LANE}"], {{}}, ')
    assert delivery_mode == 2  # AMQP's persistent


@pytest.mark.alone
def test_a_bell_wakes_a_worker_quickly(
    address: BrokerAddress,
    answering: Callable[[BrokerAddress, Callable[[str], None]], Worker],
) -> None:
    heard: list[tuple[str, float]] = []

    def hear(lane: str) -> None:
        heard.append((lane, time.monotonic()))

    def has_heard(n_times: int) -> bool:
        return len(heard) >= n_times

    answering(address, hear)
    bell = Doorbell(make_app(address))
    delays = []
    for count in range(1, 6):
        rung = time.monotonic()
        assert bell.ring(DEFAULT_LANE)
        wait_for(partial(has_heard, count))
        delays.append(heard[-1][1] - rung)
    assert {lane for lane, _ in heard} == {DEFAULT_LANE}
    assert sorted(delays[1:])[1] < 0.5, delays


def test_a_worker_takes_one_bell_at_a_time(
    address: BrokerAddress,
    answering: Callable[[BrokerAddress, Callable[[str], None]], Worker],
) -> None:
    heard: list[str] = []
    may_go = threading.Event()

    def busy(lane: str) -> None:
        heard.append(lane)
        may_go.wait(30)

    bell = Doorbell(make_app(address))
    for _ in range(4):
        assert bell.ring(DEFAULT_LANE)
    answering(address, busy)
    wait_for(lambda: heard)
    time.sleep(0.5)
    n_left = len(waiting(address))
    may_go.set()
    # One in hand; Redis may have given out one more, which waits in the worker.
    assert (len(heard), n_left) in {(1, 3), (1, 2)}


def test_rabbitmq_has_a_durable_quorum_queue_and_no_other(
    rabbitmq_url: str, tmp_path: Path
) -> None:
    address = BrokerAddress(rabbitmq_url, tmp_path)
    assert make_app(address).conf.broker_transport_options["confirm_publish"] is True
    empty(address)
    arguments = {"x-queue-type": "classic", "x-max-length": MAX_BELLS}
    with connect(address) as connection:
        classic = Queue(DEFAULT_LANE, durable=True, queue_arguments=arguments)
        with pytest.raises(connection.channel_errors, match="quorum"):
            classic(connection.channel()).queue_declare()


def test_bells_beyond_a_thousand_do_not_pile_up(rabbitmq_url: str, tmp_path: Path) -> None:
    address = BrokerAddress(rabbitmq_url, tmp_path)
    arguments = lane_queue(address).queue_arguments
    assert arguments == {"x-queue-type": "quorum", "x-max-length": MAX_BELLS}


def test_redis_waits_longer_than_the_longest_slice(redis_url: str, tmp_path: Path) -> None:
    address = BrokerAddress(redis_url, tmp_path, longest_slice_seconds=900)
    options = make_app(address).conf.broker_transport_options
    assert options["visibility_timeout"] > address.longest_slice_seconds
    assert options["global_keyprefix"] == KEY_PREFIX


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_away_is_told_soon_and_fails_nobody(scheme: str, tmp_path: Path) -> None:
    bell = Doorbell(make_app(BrokerAddress(f"{scheme}://127.0.0.1:{free_port()}", tmp_path)))
    start = time.monotonic()
    assert not bell.ring(DEFAULT_LANE)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_takes_the_call_and_says_nothing_blocks_nobody(
    scheme: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        bell = Doorbell(make_app(BrokerAddress(f"{scheme}://127.0.0.1:{port}", tmp_path)))
        start = time.monotonic()
        assert not bell.ring(DEFAULT_LANE)
        assert time.monotonic() - start < 25
