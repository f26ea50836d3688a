"""`docspade stress hostile`: bad uploads by the thousand, and good ones between."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.service.hostile_requests import GOOD, HostileRequest, hostile_request
from benchmarks.service.leftovers import all_documents, stored_files, wait_until_done
from benchmarks.service.running import ACCEPTED, Running
from benchmarks.service.wire import WireAnswer, send_raw
from ocr.errors import SetupError

N_SENDERS = 8
WARM_UP_SHARE = 0.2
WATCH_SECONDS = 0.1
SETTLE_SECONDS = 3.0
SLICE = 100
"""Uploads after which the senders wait until not more than `MAX_WAITING` documents wait."""

MAX_WAITING = 100
PATIENCE_SECONDS = 3600.0
LIMITS = ("queue_full", "storage_full")
"""Codes with which 503 says that the service is full, as its documentation tells."""

_ERROR = re.compile(r"^Traceback .*\n(?:(?:[ +|].*)?\n)*(.*)$", re.MULTILINE)
"""A traceback in a log, and its last line, which says what it was."""

SETTINGS = {
    "DOCSPADE_LIMITS__MAX_FILE_BYTES": str(4 * 1024 * 1024),
    "DOCSPADE_LIMITS__MAX_PAGE_PIXELS": str(4 * 1000 * 1000),
    "DOCSPADE_LIMITS__MAX_PAGES": "20",
    "DOCSPADE_LIMITS__MAX_RENDER_SIDE_PX": "1000",
    "DOCSPADE_UPLOAD_IDLE_SECONDS": "1",
    "DOCSPADE_JOB_DEADLINE_SECONDS": "120",
}
"""Narrow limits, so that they are met often."""


@dataclass
class HostileOutcome:
    """What became of the uploads and of the service.

    Attributes:
        answers: uploads by HTTP status; 0 for none.
        n_accepted: uploads that were answered with a document's id.
        states: documents by their final state.
        codes: of the failed ones.
        faults: each way in which the promise was broken, in words.
        n_deaths: workers that died.
        memory_mib: of server and worker, after the warm-up and at the end.
        seconds: from the first upload to the last result.
    """

    answers: Counter[int] = field(default_factory=Counter)
    n_accepted: int = 0
    states: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    n_deaths: int = 0
    memory_mib: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
    seconds: float = 0.0

    def growth(self) -> tuple[float, float]:
        """By how much server and worker grew after the warm-up, in per cent."""
        before, after = self.memory_mib
        server, worker = (
            100 * (b / a - 1) if a else 0.0 for a, b in zip(before, after, strict=True)
        )
        return server, worker


@dataclass(frozen=True)
class HostilePlan:
    """What is sent.

    Attributes:
        n_uploads: how many, good ones included.
        seed: of the uploads.
        seconds: after which no more are sent, however many are left.
    """

    n_uploads: int
    seed: int
    seconds: float


def abuse(service: Running, temporary: Path, plan: HostilePlan) -> HostileOutcome:
    """Send the uploads, wait for what was accepted, delete everything, and look what is left.

    Args:
        service: ready.
        temporary: the folder of its temporary files.
        plan: what is sent.

    Raises:
        SetupError: the service does not finish what it accepted.
        TransientError: it does not answer any more.
    """
    outcome = HostileOutcome()
    started = time.monotonic()
    accepted: dict[str, int] = {}
    lay_there = set(stored_files(service, temporary))  # libraries have files of their own
    with _watch_workers(service, outcome):
        n_first = int(plan.n_uploads * WARM_UP_SHARE)
        before: tuple[float, float] | None = None
        for first in range(0, plan.n_uploads, SLICE):
            if before is None and first >= n_first:
                before = _settled_memory(service)
            if time.monotonic() - started > plan.seconds:
                break
            numbers = range(first, min(first + SLICE, plan.n_uploads))
            _send_all(service, plan.seed, numbers, outcome, accepted)
            wait_until_done(service.client, PATIENCE_SECONDS, at_most=MAX_WAITING)
        after = _settled_memory(service)
        outcome.memory_mib = (before or after, after)
        outcome.n_accepted = len(accepted)
        outcome.seconds = time.monotonic() - started
        _check_documents(service, outcome, accepted)
        _delete_all(service, outcome)
    _check_processes(service, outcome)
    left = set(stored_files(service, temporary)) - lay_there
    outcome.faults += [f"left behind: {path}" for path in sorted(left)]
    return outcome


def _send_all(
    service: Running, seed: int, numbers: range, outcome: HostileOutcome, accepted: dict[str, int]
) -> None:
    parts = urlsplit(service.address)
    place = (parts.hostname or "", parts.port or 0)

    def send(number: int) -> tuple[int, HostileRequest, WireAnswer]:
        wanted = hostile_request(seed, number, parts.netloc)
        answer = send_raw(
            place, wanted.chunks, hangs_up=wanted.hangs_up, ends_after=wanted.ends_after
        )
        return number, wanted, answer

    with ThreadPoolExecutor(N_SENDERS) as pool:
        for number, wanted, answer in pool.map(send, numbers):
            outcome.answers[answer.status] += 1
            code = answer.text("code")
            is_full = answer.status == 503 and code in LIMITS  # HTTP's Service Unavailable
            if answer.status >= 500 and not is_full:
                outcome.faults.append(f"upload {number} ({wanted.kind}): {answer.status} {code}")
            is_accepted = answer.status in ACCEPTED
            if wanted.kind == GOOD and not (is_accepted or is_full):
                outcome.faults.append(f"upload {number} is good and got {answer.status} {code}")
            if is_accepted and (document_id := answer.text("id")):
                accepted[document_id] = number


def _settled_memory(service: Running) -> tuple[float, float]:
    wait_until_done(service.client, PATIENCE_SECONDS)
    time.sleep(SETTLE_SECONDS)
    return service.memory_mib()


def _check_documents(service: Running, outcome: HostileOutcome, accepted: dict[str, int]) -> None:
    """Is every accepted document known and done, and does none show a bug of ours?"""
    missing = dict(accepted)
    for entry in all_documents(service.client):
        number = missing.pop(str(entry["id"]), None)
        outcome.states[str(entry["status"])] += 1
        if isinstance(error := entry["error"], dict):
            outcome.codes[str(error["code"])] += 1
            if error["code"] in {"defect", "worker_lost", "transient_error", "storage_full"}:
                outcome.faults.append(f"the document of upload {number} failed: {error['code']}")
        else:
            status = service.client.ask("GET", f"/v1/documents/{entry['id']}/result").status
            if status != 200:  # HTTP's OK
                outcome.faults.append(f"the result of upload {number} is answered {status}")
    outcome.faults += [f"the document of upload {number} is lost" for number in missing.values()]


def _delete_all(service: Running, outcome: HostileOutcome) -> None:
    for entry in list(all_documents(service.client)):
        status = service.client.ask("DELETE", f"/v1/documents/{entry['id']}").status
        if status != 204:  # HTTP's No Content
            outcome.faults.append(f"deleting a document is answered {status}")


def _check_processes(service: Running, outcome: HostileOutcome) -> None:
    by_design = outcome.codes["deadline_exceeded"]
    if outcome.n_deaths > by_design:
        outcome.faults.append(f"{outcome.n_deaths} workers died, {by_design} by their deadline")
    outcome.faults += [f"the log tells of {error}" for error in _ERROR.findall(service.log())]


@contextmanager
def _watch_workers(service: Running, outcome: HostileOutcome) -> Iterator[None]:
    """Count the workers that are replaced while the block runs."""
    seen = set(service.worker_pids())
    if not seen:
        raise SetupError("there is no worker to watch")
    n_first, is_over = len(seen), threading.Event()

    def watch() -> None:
        while not is_over.wait(WATCH_SECONDS):
            seen.update(service.worker_pids())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()
        outcome.n_deaths = len(seen) - n_first
