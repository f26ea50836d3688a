"""Korean ways of writing money: 금 3,000원정, 3만 5천원, 일금 삼백만원정."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = {c: n for n, c in enumerate("영일이삼사오육칠팔구")} | {"공": 0, "륙": 6, "두": 2}
_TENS: Final = {"십": 10, "백": 100, "천": 1000}
_MYRIADS: Final = {"만": 10_000, "억": 100_000_000, "조": 1_000_000_000_000}
_FRAME: Final = re.compile(r"^\s*(?:일?금)?\s*[₩￦]?\s*(.*?)\s*(?:원)?\s*(?:정|整)?\s*$")
_WORDS: Final = re.compile(rf"[{''.join([*_DIGITS, *_TENS, *_MYRIADS])}\s]+")
_MIXED: Final = re.compile(
    r"(?:[\d,.]+\s*[천백십]?\s*[조억만]\s*)+(?:[\d,.]+\s*[천백십]?)?|[\d,.]+\s*[천백십]"
)


def plain_amount(text: str) -> str:
    """An amount's text with Korean number words and units as digits; any other text as it is.

    Args:
        text: in NFKC form.
    """
    framed = _FRAME.match(text)
    core = framed[1] if framed is not None else text
    if not core:
        return text
    if _WORDS.fullmatch(core) and any(c in _DIGITS | _TENS | _MYRIADS for c in core):
        number = _from_words(re.sub(r"\s", "", core))
    elif _MIXED.fullmatch(core):
        number = _from_mixed(core)
    else:
        return core if core != text and re.search(r"\d", core) and _is_won(text) else text
    return text if number is None else f"{number}원"


def _is_won(text: str) -> bool:
    """Whether 금 … 원정 stands around a plain number."""
    return bool(re.match(r"^\s*일?금", text)) or bool(re.search(r"(?:정|整)\s*$", text))


def _from_words(core: str) -> int | None:
    """삼백이십만 as a number; None where the words are none."""
    total, section, digit = 0, 0, None
    for char in core:
        if char in _DIGITS:
            digit = _DIGITS[char] if digit is None else 10 * digit + _DIGITS[char]
        elif char in _TENS:
            section += (1 if digit is None else digit) * _TENS[char]
            digit = None
        else:
            section += digit or 0
            total += (section or 1) * _MYRIADS[char]
            section, digit = 0, None
    return total + section + (digit or 0)


def _from_mixed(core: str) -> int | None:
    """3만 5천 as a number."""
    total = 0.0
    for number, tens, myriad in re.findall(r"([\d,.]+)\s*([천백십]?)\s*([조억만]?)", core):
        digits = number.replace(",", "")
        try:
            value = float(digits)
        except ValueError:
            return None
        total += value * _TENS.get(tens, 1) * _MYRIADS.get(myriad, 1)
    return int(total) if total.is_integer() else None
