"""Waits out passing conditions: a database, a store or a broker that is being started anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from ocr.errors import TransientError

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 2.0  # within a lease that has just been asked for again
T = TypeVar("T")


def patiently(action: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """Do something again and again, in growing pauses, until no passing condition is in its way.

    Args:
        action: what to do; doing it twice must do no harm.
        seconds: after which no new try is made.

    Raises:
        TransientError: it still fails after that time.
    """
    end, pause_seconds = time.monotonic() + seconds, PAUSE_SECONDS
    while True:
        try:
            return action()
        except TransientError as error:
            if time.monotonic() + pause_seconds > end:
                raise
            logger.warning("trying again in %g s: %s", pause_seconds, error)
        time.sleep(pause_seconds)
        pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)
