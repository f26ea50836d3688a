"""Keeps a lease alive while a job runs, and notices when the job has gone on for too long."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from ocr.errors import TransientError

logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews a lease from a thread of its own for the length of a `with` block.

    A lease that is lost is renewed no more, but the deadline stands: what hangs would otherwise
    keep its worker for ever, once its document was deleted.

    Args:
        renew: prolongs the lease; False when it is lost.
        every_seconds: between two renewals; a third of the lease or less.
        deadline_seconds: after which `on_deadline` is called, once, from the heartbeat's thread.
        on_deadline: ends the job from outside, since a thread cannot be stopped.
    """

    def __init__(
        self,
        renew: Callable[[], bool],
        *,
        every_seconds: float,
        deadline_seconds: float,
        on_deadline: Callable[[], None],
    ) -> None:
        self._renew = renew
        self._every_seconds = every_seconds
        self._deadline_seconds = deadline_seconds
        self._on_deadline = on_deadline
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    @property
    def is_lost(self) -> bool:
        """Whether the lease went to someone else, or the job was cancelled or deleted."""
        return self._lost.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        left_seconds = self._deadline_seconds
        while left_seconds > 0:
            pause_seconds = min(self._every_seconds, left_seconds)
            if self._stop.wait(pause_seconds):
                return
            left_seconds -= pause_seconds
            if not self.is_lost:
                self._beat()
        self._on_deadline()

    def _beat(self) -> None:
        try:
            if not self._renew():
                self._lost.set()
        except TransientError as error:
            # The lease outlives a missed beat or two; the next one may get through.
            logger.warning("a lease could not be renewed: %s", error)
