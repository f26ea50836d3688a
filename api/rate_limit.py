"""How often a key may knock: a bucket of tokens that fills at a steady rate.

The buckets are this server's own: behind a balancer, with several servers, a key may knock as many
times as often.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_BUCKETS = 10_000
"""Keys that are remembered; the one not seen for longest is forgotten, its bucket full again."""


class RateLimiter:
    """Counts requests by name.

    Args:
        per_minute: requests a minute; as many may come at once after a pause. None for no limit.
        clock: seconds that only go up.
    """

    def __init__(
        self, per_minute: int | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, name: str, own_per_minute: int | None = None) -> float:
        """Take a token: 0 if there was one, otherwise how long until there is one.

        Args:
            name: whose bucket.
            own_per_minute: goes before what all others may.
        """
        per_minute = self._per_minute if own_per_minute is None else own_per_minute
        if per_minute is None:
            return 0.0
        now, per_second = self._clock(), per_minute / 60
        with self._lock:
            tokens, seen_at = self._buckets.pop(name, (float(per_minute), now))
            tokens = min(float(per_minute), tokens + (now - seen_at) * per_second)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / per_second
            self._buckets[name] = (tokens if wait else tokens - 1, now)
            while len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
        return wait
