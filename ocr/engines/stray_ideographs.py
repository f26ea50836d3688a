"""Ideographs on pages that have none: signs and blots that were taken for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ocr.engines.recogniser import ReadLine
from ocr.engines.scripts import is_ideograph

SIGNS: Final = {"十": "+", "日": "0", "曰": "0", "区": "☒", "囗": "□", "口": "□"}
"""What PP-OCR takes for ideographs: zeros with a dot or a dash and ticked boxes among them."""
BLOTS: Final = frozenset("山川丶丿亅乙")
"""What it makes of parts of logos, stamps and rules."""


def without_stray_ideographs(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """A page's lines, its stray ideographs as the signs that they were made of.

    Args:
        lines: of the page, where Hangul has been read already. A page with any ideograph that is
            neither a sign nor a blot is left as it is.

    Returns:
        As many lines; one of a blot alone has no characters.
    """
    found = {char for line in lines for char in line.characters if is_ideograph(char)}
    if not found or not found <= SIGNS.keys() | BLOTS:
        return list(lines)
    return [_as_signs(line) for line in lines]


def _as_signs(line: ReadLine) -> ReadLine:
    kept = [i for i, char in enumerate(line.characters) if char not in BLOTS]
    return ReadLine(
        tuple(SIGNS.get(line.characters[i], line.characters[i]) for i in kept),
        line.positions[kept],
        line.scores[kept],
    )
