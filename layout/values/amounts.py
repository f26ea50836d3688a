"""Money: an exact decimal and a currency, from what stands on the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from layout.values.currencies import find_sign, resolve_sign
from layout.values.korean_numerals import parse_korean_numeral
from layout.values.numbers import NumberConvention, parse_number, repair_digits

_LEADING: Final = " @:=*~#<>|_{'\"•♦·"
_TRAILING: Final = " :;*=|_}'\"#"
# Tax codes that receipts print behind an amount (GST: SR standard, ZR zero rated, T taxable).
_TAX_CODE: Final = re.compile(r"(?<=\d)\s*(?:SR|ZRL?|TX|OS|ES|RS|S|Z|T|N|E|A|B|C|D|F|X)$")
_CREDIT: Final = re.compile(r"(?<=\d)\s*(?:CR|Cr)\.?$")
_NO_CENTS: Final = re.compile(r"(?<=\d)[.,]\s?[-–—=]{1,2}$")  # noqa: RUF001
# Columns ruled between units and cents, typed ("1,525-05") or lost by the recogniser ("12 60").
_RULED_CENTS: Final = re.compile(r"(?<=\d)(?:\s?[-*•]\s?|\s)(?=\d\d$)")
_MINUS: Final = "-−–△▲"  # noqa: RUF001  (triangles: Korean and Japanese accounts)
# "일금 삼백만원정": "the sum of three million won exactly"; the last syllable ends it on cheques.
_SUM_OF: Final = re.compile(r"^(?:일\s?금|금\s?액?|一金|金)\s*[:]?\s*(?=[^\W_]|[-₩\\])")
_EXACTLY: Final = re.compile(r"\s*(?:정|整)$")
_REMARK: Final = re.compile(r"(?<=\S)\s*\([^\d()]*\)$")  # (VAT 포함)
_IN_FIGURES: Final = re.compile(r"(?P<words>\D+?)\s*[(\[]\s*(?P<figures>\D{0,4}\d[^()\[\]]*)[)\]]")
# Korean code pages have the won sign in the backslash's place; recognisers take it for a W.
_WON_SLIP: Final = re.compile(r"^([-△▲]?\s*)(?:\\|W(?=\s?\d))\s*")
_MAX_SIGNS: Final = 3  # "USD $1,234.00", "CAD $ 5.00 CAD"
_CODE: Final = re.compile(r"0\d{3,}")
"""Digits after a zero are of a bar code or a number."""


@dataclass(frozen=True, slots=True)
class ParsedAmount:
    """An amount that was read.

    Attributes:
        number: exact, with as many decimals as were written.
        currency: ISO 4217, or None.
        is_repaired: whether letters were read as digits (O as 0, l as 1), or a rule between units
        and cents as a point.
    """

    number: Decimal
    currency: str | None
    is_repaired: bool

    @property
    def text(self) -> str:
        """The number as plain decimal text: "-1234.50"."""
        return format(abs(self.number) if self.number == 0 else self.number, "f")


def parse_amount(
    text: str,
    convention: NumberConvention,
    *,
    document_currency: str | None = None,
    region: str | None = None,
) -> ParsedAmount | None:
    """Read one amount of money.

    The number may be in Korean words or have Korean units ("일금 삼백만원정", "3만원").
    A minus before or behind, brackets, △, or CR make it negative; "-" behind a currency sign and a
    number ("₩5,000-", "5.000,-") only ends it.

    Args:
        text: in NFKC form.
        convention: what the document's marks mean.
        document_currency: for amounts without a sign of their own, and for signs like "$".
        region: the document's country, for signs like "$".

    Returns:
        None if the text is not exactly one amount.
    """
    in_both = _IN_FIGURES.fullmatch(text.strip())
    if in_both is not None:
        return _read_both(in_both["words"], in_both["figures"], convention, document_currency)
    stripped = _take_signs(_REMARK.sub("", text.strip()), document_currency, region)
    if stripped is None:
        return None
    numeral, is_negative = _unwrap(stripped.text, dash_ends=stripped.is_led)
    if _CODE.fullmatch(numeral.strip()):
        return None
    number = parse_number(numeral, convention)
    if number is None and (stripped.is_signed or re.search(r"\d", numeral)):
        number = parse_korean_numeral(numeral)  # words alone are no amount: 일 is also "day"
    is_repaired = False
    if number is None:
        number = parse_number(_RULED_CENTS.sub(".", repair_digits(numeral)), convention)
        is_repaired = number is not None
    if number is None:
        return None
    return ParsedAmount(-number if is_negative else number, stripped.currency, is_repaired)


@dataclass(frozen=True, slots=True)
class _Stripped:
    """An amount's text without its currency.

    Attributes:
        text: what is left.
        currency: ISO 4217, of the signs or the document.
        is_led: whether a sign stood before the number.
        is_signed: whether there was a sign at all.
    """

    text: str
    currency: str | None
    is_led: bool
    is_signed: bool


def _take_signs(text: str, document_currency: str | None, region: str | None) -> _Stripped | None:
    """Take the currency's signs off; None if two of them contradict each other."""
    currency, is_led = None, False
    bare = text
    if document_currency == "KRW" or (document_currency is None and region == "KR"):
        bare = _WON_SLIP.sub(r"\1₩", bare)
    for _ in range(_MAX_SIGNS):
        sign = find_sign(bare)
        if sign is None:
            return _Stripped(bare, currency or document_currency, is_led, bare != text)
        start, end = sign[1]
        is_led |= re.search(r"\d", bare[:start]) is None
        bare = f"{bare[:start]} {bare[end:]}"
        meant = resolve_sign(sign[0], currency or document_currency, region)
        if currency is not None and meant != currency:
            return None  # two currencies: two amounts, or none
        currency = meant
        if currency is None:  # a "$" of no known country is not another document's currency
            return (
                _Stripped(bare, None, is_led, is_signed=True) if find_sign(bare) is None else None
            )
    return None


def _read_both(
    words: str, figures: str, convention: NumberConvention, document_currency: str | None
) -> ParsedAmount | None:
    """Words with figures in brackets, "삼백만원정 (₩3,000,000)": both must say the same."""
    spelt = parse_amount(words, convention, document_currency=document_currency)
    written = parse_amount(figures, convention, document_currency=document_currency)
    if spelt is None or written is None or spelt.number != written.number:
        return None
    return ParsedAmount(written.number, written.currency or spelt.currency, written.is_repaired)


def _unwrap(text: str, *, dash_ends: bool) -> tuple[str, bool]:
    """Take off all that is not the numeral; tell whether what was taken makes it negative."""
    core = text.strip().lstrip(_LEADING).rstrip(_TRAILING)
    core = _EXACTLY.sub("", _SUM_OF.sub("", core)).lstrip(_LEADING)
    is_negative = False
    bracketed = re.fullmatch(r"(-?)\s*\(\s*(.*?)\s*\)", core)
    if bracketed is not None:
        is_negative, core = True, bracketed[2]
    core = _NO_CENTS.sub("", core)
    core, n_credits = _CREDIT.subn("", core)
    if not n_credits:
        core = _TAX_CODE.sub("", core)
    is_negative |= bool(n_credits)
    core = core.strip(_LEADING)
    if core[:1] and core[0] in _MINUS:
        is_negative, core = True, core[1:].rstrip(_MINUS)  # "-0-" is how typists write nothing
    elif core[:1] == "+":
        core = core[1:]
    elif core[-1:] and core[-1] in _MINUS:
        is_negative, core = is_negative or not dash_ends, core[:-1]
    core = core.strip(_LEADING)
    # "Rp. 5.000": what is left of the sign's dot; ".50" keeps the mark that it needs.
    core = re.sub(r"^[.,:]\s+", "", core)
    return re.sub(r"[.,]\s*$", "", core), is_negative
