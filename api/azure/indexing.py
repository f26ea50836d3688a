"""Offsets into a text, counted in the unit that the sender wishes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import accumulate
from typing import Final, Literal

StringIndexType = Literal["textElements", "unicodeCodePoint", "utf16CodeUnit"]

_JOINER: Final = "\u200d"
_EXTENDING: Final = ("Mn", "Me", "Mc")


class TextIndex:
    """Translates places in a text from code points into another unit.

    Args:
        text: whose places are meant.
        unit: code points, UTF-16 code units, or text elements: what a reader takes for one
            character (Unicode annex 29, its common cases: marks, joined emoji, flags, Jamo).
    """

    def __init__(self, text: str, unit: StringIndexType) -> None:
        widths = [1] * len(text) if unit == "unicodeCodePoint" else _WIDTHS[unit](text)
        self._starts = [0, *accumulate(widths)]

    def span(self, start: int, end: int) -> dict[str, int]:
        """Offset and length of the code points from `start` up to `end`."""
        offset = self._starts[start]
        return {"offset": offset, "length": self._starts[end] - offset}


def _utf16_widths(text: str) -> list[int]:
    return [2 if ord(character) > 0xFFFF else 1 for character in text]


def _element_widths(text: str) -> list[int]:
    """1 for a code point that begins a text element, 0 for one that goes on with it."""
    widths = []
    n_flags = 0  # regional indicators that directly precede
    for previous, character in zip(["", *text], text, strict=False):
        is_flag = _is_flag(character)
        goes_on = (
            _extends(character)
            or (previous == _JOINER and unicodedata.category(character) == "So")
            or (is_flag and n_flags % 2 == 1)
            or (previous == "\r" and character == "\n")
            or _joins_syllable(previous, character)
        )
        widths.append(0 if goes_on and previous else 1)
        n_flags = n_flags + 1 if is_flag else 0
    return widths


def _extends(character: str) -> bool:
    is_skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return (
        character in {_JOINER, "\u200c"}
        or is_skin_tone
        or unicodedata.category(character) in _EXTENDING
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _joins_syllable(previous: str, character: str) -> bool:
    """Whether a Jamo goes on with the syllable before it."""
    if "\u1160" <= character <= "\u11a7":  # vowels
        return "\u1100" <= previous <= "\u11a7"
    if "\u1100" <= character <= "\u115f":  # leading consonants
        return "\u1100" <= previous <= "\u115f"
    is_trailing = "\u11a8" <= character <= "\u11ff"
    return is_trailing and ("\u1160" <= previous <= "\u11ff" or "\uac00" <= previous <= "\ud7a3")


_WIDTHS: Final[dict[str, Callable[[str], list[int]]]] = {
    "utf16CodeUnit": _utf16_widths,
    "textElements": _element_widths,
}
