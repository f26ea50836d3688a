"""What the service leaves on the disk, and what it tells of its documents."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.service.running import Client, Json, Running
from ocr.errors import SetupError

FINAL = ("succeeded", "partial", "failed", "cancelled")
POLL_SECONDS = 0.2
LOOK_BACK = 500
"""Documents in a row that are done, behind which no unfinished one is looked for."""

UNFINISHED = (".part", ".taken")


def all_documents(client: Client) -> Iterator[Json]:
    """Every document's entry, newest first."""
    cursor = ""
    while True:
        answer = client.ask("GET", f"/v1/documents?limit=200{cursor}").json()
        found = answer["documents"]
        if isinstance(found, list):
            yield from found
        if answer["next"] is None:
            return
        cursor = f"&cursor={answer['next']}"


def wait_until_done(client: Client, seconds: float, *, at_most: int = 0) -> None:
    """Return once not more than `at_most` documents wait or are under way.

    Raises:
        SetupError: some still are after that time.
    """
    end = time.monotonic() + seconds
    while True:
        n_left = _n_unfinished(client)
        if n_left <= at_most:
            return
        if time.monotonic() > end:
            raise SetupError(f"{n_left} documents are not done after {seconds:g} s")
        time.sleep(POLL_SECONDS + 0.002 * n_left)


def _n_unfinished(client: Client) -> int:
    """How many documents are not done; documents are done in about the order that they came in."""
    n_left = n_done = 0
    for entry in all_documents(client):
        if entry["status"] in FINAL:
            n_done += 1
            if n_done > LOOK_BACK:
                break
        else:
            n_left, n_done = n_left + 1, 0
    return n_left


def stored_files(service: Running, temporary: Path) -> list[str]:
    """Blobs, half-written messages and temporary files that lie there just now.

    Blobs in another place than the state folder are not looked at.

    Args:
        service: whose state folder is looked through.
        temporary: the folder of its temporary files.
    """
    blobs = service.state_dir / "blobs"
    found = [path for path in blobs.rglob("*") if path.is_file()]
    found += [path for path in blobs.glob("??/*") if path.is_dir()]
    messages = service.state_dir / "broker"
    found += [path for path in messages.rglob("*") if path.suffix in UNFINISHED]
    found += list(temporary.iterdir())
    return sorted(map(str, found))
