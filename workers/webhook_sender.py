"""Sends what webhooks are to be told, again and again until it arrives or is given up."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Final

from ocr.errors import TransientError
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import Job
from workers.periodic import Periodic
from workers.webhook_deliveries import Delivery, DeliveryTable, Outcome
from workers.webhook_request import WebhookPoster
from workers.webhooks import WebhookTable

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0
MAX_AT_ONCE: Final = 8
MAX_ATTEMPTS: Final = 12
FIRST_PAUSE_SECONDS: Final = 10.0
LONGEST_PAUSE_SECONDS: Final = 6 * 3600.0
JITTER: Final = 0.2  # of a pause, either way: so that a receiver's return is no stampede
LOG_SECONDS: Final = 30 * 24 * 3600.0
"""How long deliveries that are done stay in the log."""
HOUSEKEEPING_SECONDS: Final = 3600.0

_GONE = Outcome(is_delivered=False, status=None, error="the webhook was disabled")


class WebhookSender:
    """Claims due deliveries and sends them, several at a time. Any number may run at once.

    Args:
        database: with webhooks and deliveries.
        jobs: to tell of.
        poster: makes the requests.
        describe: the body to send about a delivery's job.
        poll_seconds: pause between two looks for due deliveries.
    """

    def __init__(
        self,
        database: Database,
        jobs: JobTable,
        poster: WebhookPoster,
        describe: Callable[[Delivery, Job], bytes],
        *,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._webhooks = WebhookTable(database)
        self._deliveries = DeliveryTable(database)
        self._jobs = jobs
        self._poster = poster
        self._describe = describe
        self._free = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._threads = ThreadPoolExecutor(MAX_AT_ONCE, thread_name_prefix="webhook")
        self._look = Periodic("webhooks", self.look, every_seconds=poll_seconds)
        self._next_housekeeping = 0.0

    def start(self) -> None:
        """Begin."""
        self._look.start()

    def stop(self) -> None:
        """End; returns once the requests under way are done."""
        self._look.stop()
        self._threads.shutdown()

    def look(self) -> None:
        """Begin to send what is due, as far as threads are free."""
        n_free = 0
        while n_free < MAX_AT_ONCE and self._free.acquire(blocking=False):
            n_free += 1
        claimed: list[Delivery] = []
        try:
            if n_free:
                claimed = self._deliveries.claim(n_free)
        finally:
            for _ in range(n_free - len(claimed)):
                self._free.release()
        for delivery in claimed:
            self._threads.submit(self._send, delivery)
        if time.monotonic() >= self._next_housekeeping:
            self._deliveries.discard_finished(LOG_SECONDS)
            self._next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS

    def _send(self, delivery: Delivery) -> None:
        try:
            self._attempt(delivery)
        except TransientError as error:
            # The claim ends by itself, and another attempt is made.
            logger.warning("delivery %s is tried again: %s", delivery.delivery_id, error)
        except Exception:
            # The delivery's edge: a bug of ours costs this attempt alone, and is not lost.
            logger.exception("delivery %s failed by a defect", delivery.delivery_id)
            self._settle(delivery, Outcome(is_delivered=False, status=None, error="defect"))
        finally:
            self._free.release()

    def _attempt(self, delivery: Delivery) -> None:
        webhook, job = self._webhooks.get(delivery.webhook_id), self._jobs.get(delivery.job_id)
        if webhook is None or job is None:
            return  # deleted in the meantime, and the delivery with it
        if webhook.disabled_at is not None:
            self._deliveries.settle(delivery, _GONE, retry_at=None)
            return
        outcome = self._poster.post(webhook, delivery, self._describe(delivery, job))
        if outcome.status == HTTPStatus.GONE:
            logger.warning("webhook %s is disabled: it answered 410", webhook.webhook_id)
            self._webhooks.disable(webhook.webhook_id)
            self._deliveries.settle(delivery, outcome, retry_at=None)
            return
        self._settle(delivery, outcome)

    def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        may_try_again = not outcome.is_delivered and delivery.attempts < MAX_ATTEMPTS
        retry_at = time.time() + pause_seconds(delivery.attempts) if may_try_again else None
        self._deliveries.settle(delivery, outcome, retry_at=retry_at)


def pause_seconds(attempts: int) -> float:
    """How long to wait after that many attempts: from 10 seconds to 6 hours, give or take."""
    pause = min(FIRST_PAUSE_SECONDS * 3.0 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    return pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # spreads load, no secret
