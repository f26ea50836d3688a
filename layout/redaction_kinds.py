"""Kinds of personal data that can be masked, and which fields of a schema hold them."""

from __future__ import annotations

from typing import Final, Literal, get_args

from layout.schema import ValueType

Kind = Literal["names", "phones", "emails", "accounts", "addresses", "ids", "companies"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ALL: Final = "all"
"""Stands for every kind of people's data: all but `companies`, which is masked if asked for."""

_PERSONAL: Final = frozenset(kind for kind in KINDS if kind != "companies")
_BY_TYPE: Final[dict[ValueType, Kind]] = {
    "person": "names",
    "phone": "phones",
    "email": "emails",
    "iban": "accounts",
    "bic": "accounts",
    "address": "addresses",
    "tax_id": "ids",
}
# Fields whose value type does not tell what they hold. A customer may be a person.
_BY_NAME: Final[dict[str, Kind]] = {
    "customer_name": "names",
    "bank_account_number": "accounts",
    "address": "addresses",
    "customer_id": "ids",
    "merchant_name": "companies",
    "vendor_name": "companies",
    "company_names": "companies",
    "company": "companies",
}


def parse_kinds(text: str) -> frozenset[Kind]:
    """Kinds from a list such as "names,phones".

    Raises:
        ValueError: a part of it is no kind; the message names the kinds.
    """
    found: set[Kind] = set()
    for part in (piece.strip() for piece in text.split(",")):
        known = [kind for kind in KINDS if kind == part]
        if part == ALL:
            found |= _PERSONAL
        elif known:
            found.update(known)
        else:
            raise ValueError(f"{part[:40]!r} is none of {', '.join(KINDS)}, {ALL}")
    return frozenset(found)


def kind_of_field(name: str, value_type: ValueType | None) -> Kind | None:
    """What a field holds, by its name or else its value type; None for nothing personal."""
    by_type = None if value_type is None else _BY_TYPE.get(value_type)
    return _BY_NAME.get(name, by_type)
