"""Whether a document's days stand in an order that they can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from layout.result import FieldNode, Issue, LeafField


@dataclass(frozen=True, slots=True)
class DateOrder:
    """Two top-level fields of which the first cannot be the later one."""

    earlier: str
    later: str


DATE_ORDERS: Final[Mapping[str, tuple[DateOrder, ...]]] = {
    "invoice": (
        DateOrder("invoice_date", "due_date"),
        DateOrder("service_start_date", "service_end_date"),
    ),
    "letter_of_credit": (
        DateOrder("issue_date", "expiry_date"),
        DateOrder("issue_date", "latest_shipment_date"),
        DateOrder("latest_shipment_date", "expiry_date"),
    ),
}
"""By the schema's name; other types have no days to compare."""


def check_dates(fields: Mapping[str, FieldNode], schema_name: str) -> list[Issue]:
    """Compare a document's days.

    Args:
        fields: of the result.
        schema_name: of its document type.

    Returns:
        A warning with the code date_order for each pair in the wrong order; days that are missing
        or could not be read are not compared.
    """
    issues = []
    for order in DATE_ORDERS.get(schema_name, ()):
        earlier, later = _day(fields.get(order.earlier)), _day(fields.get(order.later))
        if earlier is None or later is None or earlier <= later:
            continue
        message = f"{order.later} {later} is before {order.earlier} {earlier}"
        names = [order.earlier, order.later]
        issues.append(Issue(code="date_order", severity="warning", message=message, fields=names))
    return issues


def _day(node: FieldNode | None) -> str | None:
    """A day in ISO 8601, which sorts as days do."""
    if isinstance(node, LeafField) and isinstance(node.value, str):
        return node.value
    return None
