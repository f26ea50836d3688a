from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.parameters import make_cursor, parse_cursor, parse_pages
from api.problems import ProblemError
from ocr.errors import LimitExceededError
from ocr.limits import Limits
from workers.jobs import Job
from workers.states import JobState

LIMITS = Limits(max_pages=10)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        (None, ()),
        ("1", (1,)),
        ("3, 1-2", (1, 2, 3)),
        ("5,5,4-5", (4, 5)),
        ("999999999", (999_999_999,)),
    ],
)
def test_pages_are_read(text: str | None, pages: tuple[int, ...]) -> None:
    assert parse_pages(text, LIMITS) == pages


@pytest.mark.parametrize(
    "text", ["", "0", "1-", "-1", "2-1", "a", "1;2", "1,,2", "1-9999999999", "٣"]
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_pages(text, LIMITS)
    assert caught.value.status == 422


def test_no_more_pages_than_a_document_may_have() -> None:
    with pytest.raises(LimitExceededError):
        parse_pages("1-8,11-18", LIMITS)
    with pytest.raises(LimitExceededError, match="pages: asks for 11 pages; max_pages allows 10"):
        parse_pages("1-11", LIMITS)


@given(st.text(max_size=40))
def test_any_text_gives_pages_or_a_problem(text: str) -> None:
    try:
        pages = parse_pages(text, LIMITS)
    except (ProblemError, LimitExceededError):
        return
    assert list(pages) == sorted(set(pages))
    assert min(pages) >= 1


@given(st.floats(min_value=0, max_value=4e9), st.text("0123456789abcdef", min_size=32, max_size=32))
def test_cursors_come_back_as_they_went(created_at: float, job_id: str) -> None:
    job = Job(job_id, "interactive", JobState.QUEUED, "auto", (), 1, created_at, 0, 0)
    assert parse_cursor(make_cursor(job)) == (created_at, job_id)


@given(st.text(max_size=60))
def test_foreign_cursors_are_refused(text: str) -> None:
    with pytest.raises(ProblemError):
        parse_cursor(text)
