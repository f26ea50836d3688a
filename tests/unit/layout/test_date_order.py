import pytest

from layout.checks import check_arithmetic
from layout.result import FieldNode, LeafField


def day(value: str | None) -> LeafField:
    return LeafField(value=value, text=str(value), confidence=1, regions=[])


@pytest.mark.parametrize(
    ("schema", "fields", "wrong"),
    [
        ("invoice", {"invoice_date": "2025-03-04", "due_date": "2025-04-03"}, []),
        ("invoice", {"invoice_date": "2025-03-04", "due_date": "2025-03-04"}, []),
        (
            "invoice",
            {"invoice_date": "2025-03-04", "due_date": "2025-03-03"},
            [["invoice_date", "due_date"]],
        ),
        ("invoice", {"invoice_date": "2025-03-04", "due_date": None}, []),
        ("invoice", {"due_date": "2025-03-04"}, []),
        (
            "letter_of_credit",
            {
                "issue_date": "2025-03-04",
                "latest_shipment_date": "2025-05-31",
                "expiry_date": "2025-06-21",
            },
            [],
        ),
        (
            "letter_of_credit",
            {"latest_shipment_date": "2025-07-31", "expiry_date": "2025-06-21"},
            [["latest_shipment_date", "expiry_date"]],
        ),
        (
            "letter_of_credit",
            {"issue_date": "2025-07-31", "expiry_date": "2025-06-21"},
            [["issue_date", "expiry_date"]],
        ),
        ("receipt", {"transaction_date": "2025-07-31"}, []),
    ],
)
def test_days_in_the_wrong_order_are_named(
    schema: str, fields: dict[str, str | None], wrong: list[list[str]]
) -> None:
    nodes: dict[str, FieldNode] = {name: day(value) for name, value in fields.items()}
    issues = check_arithmetic(nodes, schema)
    assert [issue.fields for issue in issues] == wrong
    assert {issue.code for issue in issues} <= {"date_order"}
    assert {issue.severity for issue in issues} <= {"warning"}
