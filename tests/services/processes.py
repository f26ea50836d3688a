"""Servers that tests start by themselves: on free ports, in folders of their own, as their users.

A server that is not installed fails the test that needs it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 240.0  # a machine that is busy otherwise needs them
STOP_SECONDS = 15.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def program(name: str, *folders: str) -> str:
    """Path of a program; the packages that bring it are among those that the set-up installs."""
    path = os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=path)
    assert found is not None, f"{name} is not installed: run .ci/run, which installs it"
    return found


def as_user(user: str, command: Sequence[str]) -> list[str]:
    """The command, run by a user that some servers insist on when the tests run as root."""
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


@contextmanager
def running(
    command: Sequence[str],
    is_ready: Callable[[], bool],
    log_path: Path,
    env: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server from the moment that it is ready; it and its children are gone afterwards."""
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **(env or {})},
            cwd=log_path.parent,
            process_group=0,
        )
    try:
        end = time.monotonic() + START_SECONDS
        while not is_ready():
            has_time = process.poll() is None and time.monotonic() < end
            assert has_time, f"{command[0]} does not start:\n{log_path.read_text()[-3000:]}"
            time.sleep(0.05)
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
