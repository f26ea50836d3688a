"""Listeners that follow documents: one look at the job table serves all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool

from ocr.errors import TransientError
from workers.job_progress import ProgressTable
from workers.jobs import Job

POLL_SECONDS: Final = 0.2
HEARTBEAT_SECONDS: Final = 15.0


@dataclass(eq=False, slots=True)
class _Listener:
    """Wakes up when its job has changed; `job` is as it stands, None once it is deleted."""

    job: Job | None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class ProgressWatch:
    """Tells listeners of each change of their jobs. Belongs to one event loop.

    Args:
        table: is asked for all jobs that anybody follows, in one query a round.
    """

    def __init__(self, table: ProgressTable) -> None:
        self._table = table
        self._listeners: dict[str, set[_Listener]] = {}
        self._poll: asyncio.Task[None] | None = None

    @property
    def n_listeners(self) -> int:
        """How many follow a document."""
        return sum(len(listeners) for listeners in self._listeners.values())

    async def follow(self, job: Job, seconds: float) -> AsyncIterator[Job | None]:
        """The job as it stands, then each change, the last one final; None is a heartbeat.

        Ends early when the job is deleted or the time is over.
        """
        listener = _Listener(job)
        self._listeners.setdefault(job.job_id, set()).add(listener)
        try:
            yield job
            told: Job | None = job
            end = asyncio.get_running_loop().time() + seconds
            while told is not None and not told.state.is_final:
                if asyncio.get_running_loop().time() > end:
                    return
                if not await self._has_changed(listener):
                    yield None
                    continue
                # What was told last decides when to end, not what came in during a heartbeat.
                told = listener.job
                if told is not None:
                    yield told
        finally:
            self._forget(job.job_id, listener)

    async def _has_changed(self, listener: _Listener) -> bool:
        """Wait for a change; False when it is time for a heartbeat."""
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await listener.changed.wait()
        except TimeoutError:
            return False
        listener.changed.clear()
        return True

    def _forget(self, job_id: str, listener: _Listener) -> None:
        listeners = self._listeners[job_id]
        listeners.discard(listener)
        if not listeners:
            del self._listeners[job_id]

    async def _watch(self) -> None:
        while self._listeners:
            await asyncio.sleep(POLL_SECONDS)
            asked = list(self._listeners)
            try:
                found = await run_in_threadpool(self._table.look, asked)
            except TransientError:
                continue  # the next round makes up for it
            for job_id in asked:
                self._tell(job_id, found.get(job_id))

    def _tell(self, job_id: str, job: Job | None) -> None:
        for listener in self._listeners.get(job_id, ()):
            if _shown(listener.job) != _shown(job):
                listener.job = job
                listener.changed.set()


def _shown(job: Job | None) -> tuple[str, int, int] | None:
    return None if job is None else (job.state, job.attempt, job.n_pages_done)
