"""Numbers as documents write them: which mark parts thousands and which parts the decimals.

The marks mean what the document shows them to mean. "45.500" is forty-five thousand where every
amount ends in three digits, and forty-five and a half where others end in two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from babel.core import get_global

MAX_DIGITS = 15
"""Longer runs of digits are bar codes and account numbers, not amounts."""
MARKS = (".", ",")

_NUMERAL = re.compile(r"(?<![\d.,])\d[\d.,]*\d(?![\d.,]*\d)")
_SPACED_GROUPS = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d{1,2})?")  # noqa: RUF001
# A blank beside a mark comes from the recogniser ("9 .00"); two or three digits must follow, so
# that an enumeration ("1, 2") does not become a number.
_BLANK_AT_MARK = re.compile(r"(?<=\d)\s*([.,])\s*(?=\d{2,3}(?!\d))")
_OH = re.compile(r"(?<=[\d.,])[oO](?=[\d.,oO]|$)|(?<![A-Za-z])[oO](?=[.,]?\d|[.,][oO\d])")
_ONE = re.compile(r"(?<![A-Za-z\d])[lI|](?=\d*[.,]\d)|(?<=[\d.,])[lI|](?=[\d.,])")


@dataclass(frozen=True, slots=True)
class NumberConvention:
    """What the marks mean in one document.

    Attributes:
        decimal_mark: the mark shown to part decimals; None where no number shows one.
        triple_decimals: the marks that part decimals even where exactly three digits follow.
        is_settled: whether "1.234" is settled by evidence rather than by default.
    """

    decimal_mark: str | None = None
    triple_decimals: frozenset[str] = frozenset()
    is_settled: bool = False


@dataclass(slots=True)
class _Votes:
    """How often each mark was seen in each part."""

    decimal: Counter[str]
    group: Counter[str]
    triple: Counter[str]


def infer_convention(
    amounts: Iterable[str], others: Iterable[str] = (), *, currency: str | None = None
) -> NumberConvention:
    """Learn from a document's own numbers what its marks mean.

    Args:
        amounts: the texts of its amounts: the main evidence.
        others: further words of the document, heard only where the amounts show no decimals.
        currency: ISO 4217 code, if known: rupiah or won are written without decimals.
    """
    votes = _count(amounts)
    if not votes.decimal:
        votes.decimal.update(_count(word for word in others if _is_plain(word)).decimal)
    decimal_mark = None
    if votes.decimal["."] != votes.decimal[","]:
        decimal_mark = max(MARKS, key=lambda mark: votes.decimal[mark])
    readings = {mark: _triple_reading(mark, votes, currency) for mark in MARKS}
    return NumberConvention(
        decimal_mark=decimal_mark,
        triple_decimals=frozenset(mark for mark, (decimal, _) in readings.items() if decimal),
        is_settled=readings["."][1],
    )


def parse_number(text: str, convention: NumberConvention) -> Decimal | None:
    """Read a bare numeral: digits, marks, grouping blanks; no sign, no unit.

    Args:
        text: such as "1.234,56", "18 000" or "9 .00".
        convention: of the document.

    Returns:
        The number with as many decimals as were written; None if it is not one number.
    """
    compact = _BLANK_AT_MARK.sub(r"\1", text.strip())
    if _SPACED_GROUPS.fullmatch(compact):
        compact = re.sub(r"[ '’]", "", compact)  # noqa: RUF001
    if compact[:1] in MARKS:
        compact = f"0{compact}"
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", compact, re.ASCII):
        return None
    parts = re.split(r"[.,]", compact)
    if sum(len(part) for part in parts) > MAX_DIGITS:
        return None
    marks = [char for char in compact if char in MARKS]
    if not marks:
        return Decimal(compact)
    if not _groups_hold(parts, marks):
        return None
    if _has_decimals(parts, marks, convention):
        return Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")
    return Decimal("".join(parts))


def repair_digits(text: str) -> str:
    """Undo a recogniser's unmistakable slips: O among digits is a zero, l, I and | are ones.

    A letter is touched only where digits or marks enclose it or, at the start, follow it.
    """
    repaired = text
    while (step := _OH.sub("0", _ONE.sub("1", repaired))) != repaired:
        repaired = step
    return repaired


def is_written_whole(currency: str) -> bool:
    """Whether prices in a currency are written without decimals (CLDR's digits for cash)."""
    fractions = get_global("currency_fractions")
    return bool(fractions.get(currency, fractions["DEFAULT"])[2] == 0)


def minor_digits(currency: str) -> int:
    """Decimals of a currency after ISO 4217 as CLDR gives them: 2 for USD, 3 for KWD."""
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


def _is_plain(word: str) -> bool:
    return re.fullmatch(r"\D{0,3}\d[\d.,]*[.,]\d{2}", word) is not None


def _count(texts: Iterable[str]) -> _Votes:
    votes = _Votes(Counter(), Counter(), Counter())
    for text in texts:
        for numeral in _NUMERAL.findall(_BLANK_AT_MARK.sub(r"\1", text)):
            _count_numeral(numeral, votes)
    return votes


def _count_numeral(numeral: str, votes: _Votes) -> None:
    parts = re.split(r"[.,]", numeral)
    marks = [char for char in numeral if char in MARKS]
    if not marks or not _groups_hold(parts, marks):
        return
    last = marks[-1]
    if len(parts[-1]) in (1, 2):
        votes.decimal[last] += 1
        votes.group.update(set(marks[:-1]) - {last})
    elif len(parts[-1]) == 3 and len(marks) > 1:
        votes.group.update({mark for mark in marks if marks.count(mark) > 1})
    elif len(parts[-1]) == 3 and _can_group(parts[0]):
        votes.triple[last] += 1


def _triple_reading(mark: str, votes: _Votes, currency: str | None) -> tuple[bool, bool]:
    """Whether three digits after `mark` are decimals, and whether anything but habit says so."""
    other = "," if mark == "." else "."
    if currency is not None and is_written_whole(currency):
        return False, True
    # Prices to a tenth of a cent stand beside others with two decimals at least half as often;
    # a single "0.00" among thousands is a slip and does not turn them all.
    if votes.decimal[mark] and votes.decimal[mark] * 2 >= votes.triple[mark]:
        return True, True
    if votes.decimal[other] or votes.group[mark]:
        return False, True
    if currency is not None and minor_digits(currency) == 3:
        return True, True
    # Several numbers that all end in three digits are thousands: so are no document's decimals.
    return False, mark == "," or votes.triple.total() > 1


def _can_group(first: str) -> bool:
    return 1 <= len(first) <= 3 and not first.startswith("0")


def _groups_hold(parts: list[str], marks: list[str]) -> bool:
    """Whether the digits between the marks are as long as thousands are."""
    if len(marks) == 1:
        return True
    middle = parts[1:-1]
    in_thousands = all(len(part) == 3 for part in middle)
    in_lakhs = all(len(part) == 2 for part in middle) and (
        set(marks) == {","} and len(parts[-1]) == 3
    )
    return _can_group(parts[0]) and len(parts[-1]) <= 3 and (in_thousands or in_lakhs)


def _has_decimals(parts: list[str], marks: list[str], convention: NumberConvention) -> bool:
    if len(parts[-1]) != 3:
        return True
    last = marks[-1]
    if len(marks) == 1 and not _can_group(parts[0]):
        return True  # 0.350 and 1234.567 cannot be thousands
    if last in marks[:-1]:
        return False  # 1.234.567
    if len(marks) > 1 and convention.decimal_mark is None and not convention.is_settled:
        return True  # 1.234,567 alone: the marks differ, so they mean different things
    return last in convention.triple_decimals
