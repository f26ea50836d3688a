"""Money: an exact decimal and a currency, from what stands on the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from layout.values.currencies import find_sign, resolve_sign
from layout.values.numbers import NumberConvention, parse_number, repair_digits

_LEADING: Final = " @:=*~#<>|_{'\"•♦·"
_TRAILING: Final = " :;*=|_}'\"#"
# Tax codes that receipts print behind an amount (GST: SR standard, ZR zero rated, T taxable).
_TAX_CODE: Final = re.compile(r"(?<=\d)\s*(?:SR|ZRL?|TX|OS|ES|RS|S|Z|T|N|E|A|B|C|D|F|X)$")
_CREDIT: Final = re.compile(r"(?<=\d)\s*(?:CR|Cr)\.?$")
_NO_CENTS: Final = re.compile(r"(?<=\d)[.,]\s?[-–—=]{1,2}$")  # noqa: RUF001
# Columns ruled between units and cents, typed ("1,525-05") or lost by the recogniser ("12 60").
_RULED_CENTS: Final = re.compile(r"(?<=\d)(?:\s?[-*•]\s?|\s)(?=\d\d$)")
_MINUS: Final = "-−–"  # noqa: RUF001


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

    A minus before or behind, brackets, or CR make it negative; "-" behind a currency sign and a
    number ("₩5,000-", "5.000,-") only ends it.

    Args:
        text: in NFKC form.
        convention: what the document's marks mean.
        document_currency: for amounts without a sign of their own, and for signs like "$".
        region: the document's country, for signs like "$".

    Returns:
        None if the text is not exactly one amount.
    """
    sign = find_sign(text)
    bare = text
    currency = document_currency
    if sign is not None:
        start, end = sign[1]
        bare = f"{text[:start]} {text[end:]}"
        currency = resolve_sign(sign[0], document_currency, region)
        if find_sign(bare) is not None:
            return None  # two currencies: two amounts, or none
    is_leading_sign = sign is not None and not re.search(r"\d", text[: sign[1][0]])
    numeral, is_negative = _unwrap(bare, dash_ends=is_leading_sign)
    number = parse_number(numeral, convention)
    is_repaired = False
    if number is None:
        number = parse_number(_RULED_CENTS.sub(".", repair_digits(numeral)), convention)
        is_repaired = number is not None
    if number is None:
        return None
    return ParsedAmount(-number if is_negative else number, currency, is_repaired)


def _unwrap(text: str, *, dash_ends: bool) -> tuple[str, bool]:
    """Take off all that is not the numeral; tell whether what was taken makes it negative."""
    core = text.strip().lstrip(_LEADING).rstrip(_TRAILING)
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
