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
