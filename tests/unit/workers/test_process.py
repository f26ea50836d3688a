"""A worker ends with its server, however that went."""

from __future__ import annotations

import signal
import socket
import threading

import pytest

from workers import process
from workers.supervisor import SIGN_OF_WORK


@pytest.mark.parametrize("has_heard_all", [True, False])
def test_a_worker_ends_once_its_server_is_gone(
    monkeypatch: pytest.MonkeyPatch, *, has_heard_all: bool
) -> None:
    worker_end, server_end = socket.socketpair()
    ended = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        monkeypatch.setattr(process, "STDIN", worker_end.fileno())
        leash = threading.Thread(target=process._end_with_stdin)  # what is tried
        if not has_heard_all:
            worker_end.send(SIGN_OF_WORK)
        server_end.close()
        leash.start()
        leash.join(10)
        assert ended.wait(10)
    finally:
        signal.signal(signal.SIGTERM, before)
        worker_end.close()
