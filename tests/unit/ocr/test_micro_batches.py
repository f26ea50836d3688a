"""Batches made of several threads' work."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from ocr.micro_batches import MicroBatcher


class Doubler:
    """Doubles numbers, and keeps the sizes of the batches; refuses 13."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, ...]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.entered.set()
        self.gate.wait(10)
        self.batches.append(tuple(items))
        if 13 in items:
            raise ValueError("13")
        return [2 * item for item in items]


def three_at_most(items: Sequence[int]) -> list[int]:
    return list(range(len(items)))[:3]


def test_one_thread_alone_gets_its_answers_in_order() -> None:
    run = Doubler()
    batcher = MicroBatcher(run, three_at_most)
    assert batcher.answer([1, 2, 3, 4, 5]) == [2, 4, 6, 8, 10]
    assert run.batches == [(1, 2, 3), (4, 5)]
    assert batcher.answer([]) == []


def test_what_arrives_while_a_batch_is_under_way_goes_together() -> None:
    run = Doubler()
    batcher = MicroBatcher(run, three_at_most)
    run.gate.clear()
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(batcher.answer, [1])
        assert run.entered.wait(10)
        others = [threads.submit(batcher.answer, [number]) for number in (2, 3)]
        while len(batcher._waiting) < 2:
            pass
        run.gate.set()
        assert first.result(10) == [2]
        assert sorted(other.result(10)[0] for other in others) == [4, 6]
    assert [len(batch) for batch in run.batches] == [1, 2]


def test_a_faulty_item_fails_alone() -> None:
    run = Doubler()
    batcher = MicroBatcher(run, three_at_most)
    run.gate.clear()
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(batcher.answer, [1])
        assert run.entered.wait(10)
        bad = threads.submit(batcher.answer, [13])
        good = threads.submit(batcher.answer, [4, 5])
        while len(batcher._waiting) < 3:
            pass
        run.gate.set()
        assert first.result(10) == [2]
        assert good.result(10) == [8, 10]
        with pytest.raises(ValueError, match="13"):
            bad.result(10)


def test_many_threads_get_their_own_answers() -> None:
    run = Doubler()
    batcher = MicroBatcher(run, three_at_most)
    numbers = [number for number in range(400) if number != 13]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda n: batcher.answer([n, n + 1000]), numbers))
    assert answers == [[2 * n, 2 * (n + 1000)] for n in numbers]
    assert max(map(len, run.batches)) <= 3
