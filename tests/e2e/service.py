"""A real `docspade serve` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx

from workers.states import JobState

REPOSITORY = Path(__file__).parents[2]
START_SECONDS = 240  # a machine that is busy otherwise needs them
T = TypeVar("T")
Json = dict[str, object]


def wait_for(probe: Callable[[], T | None], *, seconds: float = 60.0) -> T:
    """What the probe gives as soon as it gives anything true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"nothing happened within {seconds} s")


def is_alive(pid: int) -> bool:
    """Whether a process runs; a dead one that nobody has waited for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@dataclass
class Service:
    """The command, its address and its state folder."""

    process: subprocess.Popen[str]
    http: httpx.Client
    state_dir: Path
    log: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def worker_pid(self) -> int | None:
        """Process id of the supervised worker."""
        pid = self.process.pid
        found = []
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
        return found[0] if found else None

    def wait_until_ready(self) -> None:
        def probe() -> bool:
            ended = [line for line in self.log if "the worker ended" in line]
            assert not ended, "".join(self.log)
            return self.http.get("/readyz").is_success

        wait_for(probe, seconds=START_SECONDS)

    def upload(self, content: bytes, name: str = "a.jpg", **query: str | float) -> httpx.Response:
        return self.http.post("/v1/documents", params=query, files={"file": (name, content)})

    def status(self, document_id: str) -> Json:
        body: Json = self.http.get(f"/v1/documents/{document_id}").raise_for_status().json()
        return body

    def finished(self, document_id: str, *, seconds: float = 90.0) -> Json:
        def probe() -> Json | None:
            body = self.status(document_id)
            return body if JobState(str(body["status"])).is_final else None

        return wait_for(probe, seconds=seconds)

    def leftovers(self) -> list[str]:
        """Files of unfinished uploads and of documents that are not in the list."""
        known = {
            entry["id"] for entry in self.http.get("/v1/documents?limit=200").json()["documents"]
        }
        blobs = [path for path in (self.state_dir / "blobs").rglob("*") if path.is_file()]
        return [str(path) for path in blobs if path.parent.name not in known]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def serving(state_dir: Path, **settings: str) -> Iterator[Service]:
    """Run the command on a free port; ends it, whatever happened to it, at the end."""
    variables = {f"DOCSPADE_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", "0", "--state-dir", str(state_dir)],
        cwd=REPOSITORY,
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )
    stderr = process.stderr
    assert stderr is not None
    log: list[str] = []
    reader = threading.Thread(target=lambda: log.extend(iter(stderr.readline, "")))
    reader.start()
    try:
        marker = "docspade listens on "
        line = wait_for(
            lambda: next((line for line in log if marker in line), None), seconds=START_SECONDS
        )
        address = line.partition(marker)[2].partition('"')[0].strip()
        with httpx.Client(base_url=address, timeout=120) as client:
            yield Service(process, client, state_dir, log)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        reader.join()
        stderr.close()
