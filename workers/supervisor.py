"""Keeps one worker process alive beside the server."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

WORKER_COMMAND = (sys.executable, "-m", "workers")
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
HEALTHY_SECONDS = 60.0  # a worker that lived so long did not die of its start
RECYCLED_EXIT_CODE = 72  # of a worker that grew too large and wants another in its place
SIGN_OF_WORK = b"."


class Supervisor:
    """Starts a worker, starts another when it dies, stops it gracefully.

    The worker's standard input is a socket. Its first line is the worker's order
    (`workers.process.WorkerOrder`, JSON); then it stays open: when it closes, the server is gone
    and the worker ends itself. The worker writes a sign to it once it has done a document, for only
    workers that die before that are given longer and longer pauses.

    Args:
        make_order: from a new worker's name, the line to send.
        on_death: called with the name of a worker that died by itself.
        on_stop: called with the name of the worker that was stopped; None: as of one that died.
        grace_seconds: how long a worker may take to finish its job when asked to stop.
        command: how to start a worker.
    """

    def __init__(
        self,
        make_order: Callable[[str], str],
        on_death: Callable[[str], None],
        *,
        on_stop: Callable[[str], None] | None = None,
        grace_seconds: float = 30.0,
        command: Sequence[str] = WORKER_COMMAND,
    ) -> None:
        self._make_order = make_order
        self._on_death = on_death
        self._on_stop = on_stop or on_death
        self._grace_seconds = grace_seconds
        self._command = tuple(command)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the first worker and begin to watch it."""
        self._thread.start()

    def stop(self) -> None:
        """Let the worker finish its job within the grace time, then end it."""
        self._stopping.set()
        with self._lock:
            process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(self._grace_seconds)
            except subprocess.TimeoutExpired:
                logger.warning("the worker did not stop within %g s", self._grace_seconds)
                process.kill()
        self._thread.join()

    def _run(self) -> None:
        n_deaths = 0
        while not self._stopping.is_set():
            name = f"embedded-{uuid.uuid4().hex}"
            born = time.monotonic()
            exit_code, has_worked = self._run_worker(name)
            if self._stopping.is_set():
                self._on_stop(name)  # a job cut short goes back to its lane at once
                return
            is_healthy = has_worked or time.monotonic() - born > HEALTHY_SECONDS
            n_deaths = 0 if is_healthy else n_deaths + 1
            pause_seconds = min(FIRST_PAUSE_SECONDS * 2**n_deaths, LONGEST_PAUSE_SECONDS)
            if exit_code == RECYCLED_EXIT_CODE:
                pause_seconds = 0.0
            logger.warning(
                "the worker ended (exit code %s), another starts in %.1f s",
                exit_code,
                pause_seconds,
            )
            self._on_death(name)
            self._stopping.wait(pause_seconds)

    def _run_worker(self, name: str) -> tuple[int | None, bool]:
        """Start a worker and wait for its end: its exit code, and whether it did a document."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                if self._stopping.is_set():
                    return None, False
                # A session of its own: Ctrl-C in the terminal is for the server to answer.
                process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                    self._command, stdin=theirs.fileno(), start_new_session=True
                )
                self._process = process
            try:
                ours.sendall(self._make_order(name).encode() + b"\n")
            except OSError:
                logger.warning("the worker died before it took its order")
            exit_code = process.wait()
            try:
                ours.settimeout(0.0)
                return exit_code, ours.recv(1) == SIGN_OF_WORK
            except OSError:  # it left the order unread, or another process holds the other end
                return exit_code, False
