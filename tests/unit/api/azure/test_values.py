"""Values and their members, worked out by hand."""

from __future__ import annotations

import pytest

from api.azure.field_names import LeafType
from api.azure.values import address_parts, value_members
from layout.result import Amount, LeafField, Value


def leaf(value: Value | None, text: str = "as read") -> LeafField:
    return LeafField(value=value, text=text, confidence=1, regions=[])


@pytest.mark.parametrize(
    ("value", "value_type", "members"),
    [
        ("SHOP", "string", {"valueString": "SHOP"}),
        (6, "string", {"valueString": "as read"}),
        (None, "string", {"valueString": "as read"}),
        ("2018-12-25", "date", {"valueDate": "2018-12-25"}),
        ("2018-12", "date", {}),
        ("20:13", "time", {"valueTime": "20:13:00"}),
        ("20:13:05", "time", {"valueTime": "20:13:05"}),
        ("+6073512345", "phoneNumber", {"valuePhoneNumber": "+6073512345"}),
        (2.5, "number", {"valueNumber": 2.5}),
        (
            Amount(amount="-1234.50", currency="KRW"),
            "currency",
            {"valueCurrency": {"amount": -1234.5, "currencyCode": "KRW"}},
        ),
        (Amount(amount="3"), "currency", {"valueCurrency": {"amount": 3.0}}),
        ("3", "currency", {}),
        (None, "currency", {}),
        (None, "date", {}),
        ("1 Way", "address", {"valueAddress": {"streetAddress": "1 Way"}}),
    ],
)
def test_a_value_becomes_the_member_of_its_type(
    value: Value | None, value_type: LeafType, members: dict[str, object]
) -> None:
    assert value_members(leaf(value), value_type) == members


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "4001 1st Ave NE, Redmond, WA 98052-1234, USA",
            {
                "streetAddress": "4001 1st Ave NE",
                "city": "Redmond",
                "state": "WA",
                "postalCode": "98052-1234",
            },
        ),
        (
            "12, JALAN BESAR, 81100 JOHOR BAHRU, JOHOR",
            {"streetAddress": "12, JALAN BESAR", "city": "JOHOR BAHRU", "postalCode": "81100"},
        ),
        (
            "Hauptstraße 5, 80331 München",
            {"streetAddress": "Hauptstraße 5", "city": "München", "postalCode": "80331"},
        ),
        ("서울특별시 중구 세종대로 110", {"streetAddress": "서울특별시 중구 세종대로 110"}),
        ("10 High Street, London", {"streetAddress": "10 High Street, London"}),
    ],
)
def test_only_clear_addresses_are_taken_apart(text: str, parts: dict[str, str]) -> None:
    assert address_parts(text) == parts
