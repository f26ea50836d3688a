"""`docspade stress submit`: how soon uploads are acknowledged while the workers are busy."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from benchmarks.service.running import ACCEPTED, Client
from ocr.errors import TransientError

N_SENDERS = 32
UNAVAILABLE = 503


@dataclass(frozen=True)
class SubmitOutcome:
    """What the senders saw.

    Attributes:
        n_sent: requests.
        p50_ms: median time to the acknowledgement, from when the request was due.
        p99_ms: 99th percentile.
        max_ms: the longest.
        refused: requests answered otherwise, by HTTP status; 0 for no answer.
    """

    n_sent: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    refused: Counter[int]

    def faults(self, *, at_most_ms: float, max_waiting: int) -> list[str]:
        """Each way in which the promise was broken, in words.

        Args:
            at_most_ms: that the 99th percentile may take.
            max_waiting: documents that may wait; below that none is refused.
        """
        found = []
        if self.p99_ms > at_most_ms:
            found.append(f"the p99 is {self.p99_ms:.1f} ms, of at most {at_most_ms:g}")
        # Beyond the limit 503 is what is promised; nothing else is right at any time.
        is_full = self.n_sent - self.refused.total() >= max_waiting
        n_wrong = self.refused.total() - (self.refused[UNAVAILABLE] if is_full else 0)
        if n_wrong:
            found.append(f"{n_wrong} uploads were refused below {max_waiting} that may wait")
        return found


def submit_steadily(
    client: Client, documents: Sequence[bytes], *, rate: float, seconds: float
) -> SubmitOutcome:
    """Send documents at a steady rate, whether or not earlier ones were answered.

    Args:
        client: of the service.
        documents: sent by turns.
        rate: requests a second.
        seconds: for how long.
    """
    n_requests = max(1, int(rate * seconds))
    refused: Counter[int] = Counter()
    started = time.perf_counter()

    def send(number: int) -> float:
        due = started + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            body = documents[number % len(documents)]
            status = client.ask("POST", "/v1/documents?type=receipt", body).status
        except TransientError:
            status = 0
        if status not in ACCEPTED:
            refused[status] += 1
        return (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(N_SENDERS) as pool:
        times = list(pool.map(send, range(n_requests)))
    p50, p99 = np.percentile(times, [50, 99])
    return SubmitOutcome(n_requests, float(p50), float(p99), max(times), refused)
