"""Servers that stress commands and tests start by themselves: on free ports, in own folders."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ocr.errors import SetupError

START_SECONDS = 240.0  # a machine that is busy otherwise needs them
STOP_SECONDS = 15.0
SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")


def free_port() -> int:
    """A port of the loopback that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Whether something on the loopback takes connections there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def program(name: str, *folders: str) -> str:
    """Path of a program.

    Args:
        name: of the program.
        folders: looked at before the usual ones.

    Raises:
        SetupError: it is not installed.
    """
    usual = shutil.which(name) if not folders else None
    found = usual or shutil.which(name, path=os.pathsep.join([*folders, *SYSTEM_FOLDERS]))
    if found is None:
        raise SetupError(f"{name} is not installed: .ci/run installs it")
    return found


def as_user(user: str, command: Sequence[str]) -> list[str]:
    """The command, run by a user that some servers insist on where root would run them."""
    if os.geteuid() != 0:
        return list(command)
    return [program("runuser"), "-u", user, "--", *command]


@contextmanager
def folder_of(user: str) -> Iterator[Path]:
    """A temporary folder with a short path that belongs to a user."""
    folder = Path(tempfile.mkdtemp(prefix="docspade-test-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class ServerProcess:
    """A server's process; stopped and started again it has the same port and the same data.

    Args:
        command: that runs it.
        is_ready: whether it can be used.
        log_path: where its output goes; the folder is its own.
        variables: of its environment, before those that are there.
    """

    def __init__(
        self,
        command: Sequence[str],
        is_ready: Callable[[], bool],
        log_path: Path,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        given = [f"{name}={value}" for name, value in (variables or {}).items()]
        self._command = [program("env"), *given, *command]
        self._is_ready = is_ready
        self._log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it can be used.

        Raises:
            SetupError: it does not start.
        """
        with self._log_path.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  # our own command
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._log_path.parent,
                process_group=0,
            )
        self._process = process
        end = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if process.poll() is not None or time.monotonic() > end:
                told = self._log_path.read_text(encoding="utf-8", errors="replace")[-3000:]
                raise SetupError(f"a server does not start: {' '.join(self._command)}\n{told}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it and its children, if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        # Where another user's name was needed, the server itself is a grandchild: it may outlive
        # its parent for a moment, and would be in the way of the next start.
        end = time.monotonic() + STOP_SECONDS
        with suppress(ProcessLookupError):
            while time.monotonic() < end:
                os.killpg(process.pid, signal.SIGKILL)
                time.sleep(0.05)


@contextmanager
def running_server(
    command: Sequence[str],
    is_ready: Callable[[], bool],
    log_path: Path,
    variables: Mapping[str, str] | None = None,
) -> Iterator[ServerProcess]:
    """A server from the moment that it is ready; it and its children are gone afterwards."""
    server = ServerProcess(command, is_ready, log_path, variables)
    try:
        server.start()
        yield server
    finally:
        server.stop()
