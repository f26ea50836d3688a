"""Requests that wait for what is to be finished: one look at the database serves all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from ocr.errors import TransientError

POLL_SECONDS = 0.02


class FinishWatch:
    """Wakes requests up as soon as what they wait for is done. Belongs to one event loop.

    Args:
        unfinished: those of some ids that are there and not done.
        poll_seconds: between two looks.
    """

    def __init__(
        self,
        unfinished: Callable[[list[str]], set[str]],
        *,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._unfinished = unfinished
        self._poll_seconds = poll_seconds
        self._waiting: dict[str, asyncio.Event] = {}
        self._poll: asyncio.Task[None] | None = None

    async def wait(self, awaited_id: str, seconds: float) -> None:
        """Return when it is done or gone, or when the time is over."""
        event = self._waiting.setdefault(awaited_id, asyncio.Event())
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            self._waiting.pop(awaited_id, None)

    async def _watch(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._poll_seconds)
            asked = list(self._waiting)
            try:
                unfinished = await run_in_threadpool(self._unfinished, asked)
            except TransientError:
                unfinished = set()  # every request looks for itself, and reports what it meets
            for awaited_id in asked:
                if awaited_id not in unfinished and awaited_id in self._waiting:
                    self._waiting.pop(awaited_id).set()
