"""Whether a value that a person gives is one that its field may hold."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Final

from layout.result import Amount, Value
from layout.schema import ValueType

_DECIMAL: Final = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def fault_of_value(value: Value, value_type: ValueType) -> str | None:
    """What is wrong with a value, None if it has the form that results give it."""
    match value_type:
        case "amount":
            is_good = isinstance(value, Amount) and _is_amount(value)
            form = 'an amount is {"amount": "9.50", "currency": "MYR"}'
        case "quantity" | "percentage":
            is_good = isinstance(value, int | float) and math.isfinite(value)
            form = f"a {value_type} is a number"
        case "date":
            is_good = isinstance(value, str) and _is_day(value)
            form = "a date is YYYY-MM-DD"
        case "time":
            is_good = isinstance(value, str) and _TIME.fullmatch(value) is not None
            form = "a time is HH:MM or HH:MM:SS"
        case _:
            is_good = isinstance(value, str)
            form = "the value is a string"
    return None if is_good else form


def text_of_value(value: Value) -> str:
    """A value as it would be written plainly."""
    return value.amount if isinstance(value, Amount) else str(value)


def _is_amount(value: Amount) -> bool:
    is_known = value.currency is None or _CURRENCY.fullmatch(value.currency) is not None
    return is_known and _DECIMAL.fullmatch(value.amount) is not None


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False
