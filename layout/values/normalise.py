"""One field's text to its typed value; the text itself is never changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from layout.result import Amount, Value
from layout.schema import ValueType
from layout.values.amounts import parse_amount
from layout.values.check_digits import CheckedNumber, parse_bic, parse_iban, parse_tax_id
from layout.values.contacts import ParsedContact, parse_email, parse_website
from layout.values.context import ValueContext
from layout.values.counts import parse_percentage, parse_quantity
from layout.values.currency_names import parse_currency
from layout.values.dates import choose_date, compact_date, find_dates
from layout.values.numbers import repair_digits
from layout.values.phones import parse_phone
from layout.values.times import parse_time

ValueIssueCode = Literal[
    "unreadable_value",
    "ambiguous_date",
    "ambiguous_amount",
    "repaired_value",
    "check_digit_mismatch",
]

# Slips in dates, looked for only where there is no date without them: 25/O3/2018, 2025.03,04,
# December 2 0, 1982.
_SLIPPED_ZERO: Final = re.compile(r"(?<=[\d/.-])[oO]|[oO](?=[\d/.-])")
_COMMA_BETWEEN: Final = re.compile(r"(?<=\d),(?=\d)")
_TORN_NUMBER: Final = re.compile(r"(?:(?<=\b\d)|(?<=\b\d{3})) (?=\d\b)", re.ASCII)


# What parts a text from its neighbours on the line: "QualityHosting AG - | Uferweg 40".
_SEPARATORS_AROUND: Final = re.compile(r"^(?:[-\u2013\u2014|·•~]+ )+|(?: [-\u2013\u2014|·•~]+)+$")


@dataclass(frozen=True, slots=True)
class ValueIssue:
    """What a user should know about a value; `code` is stable, `message` is for people."""

    code: ValueIssueCode
    message: str


@dataclass(frozen=True, slots=True)
class NormalisedValue:
    """A value, or None if the text could not be read as its type; then `issue` says so."""

    value: Value | None
    issue: ValueIssue | None = None


def normalise(text: str, value_type: ValueType, context: ValueContext) -> NormalisedValue:
    """Give a field's text its type.

    Args:
        text: as read.
        value_type: of the field.
        context: what the document shows about its conventions.

    Returns:
        Amounts as `Amount`; dates "YYYY-MM-DD"; times "HH:MM" or "HH:MM:SS"; quantities and
        percentages as int, or float if not whole; phones as E.164 or tidy text; currencies as ISO
        4217 codes; e-mail and web addresses with their host in lower case; IBAN and BIC without
        blanks; the rest as text with blanks tidied and separators at its ends left out.
    """
    composed = unicodedata.normalize("NFKC", text).strip()
    found = _NORMALISERS[value_type](composed, context)
    if found.value is None:
        return _unreadable(text, value_type)
    return found


def _unreadable(text: str, value_type: ValueType) -> NormalisedValue:
    article = "an" if value_type[0] in "aeiou" else "a"
    message = f"{text!r} could not be read as {article} {value_type}"
    return NormalisedValue(None, ValueIssue("unreadable_value", message))


def _repaired(text: str, meant: object) -> ValueIssue:
    return ValueIssue("repaired_value", f"{text!r} was read as {meant}; check the reading")


def _amount(text: str, context: ValueContext) -> NormalisedValue:
    parsed = parse_amount(
        text, context.numbers, document_currency=context.currency, region=context.region
    )
    if parsed is None:
        return NormalisedValue(None)
    value = Amount(amount=parsed.text, currency=parsed.currency)
    if parsed.is_repaired:
        return NormalisedValue(value, _repaired(text, parsed.text))
    if re.search(r"(?<!\d)[1-9]\d{0,2}\.\d{3}$", text) and not context.numbers.is_settled:
        message = f"{text!r} was read as {parsed.text}; nothing shows whether '.' parts thousands"
        return NormalisedValue(value, ValueIssue("ambiguous_amount", message))
    return NormalisedValue(value)


def _date(text: str, context: ValueContext) -> NormalisedValue:
    day = None
    if context.is_swift or "YMD" in (context.dates.order, context.dates.regional):
        day = compact_date(text, is_swift=context.is_swift)
    return _usual_date(text, context) if day is None else NormalisedValue(day.isoformat())


def _usual_date(text: str, context: ValueContext) -> NormalisedValue:
    readings = find_dates(text)
    if readings:
        chosen = {choose_date(reading, context.dates) for reading in readings}
        if len({day for day, _ in chosen}) > 1:
            return NormalisedValue(None)
        day, is_certain = chosen.pop()
        if is_certain:
            return NormalisedValue(day.isoformat())
        message = f"{text!r} was read as {day.isoformat()}; day and month could be exchanged"
        return NormalisedValue(day.isoformat(), ValueIssue("ambiguous_date", message))
    repaired = _SLIPPED_ZERO.sub("0", text)
    repaired = _TORN_NUMBER.sub("", _COMMA_BETWEEN.sub(".", repaired))
    if repaired == text:
        return NormalisedValue(None)
    found = _usual_date(repaired, context)
    if found.value is None:
        return found
    return NormalisedValue(found.value, _repaired(text, found.value))


def _time(text: str, _context: ValueContext) -> NormalisedValue:
    return NormalisedValue(parse_time(text))


def _quantity(text: str, context: ValueContext) -> NormalisedValue:
    return _count(text, parse_quantity(text, context.numbers), context, parse_quantity)


def _percentage(text: str, context: ValueContext) -> NormalisedValue:
    return _count(text, parse_percentage(text, context.numbers), context, parse_percentage)


def _count(
    text: str,
    value: int | float | None,
    context: ValueContext,
    parse: Callable[..., int | float | None],
) -> NormalisedValue:
    if value is not None:
        return NormalisedValue(value)
    value = parse(repair_digits(text), context.numbers)
    if value is None:
        return NormalisedValue(None)
    return NormalisedValue(value, _repaired(text, value))


def _phone(text: str, context: ValueContext) -> NormalisedValue:
    return NormalisedValue(parse_phone(text, context.region))


def _identifier(text: str, _context: ValueContext) -> NormalisedValue:
    tidy = " ".join(text.split()).strip(" :;,#")
    enclosed = re.fullmatch(r"\(([^()]*)\)|\[([^\[\]]*)\]", tidy)
    if enclosed is not None:
        tidy = (enclosed[1] or enclosed[2] or "").strip()
    return NormalisedValue(tidy if any(char.isalnum() for char in tidy) else None)


def _email(text: str, _context: ValueContext) -> NormalisedValue:
    return _contact(text, parse_email(text))


def _website(text: str, _context: ValueContext) -> NormalisedValue:
    return _contact(text, parse_website(text))


def _contact(text: str, parsed: ParsedContact | None) -> NormalisedValue:
    if parsed is None:
        return NormalisedValue(None)
    issue = _repaired(text, parsed.text) if parsed.is_repaired else None
    return NormalisedValue(parsed.text, issue)


def _currency(text: str, context: ValueContext) -> NormalisedValue:
    return NormalisedValue(parse_currency(text, context.currency, context.region))


def _person(text: str, _context: ValueContext) -> NormalisedValue:
    tidy = re.sub(r"\s+,", ",", " ".join(text.split())).strip(" ,;:|/")
    return NormalisedValue(tidy if any(char.isalpha() for char in tidy) else None)


def _tax_id(text: str, context: ValueContext) -> NormalisedValue:
    checked = parse_tax_id(text, context.region)
    return _identifier(text, context) if checked is None else _with_check(text, checked)


def _iban(text: str, context: ValueContext) -> NormalisedValue:
    checked = parse_iban(text)
    if checked is not None:
        return _with_check(text, checked)
    message = f"{text!r} does not have the form of an IBAN; check the reading"
    return replace(_identifier(text, context), issue=ValueIssue("check_digit_mismatch", message))


def _bic(text: str, _context: ValueContext) -> NormalisedValue:
    checked = parse_bic(text)
    return NormalisedValue(None) if checked is None else _with_check(text, checked)


def _with_check(text: str, checked: CheckedNumber) -> NormalisedValue:
    if checked.is_right is False:
        message = f"the check digits of {text!r} do not agree; check the reading"
        return NormalisedValue(checked.text, ValueIssue("check_digit_mismatch", message))
    issue = _repaired(text, checked.text) if checked.is_repaired else None
    return NormalisedValue(checked.text, issue)


def _address(text: str, _context: ValueContext) -> NormalisedValue:
    tidy = re.sub(r"\s+([,;])", r"\1", " ".join(text.split()))
    return NormalisedValue(tidy.strip(" ,;:") or None)


def _text(text: str, _context: ValueContext) -> NormalisedValue:
    tidy = " ".join(text.split())
    return NormalisedValue(_SEPARATORS_AROUND.sub("", tidy) or tidy or None)


_NORMALISERS: Final[dict[ValueType, Callable[[str, ValueContext], NormalisedValue]]] = {
    "text": _text,
    "amount": _amount,
    "quantity": _quantity,
    "percentage": _percentage,
    "date": _date,
    "time": _time,
    "phone": _phone,
    "address": _address,
    "identifier": _identifier,
    "currency": _currency,
    "email": _email,
    "website": _website,
    "person": _person,
    "tax_id": _tax_id,
    "iban": _iban,
    "bic": _bic,
}
