"""Finds a header field's text, known from another reading, among the words of an invoice."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

from corpora.invoice_text import Layout, fold

MAX_WORDS: Final = 7
"""Of a header field: `N o v e m b e r` apart, dates and numbers have fewer."""
MIN_SIMILARITY: Final = 78.0
"""Percent, of folded texts: about one misread character in five."""
MIN_CHARS_TO_RESEMBLE: Final = 4
"""Shorter texts are found exactly or not at all."""
MIN_CHARS_INSIDE: Final = 5
"""Characters of a text that may be found inside a word, set solid with its key (`NO.17021-1`)."""


def find_header_text(text: str, page: Layout) -> list[tuple[int, ...]]:
    """The runs of words in one row that hold a text, the most alike.

    Args:
        text: as annotated; case, spaces, punctuation and common misreadings do not count.
        page: with its words.

    Returns:
        All runs that hold just the text; else those that resemble it most, if
        any does enough. Runs do not overlap.
    """
    wanted = fold(text)
    if not wanted:
        return []
    ranked = []
    for start in range(len(page.order)):
        for stop in range(start + 1, min(start + MAX_WORDS, len(page.order)) + 1):
            ids = page.order[start:stop]
            if stop > start + 1 and not _is_row(ids[-2], ids[-1], page):
                break
            read = fold("".join(page.words[i].text for i in ids))
            if len(read) > 2 * len(wanted) + 8:
                break
            score = _similarity(wanted, read, is_word=len(ids) == 1)
            if score >= MIN_SIMILARITY:
                joined = " ".join(page.words[i].text for i in ids)
                ranked.append((-score, joined != text, len(ids), start, tuple(ids)))
    ranked.sort()
    found: list[tuple[int, ...]] = []
    for score, _, _, _, ids in ranked:
        if score == ranked[0][0] and not any({*ids} & {*other} for other in found):
            found.append(ids)
    return found


def _similarity(wanted: str, read: str, *, is_word: bool) -> float:
    if wanted == read:
        return 100.0
    if is_word and len(wanted) >= MIN_CHARS_INSIDE and wanted in read:
        return 99.0
    if min(len(wanted), len(read)) < MIN_CHARS_TO_RESEMBLE:
        return 0.0
    return float(fuzz.ratio(wanted, read))


def _is_row(one: int, other: int, page: Layout) -> bool:
    """Whether two words stand at one height."""
    top, bottom = page.boxes[[one, other], 1], page.boxes[[one, other], 3]
    middles = (top + bottom) / 2
    return bool(abs(middles[0] - middles[1]) < 0.6 * page.height)
