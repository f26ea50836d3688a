"""A currency sign and the number behind it are one amount, though each seems to open one.

The model tells an amount by its first word. Where print sets the sign apart ("$   0.90"), sign and
number both look like first words, and the amount is torn in two. Of a field that stands once, the
likelier of the two places is taken anyway; a line item would become two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from layout.graph import GraphScores
from layout.values.currencies import find_sign
from ocr.types import Page, Word

SURELY = 8.0
"""Logit of what cannot be otherwise."""


def with_led_numbers(scores: GraphScores, pages: Sequence[Page]) -> GraphScores:
    """Let numbers follow the signs before them where both open the same field of a group.

    Args:
        scores: of a document.
        pages: its pages, their words counted as in the scores.

    Returns:
        The same scores, or changed copies of `initial` and `rel_s`.
    """
    initial, rel_s = scores.initial, scores.rel_s
    is_in_group = np.array([label.count(".") > 1 for label in scores.labels], dtype=np.bool_)  # [F]
    for sign, number in _pairs(pages):
        both = is_in_group & (scores.initial[:, sign] > 0) & (scores.initial[:, number] > 0)
        if not both.any():
            continue
        if initial is scores.initial:
            initial, rel_s = initial.copy(), rel_s.copy()
        initial[both, number] *= -1.0
        rel_s[:, number] = -SURELY
        rel_s[sign, number] = SURELY
    return replace(scores, initial=initial, rel_s=rel_s)


def _pairs(pages: Sequence[Page]) -> Iterator[tuple[int, int]]:
    """Signs with the numbers behind them, on one line, as places among all words."""
    offset = 0
    for page in pages:
        for i, (word, following) in enumerate(zip(page.words, page.words[1:], strict=False)):
            if following.text[:1].isdigit() and _is_sign(word.text) and _is_before(word, following):
                yield offset + i, offset + i + 1
        offset += len(page.words)


def _is_sign(text: str) -> bool:
    composed = unicodedata.normalize("NFKC", text)
    found = find_sign(composed)
    return found is not None and found[1] == (0, len(composed))


def _is_before(word: Word, following: Word) -> bool:
    """Whether a word stands to the left of another, on its line."""
    left, top, right, bottom = word.quad.box
    other_left, other_top, _, other_bottom = following.quad.box
    shared = min(bottom, other_bottom) - max(top, other_top)
    lower = min(bottom - top, other_bottom - other_top)
    return left < other_left and right <= other_left + lower and shared >= lower / 2
