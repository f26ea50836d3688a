"""Keeps tests marked `alone` apart from all others while several processes run tests.

What such a test measures would say how busy the others keep the machine. In one process tests come
one after the other anyway: only those of pytest-xdist take turns here.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from pathlib import Path

import pytest

GATE, ROOM = Path(__file__), Path(__file__).parent
"""What the processes lock. Who waits to have the room for itself holds the gate, so that nobody
who comes later enters before."""


class Turns:
    """A process's own hold on the room, and on the gate."""

    def __init__(self) -> None:
        self._gate = os.open(GATE, os.O_RDONLY)
        self._room = os.open(ROOM, os.O_RDONLY)
        self._is_inside = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        if not self._is_inside:
            self._enter(alone=is_alone(item))
        try:
            return (yield)
        finally:
            # From one measuring test to the next the room is kept: each wait costs time.
            if not (is_alone(item) and nextitem is not None and is_alone(nextitem)):
                self._leave()

    def _enter(self, *, alone: bool) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        fcntl.flock(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(self._gate, fcntl.LOCK_UN)
        self._is_inside = True

    def _leave(self) -> None:
        fcntl.flock(self._room, fcntl.LOCK_UN)
        self._is_inside = False


def is_alone(item: pytest.Item) -> bool:
    """Whether the test may run only while no other does."""
    return item.get_closest_marker("alone") is not None


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # pytest-xdist's, in each of its processes
        config.pluginmanager.register(Turns(), "turns")
