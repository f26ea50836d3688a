"""Quantities and percentages: small numbers with a unit or a sign about them."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from layout.values.numbers import MARKS, NumberConvention, parse_number

_NUMERAL: Final = r"(?P<numeral>[.,]?\d[\d.,]*(?:\s[.,]\d+)?)"
_TIMES: Final = r"[xX*×@]"  # noqa: RUF001
_QUANTITY: Final = re.compile(
    rf"[(\[]?(?:{_TIMES}|qty\.?|no\.)?[:\s]*(?P<sign>-)?\s*{_NUMERAL}\s*{_TIMES}?\s*"
    r"(?!o+\b)(?P<unit>[^\W\d_]{0,8})\s?[.:@)\]]*",
    re.IGNORECASE,
)
_PERCENTAGE: Final = re.compile(rf"[(@\[:\s]*(?P<sign>[-+])?\s*{_NUMERAL}\s*%?[)\].:\s]*")


def parse_quantity(text: str, convention: NumberConvention) -> int | float | None:
    """A count or a measure: "1X", "x3", "3 PCS", "0.350", "2.000".

    Args:
        text: in NFKC form.
        convention: of the document's amounts.

    Returns:
        An int if the number is whole. None if the text is not one number, give or take a unit.
    """
    match = _QUANTITY.fullmatch(text.strip())
    return None if match is None else _number(match, convention)


def parse_percentage(text: str, convention: NumberConvention) -> int | float | None:
    """A rate in per cent: "6%" and "6.00 %" are 6.

    Args:
        text: in NFKC form; the sign may be missing.
        convention: of the document's amounts.
    """
    match = _PERCENTAGE.fullmatch(text.strip())
    return None if match is None else _number(match, convention)


def _number(match: re.Match[str], convention: NumberConvention) -> int | float | None:
    numeral = match["numeral"].rstrip(".,")
    number = parse_number(numeral, _of_counts(convention))
    if number is None:
        return None
    return _plain(-number if match["sign"] == "-" else number)


def _of_counts(convention: NumberConvention) -> NumberConvention:
    """Scales print three decimals ("2.000", "0.350 kg") whatever the prices look like.

    So "." parts decimals here unless the document shows that "," does.
    """
    decimal_mark = convention.decimal_mark or MARKS[0]
    return replace(convention, decimal_mark=decimal_mark, triple_decimals=frozenset({decimal_mark}))


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
