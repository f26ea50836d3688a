"""A leaf's value as the member that Azure has for its type."""

from __future__ import annotations

import re
from typing import Final

from api.azure.field_names import LeafType
from layout.result import Amount, LeafField, Value

JsonObject = dict[str, object]

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_CODE_BEFORE_CITY: Final = re.compile(
    r"(?P<street>.+?),\s*(?P<code>\d{5})\s+(?P<city>[^\W\d][^,\d]*?)\s*(,.*)?", re.DOTALL
)
_STATE_AND_ZIP: Final = re.compile(
    r"(?P<street>.+),\s*(?P<city>[^,\d]+),\s*(?P<state>[A-Z]{2}),?\s+(?P<code>\d{5}(-\d{4})?)"
    r"\s*(,.*)?",
    re.DOTALL,
)


def value_members(leaf: LeafField, value_type: LeafType) -> JsonObject:
    """The `value…` member of a field; none where its text could not be normalised.

    Args:
        leaf: of the result.
        value_type: as Azure has it.
    """
    value = leaf.value
    if value_type == "string":
        # Of a rate or a count Azure gives the words as they stand.
        return {"valueString": value if isinstance(value, str) else leaf.text}
    return {} if value is None else _typed(value, value_type)


def _typed(value: Value, value_type: LeafType) -> JsonObject:
    members: JsonObject = {}
    match value_type, value:
        case "date", str() if _DAY.fullmatch(value):
            members = {"valueDate": value}
        case "time", str() if _TIME.fullmatch(value):
            members = {"valueTime": value if len(value) == len("HH:MM:SS") else f"{value}:00"}
        case "phoneNumber", str():
            members = {"valuePhoneNumber": value}
        case "number", int() | float():
            members = {"valueNumber": value}
        case "currency", Amount():
            members = {"valueCurrency": _currency(value)}
        case "address", str():
            members = {"valueAddress": address_parts(value)}
    return members


def address_parts(text: str) -> JsonObject:
    """Parts of an address, where its form leaves no doubt.

    Two forms are told apart, "street, city, ST 98052" and "street, 81100 City"; of any other,
    the whole stands as the street's.
    """
    found = _STATE_AND_ZIP.fullmatch(text) or _CODE_BEFORE_CITY.fullmatch(text)
    if found is None:
        return {"streetAddress": text}
    parts = found.groupdict()
    members = {
        "streetAddress": parts["street"],
        "city": parts["city"],
        "state": parts.get("state"),
        "postalCode": parts["code"],
    }
    return {name: part.strip() for name, part in members.items() if part is not None}


def _currency(value: Amount) -> JsonObject:
    members: JsonObject = {"amount": float(value.amount)}
    if value.currency is not None:
        members["currencyCode"] = value.currency
    return members
