"""A key may knock as often a minute as it says, each key by itself."""

from __future__ import annotations

import pytest

from api import rate_limit
from api.rate_limit import RateLimiter


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_at_its_rate() -> None:
    clock = Clock()
    limiter = RateLimiter(6, clock=clock)
    assert [limiter.wait_seconds("a") for _ in range(6)] == [0.0] * 6
    assert limiter.wait_seconds("a") == pytest.approx(10.0)
    clock.now = 9.0
    assert limiter.wait_seconds("a") == pytest.approx(1.0)  # knocking in vain costs nothing
    clock.now = 10.0
    assert limiter.wait_seconds("a") == 0.0
    assert limiter.wait_seconds("a") == pytest.approx(10.0)
    clock.now = 1000.0
    assert [limiter.wait_seconds("a") == 0.0 for _ in range(8)] == [True] * 6 + [False] * 2


def test_keys_do_not_share_a_bucket() -> None:
    limiter = RateLimiter(1, clock=Clock())
    assert limiter.wait_seconds("a") == 0.0
    assert limiter.wait_seconds("a") > 0.0
    assert limiter.wait_seconds("b") == 0.0


def test_a_rate_of_its_own_goes_before_the_others() -> None:
    clock = Clock()
    for limiter in (RateLimiter(1, clock=clock), RateLimiter(None, clock=clock)):
        assert [limiter.wait_seconds("a", 2) for _ in range(2)] == [0.0] * 2
        assert limiter.wait_seconds("a", 2) == pytest.approx(30.0)
        assert limiter.wait_seconds("a", 60) == pytest.approx(1.0)  # changed meanwhile
    assert [limiter.wait_seconds("b") for _ in range(100)] == [0.0] * 100


def test_the_key_not_seen_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MAX_BUCKETS", 2)
    limiter = RateLimiter(1, clock=Clock())
    for name in ("a", "b", "c"):
        assert limiter.wait_seconds(name) == 0.0
    assert limiter.wait_seconds("c") > 0.0
    assert limiter.wait_seconds("a") == 0.0
