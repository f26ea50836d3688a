"""Work of several threads, done together by whichever of them comes first.

Nobody waits for company: what arrives while a batch is under way makes up the next ones. So a
thread alone loses no time, and threads that crowd share the device's calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

Choose = Callable[[Sequence[Item]], Sequence[int]]
"""Which of the waiting items go into the next batch, by place: never none, not without bound."""


@dataclass(eq=False)
class _Waiting(Generic[Item, Answer]):
    """An item, and what became of it."""

    item: Item
    answer: Answer | None = None
    error: Exception | None = None
    is_done: bool = False


class MicroBatcher(Generic[Item, Answer]):
    """Calls a function for items of all threads, in batches.

    Args:
        run: answers a batch, one answer an item in the same order; called by one thread at a time.
        choose: the items of the next batch, out of those that wait, the longest waiting first.
    """

    def __init__(
        self, run: Callable[[Sequence[Item]], Sequence[Answer]], choose: Choose[Item]
    ) -> None:
        self._run = run
        self._choose = choose
        self._waiting: list[_Waiting[Item, Answer]] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()

    def answer(self, items: Sequence[Item]) -> list[Answer]:
        """The answers to some items, which may share batches with those of other threads.

        Raises:
            Exception: what `run` raised for one of the items alone; items of other threads, even
                of the same batch, are none the worse for it.
        """
        mine = [_Waiting[Item, Answer](item) for item in items]
        with self._list:
            self._waiting += mine
        while not all(each.is_done for each in mine):
            with self._turn:
                if not all(each.is_done for each in mine):  # by the thread whose turn it was
                    self._answer_batch(self._next_batch())
        return [_answered(each) for each in mine]

    def _next_batch(self) -> list[_Waiting[Item, Answer]]:
        with self._list:
            places = set(self._choose([each.item for each in self._waiting]))
            batch = [self._waiting[i] for i in sorted(places)]
            self._waiting = [w for i, w in enumerate(self._waiting) if i not in places]
        return batch

    def _answer_batch(self, batch: Sequence[_Waiting[Item, Answer]]) -> None:
        try:
            answers = self._run([each.item for each in batch])
            for each, answer in zip(batch, answers, strict=True):
                each.answer = answer
        except Exception as error:  # noqa: BLE001  # raised anew in the thread whose item it is
            # One item is at fault: alone, each meets its own fate.
            if len(batch) > 1:
                for each in batch:
                    self._answer_batch([each])
            else:
                batch[0].error = error
        finally:
            for each in batch:
                each.is_done = True


def _answered(each: _Waiting[Item, Answer]) -> Answer:
    if each.error is not None:
        raise each.error
    return each.answer  # type: ignore[return-value]  # Answer may be None itself
