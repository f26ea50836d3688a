"""`docspade stress crashes`: documents handed in while their worker is killed again and again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.service.leftovers import FINAL
from benchmarks.service.running import ACCEPTED, Client, Running
from ocr.errors import SetupError, TransientError

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class CrashPlan:
    """What is done.

    Attributes:
        documents: bodies that are handed in, one after the other.
        n_kills: of a worker, at random times.
        mean_pause: seconds between two kills, on average.
        patience: seconds after the last kill within which everything must be done.
        seed: of the times.
    """

    documents: Sequence[bytes]
    n_kills: int
    mean_pause: float
    patience: float
    seed: int = 1


@dataclass
class CrashOutcome:
    """What became of the documents.

    Attributes:
        states: how many ended in each state; "lost" for those that the service does not know,
            "unfinished" for those that were not done in time.
        codes: of the failed ones.
        n_changed: documents whose result was another when it was asked for again.
        n_kills: that hit a worker.
        attempts: how many documents took so many attempts.
        seconds: from the first document to the last result.
    """

    states: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    n_changed: int = 0
    n_kills: int = 0
    attempts: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0


def crash(service: Running, plan: CrashPlan, kill: Callable[[], bool]) -> CrashOutcome:
    """Hand everything in, kill workers meanwhile, and see what the client is told.

    A result is fetched as soon as it is there and once more at the end: it must be the same.

    Args:
        service: ready.
        plan: what is done.
        kill: hits a worker on the spot; False when there is none just now.

    Raises:
        SetupError: a document was refused, so that there is nothing to measure.
    """
    outcome = CrashOutcome()
    started = time.monotonic()
    killer = threading.Thread(target=_kill, args=(service, plan, kill, outcome))
    killer.start()
    ids = [_submit(service.client, body) for body in plan.documents]
    tags: dict[str, str] = {}
    pending = dict.fromkeys(ids)
    end = time.monotonic() + plan.patience
    while pending and time.monotonic() < end:
        if killer.is_alive():
            end = time.monotonic() + plan.patience
        for document_id in list(pending):
            state, tag = _look(service.client, document_id, outcome)
            if state is not None:
                outcome.states[state] += 1
                tags[document_id] = tag
                del pending[document_id]
        time.sleep(POLL_SECONDS)
    killer.join()
    outcome.states["unfinished"] += len(pending)
    for document_id, tag in tags.items():
        again = service.client.ask("GET", f"/v1/documents/{document_id}/result").tag
        outcome.n_changed += again != tag
    outcome.seconds = time.monotonic() - started
    return outcome


def _submit(client: Client, body: bytes) -> str:
    answer = client.ask("POST", "/v1/documents?type=receipt", body)
    if answer.status not in ACCEPTED:
        raise SetupError(f"a document was refused: {answer.body.decode()[:200]}")
    return str(answer.json()["id"])


def _look(client: Client, document_id: str, outcome: CrashOutcome) -> tuple[str | None, str]:
    """A document's final state, None while there is none, and its result's tag."""
    answer = client.ask("GET", f"/v1/documents/{document_id}")
    if answer.status != 200:  # HTTP's OK
        return "lost", ""
    entry = answer.json()
    if entry["status"] not in FINAL:
        return None, ""
    outcome.attempts[int(str(entry["attempt"]))] += 1
    if isinstance(error := entry["error"], dict):
        outcome.codes[str(error["code"])] += 1
    return str(entry["status"]), client.ask("GET", f"/v1/documents/{document_id}/result").tag


def _kill(
    service: Running, plan: CrashPlan, kill: Callable[[], bool], outcome: CrashOutcome
) -> None:
    pauses = np.random.default_rng(plan.seed)
    while outcome.n_kills < plan.n_kills:
        time.sleep(float(pauses.exponential(plan.mean_pause)))
        try:
            service.client.ask("GET", "/healthz")
        except TransientError:
            return  # the service itself is gone: the main thread will say so
        outcome.n_kills += kill()
