"""A `docspade serve` in a process of its own, as operators start it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from ocr.errors import SetupError, TransientError

START_SECONDS = 240.0
STOP_SECONDS = 60.0
LOG = "serve.log"
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
_LISTENS = re.compile(r"docspade listens on (http\S+)")
Json = dict[str, object]
ACCEPTED = (202, 200)
"""HTTP statuses of an upload: to be done, or done already by the time of the answer."""


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: of HTTP.
        tag: the `ETag`, "" without one.
        body: bytes.
        seconds: from sending to the last byte.
    """

    status: int
    tag: str
    body: bytes
    seconds: float

    def json(self) -> Json:
        """The body as a JSON object."""
        found: Json = json.loads(self.body)
        return found


class Client:
    """Speaks HTTP to the service, over one kept connection a thread."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port
        self._threads = threading.local()
        self._opened: list[HTTPConnection] = []

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send a request; over a new connection once more if the kept one was closed.

        Raises:
            TransientError: the service cannot be reached.
        """
        for is_last in (False, True):
            connection: HTTPConnection | None = getattr(self._threads, "connection", None)
            if connection is None:
                connection = HTTPConnection(self._host, self._port, timeout=60)
                self._threads.connection = connection
                self._opened.append(connection)
            started = time.perf_counter()
            try:
                connection.request(method, path, body)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, HTTPException) as error:
                self._threads.connection = None
                connection.close()
                if is_last:
                    raise TransientError(f"the service does not answer: {error}") from error
                continue
            seconds = time.perf_counter() - started
            return Answer(answer.status, answer.getheader("ETag", ""), content, seconds)
        raise AssertionError

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._opened:
            connection.close()


@dataclass
class Running:
    """The service's process, its address and its state folder."""

    process: subprocess.Popen[str]
    client: Client
    address: str
    state_dir: Path

    def memory_mib(self) -> tuple[float, float]:
        """What of the server and of its worker is in memory (RSS); 0 where there is none."""
        worker = sum(resident_mib(pid) for pid in self.worker_pids())
        return resident_mib(self.process.pid), worker

    def log(self) -> str:
        """What server and worker wrote to standard error so far."""
        return (self.state_dir / LOG).read_text(encoding="utf-8", errors="replace")

    def has_embedded_broker(self) -> bool:
        """Whether its messages are files in its state folder."""
        return (self.state_dir / "broker").is_dir()

    def worker_pids(self) -> list[int]:
        """Process ids of the worker that the server watches; none while it is being replaced."""
        found: list[int] = []
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                found += map(int, (task / "children").read_text().split())
            except FileNotFoundError:  # the thread has just ended
                continue
        return found

    def kill_worker(self) -> bool:
        """Kill a worker on the spot; False when there is none just now."""
        for pid in self.worker_pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            return True
        return False

    def wait_until_ready(self) -> None:
        """Return once a worker is there.

        Raises:
            SetupError: none came in time.
        """
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.client.ask("GET", "/readyz").status == 200:  # HTTP's OK
                return
            time.sleep(0.05)
        raise SetupError(f"no worker was ready within {START_SECONDS:g} s")


def resident_mib(pid: int) -> float:
    """Memory that a process holds (VmRSS); 0 for one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = _RESIDENT.search(status)
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def running(state_dir: Path, variables: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start the service on a free port with the settings of the environment; stop it at the end.

    Args:
        state_dir: of the service; its log lies there too.
        variables: of the environment, before those that are there.

    Raises:
        SetupError: it did not start.
    """
    process = docspade(["serve", "--port", "0"], state_dir, variables or {}, log_name=LOG)
    client: Client | None = None
    try:
        address = _address(process, state_dir / LOG)
        client = Client(address)
        yield Running(process, client, address, state_dir)
    finally:
        if client is not None:
            client.close()
        stop(process)


def docspade(
    words: Sequence[str], state_dir: Path, variables: Mapping[str, str], *, log_name: str
) -> subprocess.Popen[str]:
    """Start a command of docspade.

    Args:
        words: of the command line.
        state_dir: of the command; its output goes there too.
        variables: of the environment, before those that are there.
        log_name: of the file for its output, which is added to.
    """
    settings = {"DOCSPADE_LOG_FORMAT": "text", **variables}  # tracebacks are looked for
    given = [f"{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "api", *words, "--state-dir", str(state_dir)]
    with (state_dir / log_name).open("a", encoding="utf-8") as log:
        return subprocess.Popen(  # noqa: S603  # our own command
            # `env` becomes the command: the process is the same.
            ["/usr/bin/env", *given, *command],
            stdout=log,
            stderr=log,
            text=True,
        )


def stop(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, and make it end if it does not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def started(variables: Mapping[str, str] | None = None) -> Iterator[Running]:
    """A service in a temporary state folder, from the moment that its worker is there.

    Args:
        variables: of the environment, before those that are there.

    Raises:
        SetupError: it did not start.
    """
    with (
        tempfile.TemporaryDirectory(prefix="docspade-stress-") as folder,
        running(Path(folder), variables) as service,
    ):
        service.wait_until_ready()
        yield service


def _address(process: subprocess.Popen[str], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        text = log.read_text(encoding="utf-8")
        if found := _LISTENS.search(text):
            return found[1]
        if process.poll() is not None:
            raise SetupError(f"the service did not start: {text.strip()[-500:]}")
        time.sleep(0.05)
    raise SetupError(f"the service did not start within {START_SECONDS:g} s")
