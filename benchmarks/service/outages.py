"""`docspade stress outages`: documents handed in while a part of the service is away."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

from benchmarks.service.leftovers import FINAL, all_documents
from benchmarks.service.running import ACCEPTED, Client
from ocr.errors import TransientError

N_SENDERS = 16
POLL_SECONDS = 0.5
UNAVAILABLE = 503


@dataclass(frozen=True)
class Outage:
    """Something that goes wrong and right again.

    Attributes:
        name: for people.
        begin: makes it go wrong.
        end: sets it right.
        seconds: between the two.
        refuses: whether uploads may be refused with 503 meanwhile.
    """

    name: str
    begin: Callable[[], None]
    end: Callable[[], None]
    seconds: float
    refuses: bool = False


@dataclass(frozen=True)
class OutagePlan:
    """How documents come in.

    Attributes:
        documents: sent by turns.
        rate: uploads a second.
        lead_seconds: uploading before the outage, and again after it.
        patience: seconds after the last upload within which everything must be done.
    """

    documents: Sequence[bytes]
    rate: float
    lead_seconds: float
    patience: float


@dataclass
class OutageOutcome:
    """What the client was told.

    Attributes:
        accepted: ids of acknowledged documents.
        refused: answers with 503, by their code.
        others: other answers, by status; 0 for none.
        states: acknowledged documents by their final state; "lost", "unfinished".
        codes: of the failed ones.
        accepts_again_after: seconds from the outage's end to the next upload that was acknowledged.
        done_after: seconds from the outage's end until all that was accepted was done.
        slowest_seconds: longest time in which an upload was answered.
    """

    accepted: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    accepts_again_after: float = 0.0
    done_after: float = 0.0
    slowest_seconds: float = 0.0

    def faults(self, outage: Outage) -> list[str]:
        """Each way in which the promise was broken, in words."""
        n_odd = self.others.total() + (0 if outage.refuses else self.refused.total())
        found = [f"{n_odd} uploads were answered as none should be"] if n_odd else []
        if not self.accepts_again_after:
            found.append("no upload was accepted again")
        bad = {name: self.states[name] for name in ("lost", "unfinished", "failed", "cancelled")}
        return found + [f"{count} documents are {name}" for name, count in bad.items() if count]


def suffer(client: Client, outage: Outage, plan: OutagePlan) -> OutageOutcome:
    """Upload before, during and after an outage, and see what became of the documents.

    Raises:
        TransientError: the service does not answer after the outage.
    """
    outcome = OutageOutcome()
    began = time.monotonic()
    moment_of_end = [math.inf]

    def act() -> None:
        try:
            time.sleep(plan.lead_seconds)
            outage.begin()
            time.sleep(outage.seconds)
            outage.end()
        finally:  # else the uploads would never end
            moment_of_end[0] = time.monotonic()

    def send(body: bytes) -> None:
        sent = time.monotonic()
        is_accepted = _upload(client, body, outcome)
        now = time.monotonic()
        outcome.slowest_seconds = max(outcome.slowest_seconds, now - sent)
        if is_accepted and sent > moment_of_end[0] and not outcome.accepts_again_after:
            outcome.accepts_again_after = now - moment_of_end[0]

    actor = threading.Thread(target=act)
    actor.start()
    sent_off: list[Future[None]] = []
    with ThreadPoolExecutor(N_SENDERS) as pool:
        for number in count():
            time.sleep(max(0.0, began + number / plan.rate - time.monotonic()))
            if time.monotonic() > moment_of_end[0] + plan.lead_seconds:
                break
            sent_off.append(pool.submit(send, plan.documents[number % len(plan.documents)]))
    for each in sent_off:
        each.result()  # raises what went wrong there
    actor.join()
    _wait(client, outcome, plan.patience)
    outcome.done_after = time.monotonic() - moment_of_end[0]
    return outcome


def _upload(client: Client, body: bytes, outcome: OutageOutcome) -> bool:
    try:
        answer = client.ask("POST", "/v1/documents?type=receipt", body)
    except TransientError:
        outcome.others[0] += 1
        return False
    is_accepted = answer.status in ACCEPTED
    if is_accepted:
        outcome.accepted.append(str(answer.json()["id"]))
    elif answer.status == UNAVAILABLE:
        outcome.refused[str(answer.json()["code"])] += 1
    else:
        outcome.others[answer.status] += 1
    return is_accepted


def _wait(client: Client, outcome: OutageOutcome, patience: float) -> None:
    """Wait until all accepted documents are done, or patience is at its end."""
    end = time.monotonic() + patience
    while True:
        known = {str(entry["id"]): entry for entry in all_documents(client)}
        found = [known.get(document_id) for document_id in outcome.accepted]
        n_open = sum(entry is not None and entry["status"] not in FINAL for entry in found)
        if n_open == 0 or time.monotonic() > end:
            break
        time.sleep(POLL_SECONDS)
    for entry in found:
        if entry is None:
            outcome.states["lost"] += 1
            continue
        status = str(entry["status"])
        outcome.states[status if status in FINAL else "unfinished"] += 1
        if isinstance(error := entry["error"], dict):
            outcome.codes[str(error["code"])] += 1
