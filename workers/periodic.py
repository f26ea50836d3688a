"""Something done again and again by a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ocr.errors import TransientError

logger = logging.getLogger(__name__)


class Periodic:
    """Calls an action at once and then at intervals, until stopped.

    A busy database or store skips a round; the next one makes up for it.

    Args:
        name: of the thread.
        action: what to do.
        every_seconds: pause between two calls.
    """

    def __init__(self, name: str, action: Callable[[], None], *, every_seconds: float) -> None:
        self._action = action
        self._every_seconds = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns once the thread has."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._action()
            except TransientError as error:
                logger.warning("%s skips a round: %s", self._thread.name, error)
            if self._stop.wait(self._every_seconds):
                return
