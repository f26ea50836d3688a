"""Sets right what crashes leave behind.

It runs in every process of the service; twice does no harm. Only what goes through the whole store
is done by one at a time, where PostgreSQL can tell them.
"""

from __future__ import annotations

import itertools
import logging
import time

from ocr.errors import TransientError
from workers.celery_app import Doorbell
from workers.jobs import WORKER_LOST
from workers.retention import ORPHAN_SECONDS, Retention
from workers.services import Services

logger = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 600.0
HOUSEKEEPING_LOCK = 0x646F6374  # the number after the migrations'
LOOKUP_SIZE = 500


class Sweeper:
    """Requeues jobs whose worker fell silent, and rings for lanes with waiting work.

    From time to time it also removes what crashes left behind and what is not to be kept longer.
    """

    def __init__(self, services: Services, doorbell: Doorbell, retention: Retention) -> None:
        self._database = services.database
        self._table = services.jobs
        self._blobs = services.blobs
        self._once = (services.once, services.batches_once)
        self._batches = services.batches
        self._doorbell = doorbell
        self._retention = retention
        self._next_housekeeping = 0.0
        self._expiry_from = 0.0

    def sweep(self) -> None:
        """One round. Raises TransientError while database or store cannot be used."""
        if time.monotonic() >= self._expiry_from:
            self._release_expired()
        for lane in self._table.waiting_lanes():
            self._doorbell.ring(lane)
        if time.monotonic() >= self._next_housekeeping:
            with self._database.alone(HOUSEKEEPING_LOCK) as is_alone:
                if is_alone:  # of thousands of processes one is enough to go through the store
                    self.discard_leftovers()
                    self.discard_expired()
                    self._database.empty_log()
            self._next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS

    def _release_expired(self) -> None:
        try:
            n_expired = self._table.release_expired(WORKER_LOST)
        except TransientError:
            # Nobody could renew a lease either: workers that live do so first.
            self._expiry_from = time.monotonic() + self._table.lease_seconds
            raise
        if n_expired:
            logger.warning("%d jobs lost their worker", n_expired)

    def discard_leftovers(self) -> None:
        """Remove unfinished blobs, and blobs of documents that the table does not know."""
        self._blobs.discard_unfinished(ORPHAN_SECONDS)
        candidates = self._blobs.documents_older_than(ORPHAN_SECONDS)
        while ids := list(itertools.islice(candidates, LOOKUP_SIZE)):
            for document_id in set(ids) - self._table.existing(ids):
                self._blobs.delete_document(document_id)

    def discard_expired(self) -> None:
        """Remove documents, empty batches and idempotency keys that are not to be kept longer."""
        for keys in self._once:
            keys.forget(self._retention.idempotency_seconds)
        if self._retention.document_seconds is None:
            return
        moment = time.time() - self._retention.document_seconds
        while ids := self._table.finished_before(moment, LOOKUP_SIZE):
            # The rows first: somebody may just be trying one again, whose file then stays.
            # Files without rows are found as leftovers.
            deleted = self._table.delete_all(ids, ended_before=moment)
            for document_id in deleted:
                self._blobs.delete_document(document_id)
            logger.info("%d documents were kept long enough and are deleted", len(deleted))
        self._batches.discard_empty(moment)
