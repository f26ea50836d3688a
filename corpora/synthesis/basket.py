"""What was bought and what it comes to: amounts that add up, before anything is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Extra:
    """A modifier or part of an item. Amounts in smallest units; None: not stated."""

    name: str
    quantity: int | None = None
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line item; amounts in smallest units.

    Attributes:
        name: its description.
        code: of the product, "" for none.
        quantity: how many, or how much of `unit`.
        unit: of the quantity, "" for pieces that are not called so.
        unit_price: of one.
        discount: taken off the line, 0 or more.
        tax_rate: in per cent.
        extras: what was added or is contained.
    """

    name: str
    code: str
    quantity: Decimal
    unit: str
    unit_price: int
    discount: int
    tax_rate: Decimal
    extras: tuple[Extra, ...] = ()

    @property
    def gross(self) -> int:
        """Price of the line before its discount, extras not counted."""
        return rounded(self.quantity * self.unit_price)

    @property
    def total(self) -> int:
        """Price of the line after its discount, extras not counted."""
        return self.gross - self.discount


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What was taxed at one rate: rate in per cent, net and tax in smallest units."""

    rate: Decimal
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Bill:
    """All amounts of a purchase, in smallest units.

    Attributes:
        purchases: the line items.
        subtotal: sum of the items and their extras, as priced.
        discount: on the whole bill, 0 or more.
        service: the service charge.
        shares: taxed amounts by rate.
        is_tax_included: prices contain the tax already.
        rounding: what rounding adds to or takes from the total.
        tip: on top.
        total: to be paid: the sum of all that.
        tendered: handed over, by method of the first payment; the rest is change.
        is_consistent: False when a printed amount was altered on purpose.
    """

    purchases: tuple[Purchase, ...]
    subtotal: int
    discount: int
    service: int
    shares: tuple[TaxShare, ...]
    is_tax_included: bool
    rounding: int
    tip: int
    total: int
    tendered: int
    is_consistent: bool = True

    @property
    def tax(self) -> int:
        """All taxes together."""
        return sum(share.tax for share in self.shares)

    @property
    def unrounded(self) -> int:
        """The total before rounding and tip."""
        return self.total - self.rounding - self.tip

    @property
    def untaxed(self) -> int:
        """The amount without tax, service included, discount taken off."""
        return self.unrounded - self.tax

    @property
    def change(self) -> int:
        """What is handed back."""
        return self.tendered - self.total


def rounded(amount: Decimal) -> int:
    """The nearest whole number, halves away from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def settle(
    purchases: tuple[Purchase, ...],
    *,
    discount: int,
    service_rate: Decimal,
    is_tax_included: bool,
    round_to: int,
) -> Bill:
    """Add a purchase up.

    Args:
        purchases: the line items.
        discount: on the whole bill, in smallest units; never more than the items come to.
        service_rate: in per cent of the discounted items.
        is_tax_included: prices contain the tax already.
        round_to: totals are multiples of this, in smallest units; 0 for no rounding.

    Returns:
        The bill without tip, paid exactly.
    """
    subtotal = sum(p.total + sum(extra.price or 0 for extra in p.extras) for p in purchases)
    discount = min(discount, subtotal)
    service = rounded((subtotal - discount) * service_rate / 100)
    charged = subtotal - discount + service
    shares = _shares(purchases, subtotal, charged, is_tax_included=is_tax_included)
    unrounded = charged if is_tax_included else charged + sum(share.tax for share in shares)
    total = unrounded
    if round_to:
        total = rounded(Decimal(unrounded) / round_to) * round_to
    return Bill(
        purchases=purchases,
        subtotal=subtotal,
        discount=discount,
        service=service,
        shares=shares,
        is_tax_included=is_tax_included,
        rounding=total - unrounded,
        tip=0,
        total=total,
        tendered=total,
    )


def with_tip(bill: Bill, tip: int) -> Bill:
    """The bill with a tip on top, paid exactly."""
    return replace(bill, tip=tip, total=bill.total + tip, tendered=bill.total + tip)


def _shares(
    purchases: tuple[Purchase, ...], subtotal: int, charged: int, *, is_tax_included: bool
) -> tuple[TaxShare, ...]:
    """Taxed amounts by rate; discount and service are shared out over the rates."""
    priced: dict[Decimal, int] = {}
    for purchase in purchases:
        amount = purchase.total + sum(extra.price or 0 for extra in purchase.extras)
        priced[purchase.tax_rate] = priced.get(purchase.tax_rate, 0) + amount
    shares, rest = [], charged
    for index, (rate, amount) in enumerate(sorted(priced.items(), reverse=True)):
        is_last = index == len(priced) - 1
        part = rest if is_last else rounded(Decimal(charged * amount) / max(1, subtotal))
        rest -= part
        if is_tax_included:
            tax = rounded(part * rate / (100 + rate))
            shares.append(TaxShare(rate, part - tax, tax))
        else:
            shares.append(TaxShare(rate, part, rounded(part * rate / 100)))
    return tuple(shares)
