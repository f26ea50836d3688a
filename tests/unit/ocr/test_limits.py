from __future__ import annotations

import pytest

from ocr.errors import LimitExceededError
from ocr.limits import Limits


def test_messages_name_the_limit_and_both_values() -> None:
    limits = Limits(max_file_bytes=1_000, max_pages=2)
    limits.check_file_bytes(1_000)
    with pytest.raises(LimitExceededError, match="1,001 bytes; max_file_bytes allows 1,000"):
        limits.check_file_bytes(1_001)
    with pytest.raises(LimitExceededError, match="at least 3 pages; max_pages allows 2"):
        limits.check_pages(3, at_least=True)


def test_a_file_limit_can_be_lowered_and_not_raised() -> None:
    limits = Limits(max_file_bytes=1_000)
    assert limits.lowered(10) == Limits(max_file_bytes=10)
    assert limits.lowered(2_000) == limits.lowered(None) == limits


@pytest.mark.parametrize("name", Limits.__slots__)
def test_a_limit_must_leave_something(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})
