"""What a result says about its pages: their entries, warnings and errors."""

from __future__ import annotations

import re

from layout.placed_words import rounded_corners
from layout.result import Issue, PageEntry, WordEntry
from ocr.reader import FailedPage, ReadPage
from ocr.types import Page


def page_entry(page: Page, *, with_words: bool) -> PageEntry:
    """The entry of a page; what is not known or was not asked for stays unset."""
    entry = PageEntry(
        number=page.number,
        width=page.width,
        height=page.height,
        rotation=page.rotation,
        skew=round(page.skew, 2),
    )
    known: dict[str, object] = {} if page.dpi is None else {"dpi": page.dpi}
    if with_words:
        known["words"] = [
            WordEntry(text=word.text, quad=rounded_corners(word.quad), confidence=word.confidence)
            for word in page.words
        ]
    return entry.model_copy(update=known)


def page_warnings(outcome: ReadPage) -> list[Issue]:
    """What is odd about a page that was read."""
    number = outcome.page.number
    return [
        Issue(
            code=warning.code,
            severity="warning",
            message=_about_page(number, warning.message),
            fields=[],
        )
        for warning in outcome.warnings
    ]


def page_failed(outcome: FailedPage) -> Issue:
    """The error of a page that could not be read."""
    message = _about_page(outcome.number, outcome.error.message)
    return Issue(code=outcome.error.code, severity="error", message=message, fields=[])


def _about_page(number: int, message: str) -> str:
    """A message that names its page once."""
    is_named = re.search(rf"\bpage {number}\b", message) is not None
    return message if is_named else f"page {number}: {message}"
