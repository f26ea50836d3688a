"""What an invoice charges: lines, taxes and totals that add up, before anything is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from corpora.synthesis.basket import TaxShare, rounded
from corpora.synthesis.dice import Dice
from corpora.synthesis.invoices.style import Clerk, Trade

# What one unit costs, in US dollars.
PRICES: dict[Trade, tuple[float, float]] = {
    "goods": (0.8, 900.0),
    "services": (20.0, 3000.0),
    "professional": (40.0, 9000.0),
    "freight": (15.0, 1800.0),
    "advertising": (60.0, 20000.0),
}
COUNTED: dict[Trade, float] = {
    "goods": 0.95, "services": 0.55, "professional": 0.3, "freight": 0.4, "advertising": 0.35,
}  # fmt: skip
"""How often lines say how many and at what price."""


@dataclass(frozen=True, slots=True)
class Line:
    """A charge; amounts in smallest units.

    Attributes:
        texts: the description, line by line.
        code: of the product, "" for none.
        day: of the service or delivery.
        quantity: None where none is stated.
        unit: of the quantity, "" for none.
        unit_price: None where none is stated.
        rate: of the tax, in per cent.
        amount: without tax.
    """

    texts: tuple[str, ...]
    code: str
    day: date
    quantity: Decimal | None
    unit: str
    unit_price: int | None
    rate: Decimal
    amount: int

    @property
    def tax(self) -> int:
        """The tax on the line."""
        return rounded(self.amount * self.rate / 100)


@dataclass(frozen=True, slots=True)
class Account:
    """All amounts of an invoice, in smallest units.

    Attributes:
        lines: the charges.
        subtotal: their sum.
        discount: taken off the subtotal, 0 or more.
        freight: charged on top, before tax.
        shares: taxed amounts by rate; empty where no tax is charged.
        total: of the invoice.
        previous: balance brought forward.
        paid: already, 0 or more.
        is_consistent: False when a printed amount was altered on purpose.
    """

    lines: tuple[Line, ...]
    subtotal: int
    discount: int
    freight: int
    shares: tuple[TaxShare, ...]
    total: int
    previous: int
    paid: int
    is_consistent: bool = True

    @property
    def tax(self) -> int:
        """All taxes together."""
        return sum(share.tax for share in self.shares)

    @property
    def due(self) -> int:
        """What is to be paid in the end."""
        return self.total + self.previous - self.paid


def random_account(clerk: Clerk, day: date) -> Account:
    """A random account; one in sixteen is printed with an amount that does not fit the others.

    Args:
        clerk: of the invoice.
        day: of the invoice.
    """
    dice, style = clerk.dice, clerk.style
    rates = _rates(clerk)
    often = 0.55 if style.origin.is_vintage else 1.0
    counted = dice.chance(often * COUNTED[style.trade])
    code_rule = dice.pick(style.grammar.alternatives("code"))
    lines = tuple(
        _line(clerk, day, rates, code_rule, is_counted=counted) for _ in range(_n_lines(clerk))
    )
    subtotal = sum(line.amount for line in lines)
    discount = _discount(clerk, subtotal)
    unit = 10**style.country.exponent
    freight = 0
    if style.trade == "goods" and dice.chance(0.22):
        scale = style.country.price_scale
        freight = rounded(Decimal(dice.between(4, 90)) * round(scale * 10) / 10) * unit
    shares = _shares(lines, discount, freight) if style.is_taxed else ()
    total = subtotal - discount + freight + sum(share.tax for share in shares)
    previous = paid = 0
    if dice.chance(0.09):
        previous = total * dice.between(5, 160) // 100
    if dice.chance(0.09):
        paid = total * dice.pick((20, 25, 30, 50, 50, 100)) // 100
    account = Account(lines, subtotal, discount, freight, shares, total, previous, paid)
    return _spoilt(account, dice) if dice.chance(0.06) else account


def _rates(clerk: Clerk) -> tuple[Decimal, ...]:
    dice, country = clerk.dice, clerk.style.country
    rates = [Decimal(str(dice.pick([rate for rate in country.tax_rates if rate])))]
    if country.currency in ("EUR", "GBP") and dice.chance(0.25):
        rates.append(Decimal(str(dice.pick((*country.tax_rates, 0.0)))))
    return tuple(rates)


def _n_lines(clerk: Clerk) -> int:
    dice = clerk.dice
    if clerk.style.trade == "professional" and dice.chance(0.5):
        return dice.between(1, 2)
    if dice.chance(0.06):
        return dice.between(9, 18)
    return min(dice.between(1, 10), dice.between(1, 8))


def _line(
    clerk: Clerk, day: date, rates: tuple[Decimal, ...], code_rule: str, *, is_counted: bool
) -> Line:
    dice, style = clerk.dice, clerk.style
    price = _price(clerk)
    quantity: Decimal | None = None
    amount = price
    if is_counted and dice.chance(0.93):
        quantity = _quantity(clerk)
        amount = rounded(quantity * price)
    unit = ""
    if quantity is not None:
        unit = clerk.say("unit" if style.trade in ("goods", "freight") else "work_unit")
    return Line(
        texts=_texts(clerk),
        code=style.grammar.fill(code_rule, dice),
        day=day - timedelta(days=dice.between(0, 31)),
        quantity=quantity,
        unit=unit,
        unit_price=None if quantity is None else price,
        rate=dice.pick(rates),
        amount=amount,
    )


def _texts(clerk: Clerk) -> tuple[str, ...]:
    """A description: mostly one line, now and then up to four, seldom a paragraph."""
    dice, trade = clerk.dice, clerk.style.trade
    texts = clerk.say(f"line_{trade}").split("|")
    more = {"goods": 0.16, "services": 0.25}.get(trade, 0.33)
    most = 4
    if clerk.style.origin.is_vintage and dice.chance(0.05):
        more, most = 0.85, 8
    while len(texts) < most and dice.chance(more):
        texts.append(clerk.say("detail"))
    return tuple(dict.fromkeys(texts))


def _price(clerk: Clerk) -> int:
    dice, country = clerk.dice, clerk.style.country
    low, high = PRICES[clerk.style.trade]
    value: float = low * (high / low) ** dice.real(0, 1) * country.price_scale
    if country.exponent == 0:
        step = 100 if value < 50_000 else 1000
        return max(1, round(value / step)) * step
    if clerk.style.trade != "goods" or dice.chance(0.3):
        if value > 100 and dice.chance(0.5):
            return round(value / 5) * 500
        return max(1, round(value)) * 100
    return max(5, round(value * 100))


def _quantity(clerk: Clerk) -> Decimal:
    dice, trade = clerk.dice, clerk.style.trade
    if trade in ("services", "professional") and dice.chance(0.5):
        return Decimal(dice.between(1, 160)) / 4
    if dice.chance(0.35):
        return Decimal(1)
    if trade == "goods" and dice.chance(0.25):
        return Decimal(dice.pick((10, 12, 20, 24, 25, 50, 100, 144, 200, 250, 500, 1000, 1500)))
    return Decimal(dice.between(2, 30))


def _discount(clerk: Clerk, subtotal: int) -> int:
    dice = clerk.dice
    if clerk.style.trade == "advertising" and dice.chance(0.4):
        return subtotal * 15 // 100  # the agency's commission
    return subtotal * dice.pick((2, 3, 5, 5, 10, 10, 15, 20)) // 100 if dice.chance(0.13) else 0


def _shares(lines: tuple[Line, ...], discount: int, freight: int) -> tuple[TaxShare, ...]:
    """Taxed amounts by rate; discount and freight are shared out over the rates."""
    priced: dict[Decimal, int] = {}
    for line in lines:
        priced[line.rate] = priced.get(line.rate, 0) + line.amount
    subtotal = sum(priced.values())
    charged = subtotal - discount + freight
    shares, rest = [], charged
    for index, (rate, amount) in enumerate(sorted(priced.items(), reverse=True)):
        is_last = index == len(priced) - 1
        net = rest if is_last else rounded(Decimal(charged * amount) / max(1, subtotal))
        rest -= net
        shares.append(TaxShare(rate, net, rounded(net * rate / 100)))
    return tuple(shares)


def _spoilt(account: Account, dice: Dice) -> Account:
    """The account with one amount that does not fit the others."""
    off = max(1, account.total * dice.between(1, 30) // 100)
    if dice.chance(0.4):
        return replace(account, subtotal=account.subtotal + off, is_consistent=False)
    return replace(account, total=account.total + off, is_consistent=False)
