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
HANGUL_WIDTHS: dict[Family, int] = {"mono": 1000, "sans": 930, "serif": 950}
"""All syllables are equally wide (Nanum Gothic Coding 1.0 em, Gothic 0.94, Myeongjo 0.95, Noto
Sans CJK 0.92); in type that is condensed they are condensed like the rest."""
WIDE_WIDTH = 1000

TABLES: dict[Family, dict[str, int]] = {
    "sans": {char: width for width, chars in SANS_WIDTHS.items() for char in chars},
    "serif": {char: width for width, chars in SERIF_WIDTHS.items() for char in chars},
    "mono": {},
}

KOREAN_SIGNS = "₩￦☎※◎▶└\u2113㎏㎡㎜"
"""Found in Korean fonts, but not in all of the Latin ones."""

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


def has_hangul(text: str) -> bool:
    """Whether a text holds Hangul, or a sign that only Korean fonts have (such as U+321C)."""
    return any(_is_korean(char) for char in text)


def columns_of(text: str) -> int:
    """How many characters of usual width take as much room as a text; wide ones count double."""
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text)


def _is_korean(char: str) -> bool:
    is_syllable = "\uac00" <= char <= "\ud7a3"
    is_jamo = "\u1100" <= char <= "\u11ff" or "\u3130" <= char <= "\u318f"
    return is_syllable or is_jamo or "\u3200" <= char <= "\u32ff" or char in KOREAN_SIGNS


@lru_cache
def _advance(family: Family, char: str) -> int:
    if _is_korean(char):
        return HANGUL_WIDTHS[family]
    if unicodedata.east_asian_width(char) in "WF":
        return WIDE_WIDTH
    if family == "mono":
        return MONO_WIDTH
    base = unicodedata.normalize("NFD", char)[0]
    return TABLES[family].get(base, UNKNOWN_WIDTH)
