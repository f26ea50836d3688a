"""Listeners that follow documents or batches: one look at the database serves all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool

from ocr.errors import TransientError

POLL_SECONDS: Final = 0.2
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_PAUSE_SECONDS: Final = 2.0
PAUSE_BY_LOOK: Final = 10
"""A pause is so many times as long as the look before it, within bounds: of batches all documents
are counted, and there may be many."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Looked(Protocol[T_co]):
    """Where is looked how far something is."""

    def look(self, ids: Sequence[str], /) -> Mapping[str, T_co]:
        """Those of the ids that are there, as they stand.

        Raises:
            TransientError: the database is busy.
        """


@dataclass(frozen=True, slots=True)
class Followed(Generic[T]):
    """A kind of thing that can be followed.

    Attributes:
        table: is asked for all that anybody follows, in one look a round.
        mark: of how far it is: listeners are told when it becomes another.
        is_final: whether nothing more will happen to it by itself.
    """

    table: Looked[T]
    mark: Callable[[T], str]
    is_final: Callable[[T], bool]


@dataclass(eq=False, slots=True)
class _Listener(Generic[T]):
    """Wakes up when what it follows has changed; `state` is None once that is deleted."""

    state: T | None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class ProgressWatch(Generic[T]):
    """Tells listeners of each change of what they follow. Belongs to one event loop.

    Args:
        followed: its kind.
    """

    def __init__(self, followed: Followed[T]) -> None:
        self._followed = followed
        self._listeners: dict[str, set[_Listener[T]]] = {}
        self._poll: asyncio.Task[None] | None = None

    @property
    def n_listeners(self) -> int:
        """How many follow something."""
        return sum(len(listeners) for listeners in self._listeners.values())

    async def follow(self, followed_id: str, state: T, seconds: float) -> AsyncIterator[T | None]:
        """How far it is, then each change, the last one final; None is a heartbeat.

        Ends early when it is deleted or the time is over.
        """
        listener = _Listener(state)
        self._listeners.setdefault(followed_id, set()).add(listener)
        try:
            yield state
            told: T | None = state
            end = asyncio.get_running_loop().time() + seconds
            while told is not None and not self._followed.is_final(told):
                if asyncio.get_running_loop().time() > end:
                    return
                if not await self._has_changed(listener):
                    yield None
                    continue
                # What was told last decides when to end, not what came in during a heartbeat.
                told = listener.state
                if told is not None:
                    yield told
        finally:
            self._forget(followed_id, listener)

    async def _has_changed(self, listener: _Listener[T]) -> bool:
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

    def _forget(self, followed_id: str, listener: _Listener[T]) -> None:
        listeners = self._listeners[followed_id]
        listeners.discard(listener)
        if not listeners:
            del self._listeners[followed_id]

    async def _watch(self) -> None:
        clock, pause_seconds = asyncio.get_running_loop().time, POLL_SECONDS
        while self._listeners:
            await asyncio.sleep(pause_seconds)
            asked, start = list(self._listeners), clock()
            try:
                found = await run_in_threadpool(self._followed.table.look, asked)
            except TransientError:
                continue  # the next round makes up for it
            wanted_seconds = PAUSE_BY_LOOK * (clock() - start)
            pause_seconds = min(max(POLL_SECONDS, wanted_seconds), LONGEST_PAUSE_SECONDS)
            for followed_id in asked:
                self._tell(followed_id, found.get(followed_id))

    def _tell(self, followed_id: str, state: T | None) -> None:
        for listener in self._listeners.get(followed_id, ()):
            if self._mark(listener.state) != self._mark(state):
                listener.state = state
                listener.changed.set()

    def _mark(self, state: T | None) -> str | None:
        return None if state is None else self._followed.mark(state)
