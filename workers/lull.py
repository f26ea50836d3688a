"""Pauses of a worker whose store or database cannot be used."""

from __future__ import annotations

import threading
from typing import Final

FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 15.0


class Lull:
    """Pauses that double as long as they are needed, so that what waits is not claimed in vain.

    Args:
        stopping: ends a pause when it is set.
    """

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._lock = threading.Lock()
        self._next_seconds = FIRST_PAUSE_SECONDS

    def pause(self) -> None:
        """Wait for longer than the last time."""
        with self._lock:
            seconds = self._next_seconds
            self._next_seconds = min(2 * seconds, LONGEST_PAUSE_SECONDS)
        self._stopping.wait(seconds)

    def end(self) -> None:
        """Begin anew: store and database can be used."""
        with self._lock:
            self._next_seconds = FIRST_PAUSE_SECONDS
