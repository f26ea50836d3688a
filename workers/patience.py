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
T = TypeVar("T")


def patiently(action: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """Do something again and again until no passing condition stands in its way.

    Args:
        action: what to do; doing it twice must do no harm.
        seconds: after which no new try is made.

    Raises:
        TransientError: it still fails after that time.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return action()
        except TransientError as error:
            if time.monotonic() + PAUSE_SECONDS > end:
                raise
            logger.warning("trying again in %g s: %s", PAUSE_SECONDS, error)
        time.sleep(PAUSE_SECONDS)
