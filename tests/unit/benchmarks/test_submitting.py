from __future__ import annotations

from collections import Counter

from benchmarks.service.submitting import SubmitOutcome


def faults(p99_ms: float, **refused: int) -> list[str]:
    counts = Counter({int(name.removeprefix("http_")): count for name, count in refused.items()})
    outcome = SubmitOutcome(100, 1.0, p99_ms, 2 * p99_ms, counts)
    return outcome.faults(at_most_ms=100, max_waiting=90)


def test_nothing_is_wrong_where_all_are_acknowledged_soon() -> None:
    assert faults(100) == []


def test_late_answers_and_refusals_below_the_limit_are_faults() -> None:
    assert faults(100.5) == ["the p99 is 100.5 ms, of at most 100"]
    assert faults(1, http_503=11) == ["11 uploads were refused below 90 that may wait"]


def test_beyond_the_limit_503_is_right_and_nothing_else() -> None:
    assert faults(1, http_503=10) == []
    assert faults(1, http_503=5, http_0=2) == ["2 uploads were refused below 90 that may wait"]
