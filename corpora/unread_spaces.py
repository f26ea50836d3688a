"""Parts words that an OCR engine ran together: receipts print "1 43.636", it reads "143.636"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

CLEAR_GAP = 1.25
WIDE_GAP = 1.4
HUGE_GAP = 1.8
"""Widths of the narrower neighbour of an unread space, in median widths of the segment's
characters. A recogniser's character boxes meet half-way between its characters, so a space that it
did not read widens the boxes on both sides. Chosen on CORD-r's training and development
receipts."""

_THOUSANDS = r"\d{1,3}(?:[.,]\d{3})+"
_PRICE = re.compile(rf"(?:{_THOUSANDS}|0[.,]00|[1-9]\d{{3,}}(?:[.,]00)?)\W*")
_AMOUNT = re.compile(rf"@?{_THOUSANDS}")
_COUNT = re.compile(r"\d{1,2}")
_PART_COUNT = re.compile(r"\d{1,3}[.,]\d{2,3}")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[\[.]?[^\W\d_][./]?[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_CODE = re.compile(r"\d{3,}-|[A-Z]\d\.")
_TIMES = re.compile(r"\d+(?:[.,]\d+)?[xX]")
_TIMES_COUNT = re.compile(r"[xX]\d{1,2}")
_NO_PRICE = re.compile(r"0(?:[.,]0+)?")


@dataclass(frozen=True)
class SolidText:
    """A run of characters without white space.

    Attributes:
        text: one character for each box.
        widths: of the characters' boxes, in median widths of the characters around.
    """

    text: str
    widths: tuple[float, ...]


def relative_widths(widths: Sequence[float]) -> list[float]:
    """Widths as multiples of their median; all 1 where the median is nothing."""
    middle = median(widths) if widths else 0.0
    return [width / middle if middle > 0 else 1.0 for width in widths]


def cuts(solid: SolidText) -> list[int]:
    """Where words begin inside a run of characters, by its wording and its gaps alone.

    Args:
        solid: the run.

    Returns:
        Places in the text, ascending, neither 0 nor its length.
    """
    found: list[int] = []
    for place in range(1, len(solid.text)):
        left = solid.text[found[-1] if found else 0 : place]
        right = solid.text[place:]
        gap = min(solid.widths[place - 1], solid.widths[place])
        if _is_worded_apart(left, right) or _is_set_apart(left, right, gap):
            found.append(place)
    return found


def _is_worded_apart(left: str, right: str) -> bool:
    """Two words by their form, whatever the gap between them."""
    if right[0] == "@" and left[0].isdigit():  # "1@20.000"
        return True
    if _TIMES_COUNT.fullmatch(right):  # "0x1", "TEH...x2"
        return bool(_NO_PRICE.fullmatch(left) or _AMOUNT.fullmatch(left)) or left[-1] == "."
    if _NUMBER.fullmatch(left):  # "4SIAO", "1P.RIBS"
        return bool(_LETTERS.match(right)) or bool(_COUNT.fullmatch(left) and _NAME.match(right))
    if _TIMES.fullmatch(left):  # "1x5.000"
        return right[0].isdigit()
    if _CODE.fullmatch(left):  # "1069-ROTI", "A2.Sate"
        return bool(_LETTERS.match(right)) or bool(re.match(r"[A-Z]\w", right))
    return bool(_AMOUNT.fullmatch(left) and re.fullmatch(_THOUSANDS, right))  # "9,0009,000"


def _is_set_apart(left: str, right: str, gap: float) -> bool:
    """Two words by the gap between them, where their forms allow it."""
    if not right[0].isdigit():
        return left[-1] == ")" and right[0].isalpha() and gap >= WIDE_GAP
    if left[-1].isdigit():
        if gap >= HUGE_GAP:
            return True
        if _AMOUNT.fullmatch(left) and _COUNT.fullmatch(right):  # "29.0001"
            return gap >= WIDE_GAP
        has_count = _COUNT.fullmatch(left) or _PART_COUNT.fullmatch(left)
        return bool(has_count and _PRICE.fullmatch(right)) and gap >= CLEAR_GAP  # "143.636"
    return (left[-1] == ")" or (left[-2:].isalpha() and len(left) > 1)) and gap >= WIDE_GAP
