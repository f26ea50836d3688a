"""Which jobs of one worker run beside each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from workers.jobs import Job

LOOK_SECONDS: Final = 0.5
"""Between two looks of a thread that waits whether the worker is to end."""


class Solitude:
    """Lets a job that may have killed a worker run alone in this one.

    The worker's threads claim one after the other. Once such a job is claimed, no other is until it
    is done; and it starts when those that were claimed before it are.

    Args:
        stopping: set when nothing more is to be claimed.
    """

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._changed = threading.Condition()
        self._n_jobs = 0
        self._is_taken = False

    def enter(self, claim: Callable[[], Job | None], end: float) -> Job | None:
        """Claim a job, once no other is or wants to be alone.

        Args:
            claim: takes a job, None where none waits.
            end: when to wait no longer, by `time.monotonic`.

        Returns:
            The job, which must leave; None also where the time or the worker is over.
        """
        with self._changed:
            self._wait(lambda: not self._is_taken or time.monotonic() >= end)
            if self._is_taken or self._stopping.is_set():
                return None
            job = claim()
            if job is not None:
                self._n_jobs += 1
                self._is_taken = job.needs_solitude
            return job

    def wait_alone(self, is_in_vain: Callable[[], bool]) -> bool:
        """Wait until the caller's job is the only one; False when it need not be run any more."""
        with self._changed:
            self._wait(lambda: self._n_jobs == 1 or is_in_vain())
            return self._n_jobs == 1 and not self._stopping.is_set()

    def leave(self, job: Job) -> None:
        """Say that a job is done, whatever became of it."""
        with self._changed:
            self._n_jobs -= 1
            if job.needs_solitude:
                self._is_taken = False
            self._changed.notify_all()

    def close(self) -> None:
        """Let nobody in any more; once this returns nobody is just claiming either."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def _wait(self, is_over: Callable[[], bool]) -> None:
        while not is_over() and not self._stopping.is_set():
            self._changed.wait(LOOK_SECONDS)
