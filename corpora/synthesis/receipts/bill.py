"""Goes shopping: a bill with the goods, prices and payments that fit the shop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from corpora.synthesis.basket import Bill, Extra, Purchase, settle, with_tip
from corpora.synthesis.dice import Dice
from corpora.synthesis.receipts.style import Branch, Scribe

# What goods cost, in US dollars, and how many different ones are bought at once, at most.
PRICES: dict[Branch, tuple[float, float]] = {
    "restaurant": (1.0, 18.0),
    "bakery": (0.6, 6.0),
    "grocery": (0.3, 14.0),
    "hardware": (0.2, 60.0),
    "stationery": (0.3, 25.0),
    "pharmacy": (1.0, 40.0),
    "fashion": (3.0, 90.0),
    "household": (0.5, 25.0),
    "fuel": (0.5, 1.8),
    "services": (0.5, 60.0),
}
MOST_ITEMS: dict[Branch, int] = {"grocery": 14, "restaurant": 9, "fuel": 2, "services": 3}
ENDINGS = {0: 30.0, 50: 15.0, 90: 18.0, 95: 5.0, 99: 10.0, 80: 5.0, 20: 4.0, 5: 1.0}
WITH_EXTRAS = ("restaurant", "bakery")


@dataclass(frozen=True, slots=True)
class _Habits:
    """What holds for all purchases of one bill."""

    rates: tuple[Decimal, ...]
    code_rule: str
    has_discounts: bool
    has_extras: bool
    bulk: float


def go_shopping(scribe: Scribe) -> Bill:
    """A random bill; one in twenty is printed with an amount that does not fit the others."""
    dice, style = scribe.dice, scribe.style
    habits = _habits(scribe)
    purchases = tuple(_purchase(scribe, habits) for _ in range(_n_items(style.branch, dice)))
    unit = 10**style.country.exponent
    discount = 0
    if dice.chance(0.1):
        discount = sum(p.total for p in purchases) * dice.pick((5, 10, 10, 15, 20, 50)) // 100
        if unit > 1 and dice.chance(0.5):
            discount = discount // unit * unit
    is_cash = style.payment in ("cash", "split")
    bill = settle(
        purchases,
        discount=discount,
        service_rate=_service_rate(scribe),
        is_tax_included=style.is_tax_included or not style.is_taxed,
        round_to=style.country.rounding if is_cash or dice.chance(0.5) else 0,
    )
    if style.branch == "restaurant" and dice.chance(style.country.tips):
        bill = with_tip(bill, max(1, bill.total * dice.pick((10, 15, 18, 20)) // 100))
    if style.payment == "cash" and dice.chance(0.7):
        bill = replace(bill, tendered=_notes(bill.total, unit, dice))
    return _spoilt(bill, dice) if dice.chance(0.05) else bill


def _habits(scribe: Scribe) -> _Habits:
    dice, style = scribe.dice, scribe.style
    rates = [Decimal(str(dice.pick(style.country.tax_rates)))] if style.is_taxed else [Decimal(0)]
    if style.is_taxed and dice.chance(0.25):
        other = Decimal(str(dice.pick((*style.country.tax_rates, 0.0))))
        rates.append(other)
    return _Habits(
        rates=tuple(rates),
        code_rule=dice.pick(style.grammar.alternatives("code")),
        has_discounts=dice.chance(0.1),
        has_extras=style.branch in WITH_EXTRAS and dice.chance(0.3),
        bulk=0.4 if style.branch == "hardware" else 0.1,
    )


def _n_items(branch: Branch, dice: Dice) -> int:
    most = MOST_ITEMS.get(branch, 8)
    if most > 3 and dice.chance(0.04):
        return dice.between(most, 24)
    return min(dice.between(1, most), dice.between(1, most))


def _purchase(scribe: Scribe, habits: _Habits) -> Purchase:
    dice, style = scribe.dice, scribe.style
    price = _price(scribe, *PRICES[style.branch])
    quantity, unit = _quantity(scribe, habits)
    gross = int(quantity * price)
    discount = 0
    if habits.has_discounts and dice.chance(0.4):
        discount = min(gross, max(1, gross * dice.pick((5, 10, 20, 30, 50)) // 100))
    extras: tuple[Extra, ...] = ()
    if habits.has_extras and dice.chance(0.5):
        extras = tuple(_extra(scribe) for _ in range(dice.pick((1, 1, 1, 2, 2, 3, 5))))
    return Purchase(
        name=_name(scribe),
        code=style.grammar.fill(habits.code_rule, dice),
        quantity=quantity,
        unit=unit,
        unit_price=price,
        discount=discount,
        tax_rate=dice.pick(habits.rates),
        extras=extras,
    )


def _name(scribe: Scribe) -> str:
    """What the goods are called; now and then at length."""
    name = scribe.say(f"goods_{scribe.style.branch}")
    return f"{name} {scribe.say('goods_suffix')}" if scribe.dice.chance(0.08) else name


def _extra(scribe: Scribe) -> Extra:
    dice = scribe.dice
    price = dice.pick((None, None, 0, _price(scribe, 0.2, 2.0)))
    return Extra(scribe.say("extra_food"), 1 if dice.chance(0.4) else None, price)


def _price(scribe: Scribe, low: float, high: float) -> int:
    """A price in smallest units, low ones more often than high ones."""
    dice, country = scribe.dice, scribe.style.country
    value: float = low * (high / low) ** dice.real(0, 1) * country.price_scale
    if country.exponent == 0:
        step = dice.pick(country.price_steps)
        return max(1, round(value / step)) * step
    whole = int(value)
    if scribe.style.branch == "fuel" or whole == 0 or dice.chance(0.2):
        return max(5, round(value * 100))
    return whole * 100 + dice.weighted(ENDINGS)


def _quantity(scribe: Scribe, habits: _Habits) -> tuple[Decimal, str]:
    dice, branch = scribe.dice, scribe.style.branch
    unit = scribe.say("unit") if scribe.style.has_units else ""
    is_weighed = branch == "fuel" or (branch == "grocery" and dice.chance(0.1))
    if is_weighed:
        most = 40_000 if branch == "fuel" else 2_500
        return Decimal(dice.between(120, most)) / 1000, scribe.say("weight_unit")
    if dice.chance(0.68):
        return Decimal(1), unit
    most = 24 if dice.chance(habits.bulk) else 4
    return Decimal(dice.between(2, 450 if dice.chance(0.01) else most)), unit


def _service_rate(scribe: Scribe) -> Decimal:
    if scribe.style.branch != "restaurant" or not scribe.dice.chance(0.25):
        return Decimal(0)
    return Decimal(scribe.dice.pick(("10", "10", "5", "7.5", "6", "12.5")))


def _notes(total: int, unit: int, dice: Dice) -> int:
    """What somebody would hand over who has notes and few coins."""
    small = unit if unit > 1 else 1000
    step = small * dice.pick((1, 5, 10, 50, 100))
    return max(total, -(-total // step) * step)


def _spoilt(bill: Bill, dice: Dice) -> Bill:
    """The bill with one amount that does not fit the others."""
    off = max(1, bill.total * dice.between(1, 30) // 100)
    kind = dice.pick(("subtotal", "total", "items"))
    if kind == "subtotal":
        return replace(bill, subtotal=bill.subtotal + off, is_consistent=False)
    if kind == "items" and len(bill.purchases) > 1:
        return replace(bill, purchases=bill.purchases[:-1], is_consistent=False)
    return replace(bill, total=bill.total + off, tendered=bill.tendered + off, is_consistent=False)
