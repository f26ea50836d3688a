"""The pages of a result as the stages know them."""

from __future__ import annotations

from collections.abc import Sequence

from layout.result import PageEntry
from ocr.errors import DefectError
from ocr.types import Page, Quad, Word


def pages_of(entries: Sequence[PageEntry]) -> tuple[Page, ...]:
    """Pages with their words, in the order in which they are listed.

    Raises:
        DefectError: a page does not list its words.
    """
    return tuple(_page(entry) for entry in entries)


def _page(entry: PageEntry) -> Page:
    if entry.words is None:
        raise DefectError(f"the words of page {entry.number} are needed")
    words = []
    for word in entry.words:
        one, two, three, four = word.quad
        words.append(Word(word.text, Quad((one, two, three, four)), word.confidence))
    return Page(entry.number, entry.width, entry.height, tuple(words), rotation=entry.rotation)
