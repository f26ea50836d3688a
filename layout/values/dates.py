"""Dates to ISO 8601, the order of day and month settled by evidence in the document.

"03/04/2025" alone says nothing. Another date with a day above 12, the same date written out
elsewhere, or the country settles it; otherwise the day comes first and an issue says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

DateOrder = Literal["DMY", "MDY", "YMD"]

CENTURY_PIVOT: Final = 50
"""Two-digit years from here on are 19xx, below 20xx."""

_MONTH_LOCALES: Final = "en ms id de fr es it pt nl pl cs sv da nb fi tr".split()
_CLOCK: Final = r"(?=\d{1,2}:\d{2})"
_END: Final = rf"(?:(?!\d)|{_CLOCK})"  # OCR loses the blank before a time: 25/01/201811:22
_START: Final = r"(?<![\d/.-])"


@dataclass(frozen=True, slots=True)
class DateReading:
    """One date found in a text: what it would be in each order that makes it a real date."""

    by_order: tuple[tuple[DateOrder, date], ...]

    @property
    def distinct(self) -> frozenset[date]:
        """The different days that it may mean."""
        return frozenset(day for _, day in self.by_order)


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """What a document shows about how it writes dates.

    Attributes:
        order: shown by its other dates; None if they show nothing or contradict each other.
        regional: usual in the document's country, after CLDR; None if the country is unknown.
    """

    order: DateOrder | None = None
    regional: DateOrder | None = None


def find_dates(text: str) -> tuple[DateReading, ...]:
    """All dates in a text.

    Args:
        text: in NFKC form.

    Returns:
        In the order in which they stand; what is not a real date (31/02/2020) is left out.
    """
    return tuple(reading for _, reading in _located(text))


def date_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the dates of `find_dates` stand in a text: (start, end) of each."""
    return tuple(span for span, _ in _located(text))


def _located(text: str) -> list[tuple[tuple[int, int], DateReading]]:
    found: list[tuple[tuple[int, int], DateReading]] = []
    forms = (
        _year_first(), _day_named(), _month_named(), _year_named(), _numeric(), _compact(),
        _SHORT_YEAR, _SPACED, _SPACED_YEAR,
    )  # fmt: skip
    for pattern in forms:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other < end for (other, other_end), _ in found):
                continue
            reading = _read(match)
            if reading.by_order:
                found.append(((start, end), reading))
    return sorted(found, key=lambda pair: pair[0])


def infer_date_evidence(texts: Iterable[str], region: str | None) -> DateEvidence:
    """Learn from a document's dates in which order it writes them.

    Args:
        texts: of the document, in NFKC form.
        region: ISO 3166-1 code of its country, if known.
    """
    readings = [reading for text in texts for reading in find_dates(text)]
    fixed = {day for reading in readings if len(reading.distinct) == 1 for day in reading.distinct}
    regional = None if region is None else region_order(region)
    votes: Counter[DateOrder] = Counter()
    for reading in readings:
        votes.update(_shown_order(reading, fixed, regional))
    ranked = votes.most_common(2)
    is_clear = bool(ranked) and (len(ranked) == 1 or ranked[0][1] > ranked[1][1])
    return DateEvidence(order=ranked[0][0] if is_clear else None, regional=regional)


def compact_date(text: str, *, is_swift: bool) -> date | None:
    """The day that six digits write as YYMMDD; None for any other text.

    Args:
        text: in NFKC form.
        is_swift: in SWIFT messages a tag may stand before the day and a place behind it
            (":31D:250630SEOUL").
    """
    form = _SWIFT_DAY if is_swift else _SIX_DIGITS
    match = form.fullmatch(text.strip())
    return None if match is None else _day(match["year"], match["month"], match["day"])


_SIX_DIGITS: Final = re.compile(r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)", re.ASCII)
_SWIFT_DAY: Final = re.compile(
    rf"(?::?\s?\d\d[A-Z]\s?:)?\s*{_SIX_DIGITS.pattern}(?:[\s,]*[A-Z][A-Z\s.,'()-]*)?", re.ASCII
)


def choose_date(reading: DateReading, evidence: DateEvidence) -> tuple[date, bool]:
    """The day that a reading means in its document.

    Returns:
        The day, and whether it is certain: False where nothing but habit decided.
    """
    by_order = dict(reading.by_order)
    # Two digits as a leading year are the exception: only evidence brings them in.
    if len(by_order) > 1 and "YMD" not in (evidence.order, evidence.regional):
        by_order.pop("YMD", None)
    if len(set(by_order.values())) == 1:
        return next(iter(by_order.values())), True
    for order in (evidence.order, evidence.regional):
        if order is not None and order in by_order:
            return by_order[order], True
    return by_order.get("DMY", next(iter(by_order.values()))), False


def _shown_order(
    reading: DateReading, fixed: set[date], regional: DateOrder | None
) -> set[DateOrder]:
    """The order that this date proves: one of one, or none."""
    by_order = dict(reading.by_order)
    if len(reading.distinct) == 1 and len(by_order) > 1:
        return set()
    matching: set[DateOrder] = {order for order, day in by_order.items() if day in fixed}
    if len(matching) == 1:
        return matching  # the same day stands elsewhere, beyond doubt
    if regional == "YMD" and "YMD" in by_order:
        return set()
    orders = set(by_order) - {"YMD"}
    return orders if len(orders) == 1 else set()


@lru_cache
def region_order(region: str) -> DateOrder | None:
    """The order of a country's short dates after CLDR; None if CLDR does not know the country."""
    for language in get_official_languages(region, de_facto=True):
        try:
            pattern = Locale.parse(f"{language}_{region}").date_formats["short"].pattern
        except UnknownLocaleError:
            continue
        letters = "".join(dict.fromkeys(re.findall(r"[dMy]", pattern))).upper()
        return next((order for order in _ORDERS if order == letters), None)
    return None


_ORDERS: Final[tuple[DateOrder, ...]] = ("DMY", "MDY", "YMD")


def _read(match: re.Match[str]) -> DateReading:
    parts = match.groupdict()
    if parts.get("a") is not None:
        return _read_numeric(parts["a"], parts["b"], parts["c"])
    if parts.get("month_name") is not None:
        month = str(_months()[parts["month_name"].casefold()])
    else:
        month = parts["month"]
    day = _day(parts["year"], month, parts["day"])
    return DateReading(() if day is None else tuple((order, day) for order in _ORDERS))


def _read_numeric(first: str, second: str, third: str) -> DateReading:
    tries: list[tuple[DateOrder, date | None]] = [
        ("DMY", _day(third, second, first)),
        ("MDY", _day(third, first, second)),
    ]
    if len(first) == 2 and len(third) <= 2:
        tries.append(("YMD", _day(first, second, third)))
    return DateReading(tuple((order, day) for order, day in tries if day is not None))


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 1900 if number >= CENTURY_PIVOT else 2000
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@lru_cache
def _months() -> dict[str, int]:
    """Month names and their short forms in the languages of `_MONTH_LOCALES`, case folded."""
    names: dict[str, int] = {"sept": 9}
    for locale in _MONTH_LOCALES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale(locale).months["format"][width].items():
                names.setdefault(name.casefold().rstrip("."), number)
    return {name: number for name, number in names.items() if not name.isdigit()}


@lru_cache
def _year_first() -> re.Pattern[str]:
    full = r"(?:19|20)\d{2}"
    return re.compile(
        rf"{_START}(?:(?P<year>{full}|(?<=')\d{{2}}|\d{{2}}(?=\s*[년年]))\s*(?:[-/.]|[년年])\s*"
        rf"(?P<month>\d{{1,2}})\s*(?:[-/.]|[월月])\s*(?P<day>\d{{1,2}}){_END}(?:\s*[일日])?)",
        re.ASCII,
    )


# Blanks and rules part a date's numbers only where they are the whole text.
_SPACED: Final = re.compile(
    r"\A\s*(?P<a>\d{1,2})[-/.|\s]+(?P<b>\d{1,2})[-/.|\s]+(?P<c>\d{4}|\d{2})\s*\Z", re.ASCII
)
_SPACED_YEAR: Final = re.compile(
    r"\A\s*(?P<year>(?:19|20)\d\d)[-/.\s]+(?P<month>\d{1,2})[-/.\s]+(?P<day>\d{1,2})\s*\Z",
    re.ASCII,
)
# 25.3.4: no year ends in a single digit, so the first number is the year.
_SHORT_YEAR: Final = re.compile(
    rf"{_START}(?P<year>\d{{2}})\s?(?P<mark>[-/.])\s?(?P<month>\d{{1,2}})\s?(?P=mark)\s?"
    r"(?P<day>\d)(?![\d/-]|\.\d)",
    re.ASCII,
)
_GAP: Final = r"[\s./,'’-]*"  # noqa: RUF001


def _names() -> str:
    return "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))


@lru_cache
def _day_named() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_GAP}"
        rf"(?:(?:de|(?:day\s+)?of)\s+)?(?P<month_name>{_names()})(?![^\W\d_])\.?(?:\s+de)?{_GAP}(?P<year>\d{{4}}|\d{{2}}){_END}",
        re.IGNORECASE,
    )


@lru_cache
def _month_named() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W\d_])(?P<month_name>{_names()})(?![^\W\d_])[\s.-]*"
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*[,./-]\s*|\s+|(?='))'?"
        rf"(?P<year>\d{{4}}|\d{{2}}){_END}",
        re.IGNORECASE,
    )


@lru_cache
def _year_named() -> re.Pattern[str]:
    """75 JUN 27: what comes first is no day."""
    return re.compile(
        rf"(?<!\d)(?P<year>\d{{4}}|[4-9]\d){_GAP}(?P<month_name>{_names()})(?![^\W\d_])\.?{_GAP}"
        rf"(?P<day>\d{{1,2}}){_END}",
        re.IGNORECASE,
    )


@lru_cache
def _numeric() -> re.Pattern[str]:
    return re.compile(
        rf"{_START}(?P<a>\d{{1,2}})\s?(?P<mark>[-/.])\s?(?P<b>\d{{1,2}})\s?(?P=mark)\s?"
        rf"(?P<c>(?:19|20)\d{{2}}|\d{{2}})(?:(?![\d/-])|{_CLOCK})",
        re.ASCII,
    )


@lru_cache
def _compact() -> re.Pattern[str]:
    century = r"(?:19|20)\d{2}"
    return re.compile(
        rf"(?<!\d)(?:(?P<year>{century})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)"
        rf"|(?P<a>\d\d)(?P<b>\d\d)(?P<c>{century}))(?:{_END}|(?=[0-2]\d[0-5]\d[0-5]\d(?!\d)))",
        re.ASCII,
    )
