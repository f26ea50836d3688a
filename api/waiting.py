"""Requests that wait for their documents: one look at the job table serves all of them."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from ocr.errors import TransientError
from workers.job_table import JobTable

POLL_SECONDS = 0.02


class FinishWatch:
    """Wakes requests up as soon as their jobs are done. Belongs to one event loop."""

    def __init__(self, jobs: JobTable) -> None:
        self._jobs = jobs
        self._waiting: dict[str, asyncio.Event] = {}
        self._poll: asyncio.Task[None] | None = None

    async def wait(self, job_id: str, seconds: float) -> None:
        """Return when the job is done or gone, or when the time is over."""
        event = self._waiting.setdefault(job_id, asyncio.Event())
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            self._waiting.pop(job_id, None)

    async def _watch(self) -> None:
        while self._waiting:
            await asyncio.sleep(POLL_SECONDS)
            asked = list(self._waiting)
            try:
                unfinished = await run_in_threadpool(self._jobs.unfinished, asked)
            except TransientError:
                unfinished = set()  # every request looks for itself, and reports what it meets
            for job_id in asked:
                if job_id not in unfinished and job_id in self._waiting:
                    self._waiting.pop(job_id).set()
