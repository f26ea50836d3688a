"""Hands documents in and waits for them, without asking more often than needed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice

from benchmarks.service.leftovers import FINAL
from benchmarks.service.running import ACCEPTED, Client, Json
from ocr.errors import SetupError

POLL_SECONDS = 0.1
ADVISED_POLL_SECONDS = 1.0
"""What the service's `Retry-After` asks of those who wait."""


def submit(client: Client, body: bytes, lane: str = "interactive") -> str:
    """Hand a document in; returns its id.

    Raises:
        SetupError: it was refused, so that there is nothing to measure.
    """
    answer = client.ask("POST", f"/v1/documents?type=receipt&lane={lane}", body)
    if answer.status not in ACCEPTED:
        raise SetupError(f"a document was refused: {answer.body.decode()[:200]}")
    return str(answer.json()["id"])


def submit_all(
    client: Client, documents: Sequence[bytes], *, lane: str, n_senders: int
) -> list[str]:
    """Hand documents in from several senders at once; their ids in the documents' order."""
    with ThreadPoolExecutor(n_senders) as pool:
        return list(pool.map(lambda body: submit(client, body, lane), documents))


def finished(
    client: Client, document_id: str, seconds: float, *, poll_seconds: float = POLL_SECONDS
) -> Json:
    """A document's entry once it is done.

    Args:
        client: that asks.
        document_id: of the document.
        seconds: that it may take.
        poll_seconds: from question to question.

    Raises:
        SetupError: it is not within that time, or it did not succeed.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        entry = client.ask("GET", f"/v1/documents/{document_id}").json()
        if entry.get("status") in FINAL:
            if entry["status"] == "cancelled":
                raise SetupError("somebody cancelled a document")
            if entry["status"] == "failed":
                raise SetupError(f"a good document failed: {entry['error']}")
            return entry
        time.sleep(poll_seconds)
    raise SetupError(f"a document is not done after {seconds:g} s")


def moment(entry: Json, name: str) -> float:
    """One of an entry's times, in seconds since 1970."""
    return datetime.fromisoformat(str(entry[name])).timestamp()


def batches(documents: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """The documents in lists of that size; the last may be shorter."""
    rest = iter(documents)
    while batch := list(islice(rest, size)):
        yield batch
