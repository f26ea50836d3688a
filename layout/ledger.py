"""Where a document type keeps the sums that must agree, and how to read them from a field tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from layout.result import Amount, FieldNode, GroupField, LeafField


@dataclass(frozen=True)
class Ledger:
    """Paths of a schema's sums; empty where the type has none. A path may run through lists.

    Attributes:
        items: the list of lines; the paths from `quantity` to `sub_item_total` start at a line.
        quantity: of a line.
        unit_price: of a line.
        line_total: of a line.
        line_discount: of a line.
        line_tax: of a line; its total may hold it or not.
        sub_item_total: of a line's own sub-items.
        subtotal: before tax and service.
        taxes: tax amounts; the same tax may be given once more, in detail.
        services: service charges and the like, added.
        tips: added.
        discounts: taken off.
        total: what is to be paid.
        payments: what was given.
        change: what was given back.
        tax_details: the list of single taxes; the paths below start at one.
        tax_rate: in per cent.
        tax_amount: of one tax.
        tax_net: what the tax is on.
        price_units: how many pieces a unit price may be for; an unmarked one is for 1.
    """

    items: str = ""
    quantity: str = ""
    unit_price: str = ""
    line_total: str = ""
    line_discount: str = ""
    line_tax: str = ""
    sub_item_total: str = ""
    subtotal: str = ""
    taxes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    tips: tuple[str, ...] = ()
    discounts: tuple[str, ...] = ()
    total: str = ""
    payments: tuple[str, ...] = ()
    change: str = ""
    tax_details: str = ""
    tax_rate: str = ""
    tax_amount: str = ""
    tax_net: str = ""
    price_units: tuple[int, ...] = (1,)


LEDGERS: Final[Mapping[str, Ledger]] = {
    "receipt": Ledger(
        items="items",
        quantity="quantity",
        unit_price="unit_price",
        line_total="total_price",
        sub_item_total="sub_items.total_price",
        subtotal="subtotal",
        taxes=("total_tax",),
        services=("service_charge",),
        tips=("tip",),
        discounts=("discount",),
        total="total",
        payments=("payments.amount",),
        change="change",
        tax_details="tax_details",
        tax_rate="rate",
        tax_amount="amount",
        tax_net="net_amount",
    ),
    "cord": Ledger(
        items="menu",
        quantity="cnt",
        unit_price="unitprice",
        line_total="price",
        line_discount="discountprice",
        sub_item_total="sub.price",
        subtotal="sub_total.subtotal_price",
        taxes=("sub_total.tax_price",),
        services=("sub_total.service_price", "sub_total.othersvc_price"),
        discounts=("sub_total.discount_price",),
        total="total.total_price",
        payments=("total.cashprice", "total.creditcardprice", "total.emoneyprice"),
        change="total.changeprice",
    ),
    # The amount due is no sum of these: what was paid before is not among an invoice's fields.
    "invoice": Ledger(
        items="items",
        quantity="quantity",
        unit_price="unit_price",
        line_total="amount",
        line_tax="tax",
        subtotal="subtotal",
        taxes=("total_tax",),
        discounts=("total_discount",),
        total="invoice_total",
        tax_details="tax_details",
        tax_rate="rate",
        tax_amount="amount",
        price_units=(1, 100, 1000),
    ),
}
"""By the schema's name; other types have no sums to check."""


@dataclass(frozen=True)
class Figure:
    """A number in the tree.

    Attributes:
        name: its path with indices, `items[0].total_price`.
        number: None if its text could not be read: what it takes part in cannot be checked.
        currency: of an amount, if known.
    """

    name: str
    number: Decimal | None
    currency: str | None = None


def leaves_at(
    fields: Mapping[str, FieldNode], path: str, prefix: str = ""
) -> Iterator[tuple[str, LeafField]]:
    """All leaves at a path, with their names; lists on the way are gone through."""
    first, _, rest = path.partition(".")
    node = fields.get(first)
    if node is None:
        return
    name = f"{prefix}{first}"
    nodes = (
        [(f"{name}[{i}]", each) for i, each in enumerate(node)]
        if isinstance(node, list)
        else [(name, node)]
    )
    for each_name, each in nodes:
        if isinstance(each, GroupField):
            if rest:
                yield from leaves_at(each.fields, rest, f"{each_name}.")
        elif not rest:
            yield each_name, each


def figures_at(fields: Mapping[str, FieldNode], path: str, prefix: str = "") -> list[Figure]:
    """All numbers at a path; none for an empty path."""
    return [_figure(name, leaf) for name, leaf in leaves_at(fields, path, prefix)] if path else []


def groups_at(fields: Mapping[str, FieldNode], name: str) -> list[tuple[str, GroupField]]:
    """The instances of a repeated group at the top level, with their names."""
    node = fields.get(name) if name else None
    if not isinstance(node, list):
        return []
    return [(f"{name}[{i}]", each) for i, each in enumerate(node) if isinstance(each, GroupField)]


def _figure(name: str, leaf: LeafField) -> Figure:
    if isinstance(leaf.value, Amount):
        return Figure(name, Decimal(leaf.value.amount), leaf.value.currency)
    if isinstance(leaf.value, int | float):
        return Figure(name, Decimal(str(leaf.value)))
    return Figure(name, None)
