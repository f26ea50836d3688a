"""Text metrics without font files: how wide a string runs in a few kinds of type."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Family = Literal["mono", "sans", "serif"]

# Advance widths in thousandths of an em, of the metric families that Liberation Sans and
# Liberation Serif share with the PDF base fonts (Adobe's core font metrics).
SANS_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckcsvxyz",
    556: "#$0123456789?L_abdeghnopqu€£",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
SERIF_WIDTHS = {
    180: "'",
    200: "|",
    250: " ,.",
    278: "/:;\\ijlt",
    333: "!()-I[]`frs",
    389: "Js",
    408: '"',
    444: "?ace_z",
    469: "^",
    480: "{}",
    500: "#$*0123456789bdghknopquvxy€£",
    556: "FPS",
    564: "+<=>~",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYw",
    778: "&Mm",
    833: "%",
    921: "@",
    944: "W",
}
MONO_WIDTH = 600
UNKNOWN_WIDTH = 556
WIDE_WIDTH = 1000

TABLES: dict[Family, dict[str, int]] = {
    "sans": {char: width for width, chars in SANS_WIDTHS.items() for char in chars},
    "serif": {char: width for width, chars in SERIF_WIDTHS.items() for char in chars},
    "mono": {},
}

ASCENT = 0.76
"""Height of capitals and ascenders above the base line, in em (Liberation Sans: 0.73 and 0.76)."""
DESCENT = 0.21
"""Depth of descenders below the base line, in em."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A kind of type.

    Attributes:
        family: which widths its characters have.
        stretch: horizontal scale; receipt printers condense and widen.
    """

    family: Family
    stretch: float = 1.0

    def width(self, text: str) -> float:
        """Width of a text in em."""
        return self.stretch * _width(self.family, text)


@lru_cache(maxsize=16384)
def _width(family: Family, text: str) -> float:
    return sum(_advance(family, char) for char in text) / 1000


@lru_cache
def _advance(family: Family, char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return WIDE_WIDTH
    if family == "mono":
        return MONO_WIDTH
    base = unicodedata.normalize("NFD", char)[0]
    return TABLES[family].get(base, UNKNOWN_WIDTH)
