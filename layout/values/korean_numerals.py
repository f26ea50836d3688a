"""Korean numbers: words ("삼백만") and figures with units ("1억 2천만", "3만", "1.5만")."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_DIGITS: Final = {
    "영": 0, "공": 0, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "륙": 6, "칠": 7,
    "팔": 8, "구": 9, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9, "壹": 1, "貳": 2, "參": 3,
}  # fmt: skip
_SMALL: Final = {"십": 10, "백": 100, "천": 1000, "十": 10, "拾": 10, "百": 100, "千": 1000}
_LARGE: Final = {"만": 10**4, "억": 10**8, "조": 10**12, "萬": 10**4, "万": 10**4, "億": 10**8}
_TOKEN: Final = re.compile(
    rf"(?P<figure>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,15}}(?:\.\d{{1,4}})?(?!\d))"
    rf"|(?P<digit>[{''.join(_DIGITS)}])|(?P<small>[{''.join(_SMALL)}])"
    rf"|(?P<large>[{''.join(_LARGE)}])",
    re.ASCII,
)


def parse_korean_numeral(text: str) -> Decimal | None:
    """Read a number written with Korean units or words.

    Args:
        text: in NFKC form, without sign and currency; blanks do not count.

    Returns:
        None for bare figures, which other marks than Korean ones may part, and for what is not
        one number: units must fall, and no two digits stand side by side.
    """
    compact = re.sub(r"\s", "", text)
    tokens = list(_TOKEN.finditer(compact))
    if not tokens or sum(len(token.group()) for token in tokens) != len(compact):
        return None
    if all(token.lastgroup == "figure" for token in tokens):
        return None
    reading = _Reading()
    if not all(reading.take(token.lastgroup or "", token.group()) for token in tokens):
        return None
    return reading.total()


class _Reading:
    """A number while it is read: whole units, the part below the next unit, the open digit."""

    def __init__(self) -> None:
        self._whole = Decimal(0)
        self._section = Decimal(0)
        self._open: Decimal | None = None
        self._last_small = 10**4
        self._last_large = 10**16

    def take(self, kind: str, token: str) -> bool:
        """Read on; False if the token cannot follow."""
        if kind in ("figure", "digit"):
            return self._take_digit(
                Decimal(token.replace(",", "")) if kind == "figure" else Decimal(_DIGITS[token])
            )
        return self._take_small(_SMALL[token]) if kind == "small" else self._take_large(token)

    def total(self) -> Decimal | None:
        """The number; None if it has decimals, which only stand before a unit, of their own."""
        total = self._whole + self._section + (self._open or 0)
        whole = total.to_integral_value()
        return whole if total == whole else None

    def _take_digit(self, number: Decimal) -> bool:
        if self._open is not None:
            return False
        self._open = number
        return True

    def _take_small(self, unit: int) -> bool:
        if unit >= self._last_small:
            return False
        self._section += unit * (Decimal(1) if self._open is None else self._open)
        self._last_small, self._open = unit, None
        return True

    def _take_large(self, token: str) -> bool:
        unit = _LARGE[token]
        if unit >= self._last_large:
            return False
        section = self._section + (self._open or 0)
        if not section and self._open is None:
            section = Decimal(1)
        self._whole += unit * section
        self._section, self._open = Decimal(0), None
        self._last_small, self._last_large = 10**4, unit
        return True
