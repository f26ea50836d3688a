"""The Celery application: one task, which drains the lanes, and the bell that calls for it.

A message carries its lane's name and nothing else, and losing one loses no work: the job table
knows what waits, and the sweeper rings again.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from celery import Celery
from celery.apps.worker import Worker
from celery.platforms import SecurityWarning
from celery.signals import setup_logging
from celery.worker.consumer import Consumer
from kombu import Exchange, Queue
from kombu.exceptions import KombuError
from kombu.transport import TRANSPORT_ALIASES

from workers import broker
from workers.addresses import AMQP_SCHEMES, REDIS_SCHEMES
from workers.jobs import LANES

logger = logging.getLogger(__name__)

RING_TASK = "docspade.ring"
RETRY_POLICY = {"max_retries": 1, "interval_start": 0.05, "interval_step": 0.0}
CONNECT_SECONDS = 4
CONFIRM_SECONDS = 4
SOCKET_SECONDS = 8  # longer than a worker's wait for Redis's next word
KEY_PREFIX = "docspade:"
MAX_BELLS = 1000  # that wait in RabbitMQ; the oldest goes first, and none is missed
QUORUM_QUEUE = {"x-queue-type": "quorum", "x-max-length": MAX_BELLS}

for _scheme in REDIS_SCHEMES:  # by name: imported only where it is used
    TRANSPORT_ALIASES[_scheme] = "workers.redis_transport:ReleasingTransport"


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Which broker to use.

    Attributes:
        url: of Redis or RabbitMQ; None for the embedded broker.
        folder: of the embedded broker.
        longest_slice_seconds: how long a worker may be about one bell.
    """

    url: str | None
    folder: Path
    longest_slice_seconds: float = 900.0

    @property
    def is_redis(self) -> bool:
        """Whether the broker is Redis."""
        return urlsplit(self.url or "").scheme in REDIS_SCHEMES

    @property
    def is_rabbitmq(self) -> bool:
        """Whether the broker is RabbitMQ."""
        return urlsplit(self.url or "").scheme in AMQP_SCHEMES


class _Consumer(Consumer):  # type: ignore[misc]  # celery carries no annotations
    """Celery's consumer without delayed messages, for which it would make 28 queues in RabbitMQ."""

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc]  # see above
        default_steps = tuple(
            step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step
        )


def make_app(address: BrokerAddress) -> Celery:
    """A Celery application for ringing and for answering."""
    app = Celery("docspade", set_as_current=False)
    # The nameless exchange routes to the queue of the same name on every broker.
    arguments = QUORUM_QUEUE if address.is_rabbitmq else None
    queues = [
        Queue(lane, Exchange(""), routing_key=lane, queue_arguments=arguments) for lane in LANES
    ]
    app.conf.update(
        broker_url=address.url or f"{broker.SCHEME}://localhost/",
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(address),
        task_queues=queues,
        task_default_queue=LANES[0],
        task_default_exchange="",
        task_default_routing_key=LANES[0],
        accept_content=["json"],
        task_serializer="json",
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_consumer=_Consumer,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
    )
    return app


def _transport_options(address: BrokerAddress) -> dict[str, str | float | bool]:
    if address.is_redis:
        return {
            # Redis gives a message anew that nobody acknowledged in that time.
            "visibility_timeout": 2 * address.longest_slice_seconds,
            "global_keyprefix": KEY_PREFIX,
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": SOCKET_SECONDS,
        }
    if address.is_rabbitmq:
        return {"confirm_publish": True, "connect_timeout": CONNECT_SECONDS}
    return broker.transport_options(address.folder)


class Doorbell:
    """Wakes workers up."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def ring(self, lane: str) -> bool:
        """Send a lane's name to its queue.

        Returns:
            False, with a line in the log, when the broker cannot be reached: the job is safe in
            the table all the same, and the sweeper will ring again.
        """
        try:
            self._app.send_task(
                RING_TASK,
                args=[lane],
                queue=lane,
                retry_policy=RETRY_POLICY,
                confirm_timeout=CONFIRM_SECONDS,
            )
        except (KombuError, OSError) as error:
            logger.warning("the broker cannot be reached, lane %s not rung: %s", lane, error)
            return False
        return True


def make_worker(
    app: Celery, name: str, drain: Callable[[str], None], *, n_threads: int = 1
) -> Worker:
    """A Celery worker that answers the bells of all lanes.

    One process, some threads: sessions on CUDA never fork, and a GPU has one process.

    Args:
        app: from `make_app`.
        name: unique among all workers.
        drain: takes the name of the lane that rang and returns once nothing waits in any.
        n_threads: bells that are answered at a time.
    """
    # Celery warns of root because of pickled messages; here JSON alone is accepted.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    setup_logging.connect(_leave_logging)
    app.task(name=RING_TASK, ignore_result=True, shared=False)(drain)  # of this worker alone
    return app.Worker(
        hostname=name,
        pool="threads",
        concurrency=n_threads,
        queues=list(LANES),
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )


def _leave_logging(**_signal: object) -> None:
    """Keep celery from setting the levels and the lines of the log."""
