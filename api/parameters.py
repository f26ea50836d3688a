"""Query parameters that need more than a type."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus

from api.problems import ProblemError
from ocr.errors import LimitExceededError
from ocr.limits import Limits
from workers.jobs import Job, is_job_id


def parse_pages(text: str | None, limits: Limits) -> tuple[int, ...]:
    """Page numbers from text such as "1,3-5"; ascending, each once; () for None: all pages.

    Raises:
        ProblemError: the text is no such list.
        LimitExceededError: it names more pages than a document may have.
    """
    if text is None:
        return ()
    numbers: set[int] = set()
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not _is_number(first) or (dash and not _is_number(last)):
            raise _invalid(f"pages: {text[:80]!r} is not a list like 1,3-5")
        low, high = int(first), int(last or first)
        if low < 1 or high < low:
            raise _invalid(f"pages: {part.strip()[:80]!r} is no range of pages")
        _check_number(high - low + 1, limits)
        numbers.update(range(low, high + 1))
        _check_number(len(numbers), limits)
    return tuple(sorted(numbers))


def make_cursor(job: Job) -> str:
    """The place behind a job in the list, as text for the next request."""
    return make_place(job.created_at, job.job_id)


def make_place(created_at: float, row_id: str) -> str:
    """The place behind a row of a list that runs from the newest on, as text."""
    return base64.urlsafe_b64encode(f"{created_at!r} {row_id}".encode()).decode()


def parse_cursor(text: str | None) -> tuple[float, str] | None:
    """The place that a cursor stands for.

    Raises:
        ProblemError: it is none that `make_cursor` or `make_place` gave.
    """
    if text is None:
        return None
    try:
        created_at, job_id = base64.urlsafe_b64decode(text.encode()).decode().split(" ")
        place = float(created_at), job_id
    except (binascii.Error, ValueError) as error:
        raise _invalid("cursor: it is none that this service gave") from error
    if not is_job_id(job_id):
        raise _invalid("cursor: it is none that this service gave")
    return place


def _check_number(n_pages: int, limits: Limits) -> None:
    if n_pages > limits.max_pages:
        raise LimitExceededError(
            f"pages: asks for {n_pages:,} pages; max_pages allows {limits.max_pages:,}"
        )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def _invalid(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail)
