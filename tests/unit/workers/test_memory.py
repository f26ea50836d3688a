"""When a worker is too large."""

from __future__ import annotations

from workers.memory import MemoryWatch, resident_bytes


def test_this_process_takes_some_memory() -> None:
    before = resident_bytes()
    kept = bytearray(b"x" * (64 << 20))
    grown = resident_bytes() - before
    assert 1 << 20 < before < 1 << 34
    assert len(kept) * 0.8 < grown < len(kept) * 1.5


def test_a_worker_that_is_too_large_from_the_start_still_does_documents() -> None:
    watch = MemoryWatch(1, min_documents=3)
    assert [watch.is_too_large() for _ in range(5)] == [False, False, False, True, True]


def test_without_a_bound_nothing_is_too_large() -> None:
    watch = MemoryWatch(None, min_documents=0)
    assert not watch.is_too_large()


def test_a_small_worker_is_not_too_large() -> None:
    watch = MemoryWatch(1 << 40, min_documents=0)
    assert not watch.is_too_large()
