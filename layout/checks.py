"""Whether a document's sums and days agree. A disagreement is an issue; nothing is corrected.

Documents differ in what their sums contain: prices with or without tax, service inside or on top,
discounts taken off before or after. So a sum is at fault only if no usual way of adding up its
parts gives it, and it is not looked at unless all of the parts could be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import product
from typing import Final

from layout.date_order import check_dates
from layout.ledger import LEDGERS, Figure, Ledger, figures_at, groups_at
from layout.result import FieldNode, GroupField, Issue
from layout.values.numbers import is_written_whole

CASH_STEP: Final = Decimal("0.05")
"""Cash totals are rounded to the smallest coin: five sen or cents where there are cents."""
WHOLE_CASH_STEP: Final = Decimal(100)
"""The largest step to which totals without decimals are rounded (100 rupiah)."""
WHOLE_CASH_SHARE: Final = Decimal("0.005")
"""... but never more than this share of the total."""
SCALE_STEP: Final = Decimal("0.0005")
"""Scales show weights to three decimals."""
KOREAN_WON: Final = "KRW"
KOREAN_VAT: Final = Decimal("1.1")
"""Korea's only rate of value added tax, on top of the net price; what is exempt bears none."""

Numbers = list[Decimal]


def check_arithmetic(fields: Mapping[str, FieldNode], schema_name: str) -> list[Issue]:
    """Compare the sums of a document, and the order of its days.

    Args:
        fields: of the result.
        schema_name: of its document type; types without sums and days yield nothing.

    Returns:
        Warnings with the codes item_mismatch, subtotal_mismatch, total_mismatch,
        payments_mismatch, tax_mismatch and date_order.
    """
    ledger = LEDGERS.get(schema_name)
    if ledger is None:
        return check_dates(fields, schema_name)
    issues = [_check_item(ledger, name, item) for name, item in groups_at(fields, ledger.items)]
    issues += [
        _check_subtotal(ledger, fields),
        _check_total(ledger, fields),
        _check_payments(ledger, fields),
        _check_tax_sum(ledger, fields),
    ]
    issues += [_check_tax(ledger, name, tax) for name, tax in groups_at(fields, ledger.tax_details)]
    return [*(issue for issue in issues if issue is not None), *check_dates(fields, schema_name)]


def _check_item(ledger: Ledger, name: str, item: GroupField) -> Issue | None:
    """Quantity times unit price is the line's total, with or without its tax or its discount."""
    paths = (ledger.quantity, ledger.unit_price, ledger.line_total)
    figures = [figures_at(item.fields, path, f"{name}.") for path in paths]
    if any(len(found) != 1 for found in figures):
        return None
    numbers = _comparable([found[0] for found in figures])
    discounts = _comparable(figures_at(item.fields, ledger.line_discount))
    taxes = _comparable(figures_at(item.fields, ledger.line_tax))
    if numbers is None or discounts is None or taxes is None:
        return None
    quantity, unit_price, total = numbers
    due = quantity * unit_price
    step = _smallest_unit([unit_price, total])
    tolerance = step + abs(quantity) * step / 2 + abs(unit_price) * SCALE_STEP
    tax = sum(taxes, Decimal(0))
    changes = (Decimal(0), -sum(map(abs, discounts), Decimal(0)), tax, -tax)
    expected = [due / pieces + change for pieces in ledger.price_units for change in changes]
    if figures[2][0].currency == KOREAN_WON:
        expected += [due * KOREAN_VAT, due / KOREAN_VAT]
    if _is_among(abs(total), map(abs, expected), tolerance):
        return None
    message = f"{name}: {quantity} x {unit_price} is {_shown(due)}, the line says {total}"
    return _mismatch("item_mismatch", message, [found[0].name for found in figures])


def _check_subtotal(ledger: Ledger, fields: Mapping[str, FieldNode]) -> Issue | None:
    """The items add up to the subtotal, with or without tax, service and discount."""
    subtotals = figures_at(fields, ledger.subtotal)
    sums = _item_sums(ledger, fields)
    extras = _extras(ledger, fields)
    numbers = _comparable(subtotals + figures_at(fields, f"{ledger.items}.{ledger.line_total}"))
    if len(subtotals) != 1 or not sums or extras is None or numbers is None:
        return None
    subtotal = numbers[0]
    tolerance = _tolerance(numbers, subtotals[0].currency)
    steps = list(_combinations(extras))
    expected = [
        base + sign * step for base in sums for step in steps for sign in (Decimal(1), Decimal(-1))
    ]
    if _is_among(subtotal, expected, tolerance) or _is_taxed_part(
        subtotal, max(sums), extras, subtotals[0].currency
    ):
        return None
    message = f"items add up to {_shown(sums[0])}, the subtotal says {subtotal}"
    return _mismatch("subtotal_mismatch", message, [ledger.items, ledger.subtotal])


def _check_total(ledger: Ledger, fields: Mapping[str, FieldNode]) -> Issue | None:
    """Subtotal, or the items, with tax, service and tip and less discounts give the total."""
    totals = figures_at(fields, ledger.total)
    subtotals = figures_at(fields, ledger.subtotal)
    extras = _extras(ledger, fields)
    numbers = _comparable(totals + subtotals)
    if len(totals) != 1 or len(subtotals) > 1 or extras is None or numbers is None:
        return None
    total = numbers[0]
    sums = _item_sums(ledger, fields)
    bases = numbers[1:] + sums
    prices = figures_at(fields, f"{ledger.items}.{ledger.line_total}")
    if not bases or not _is_one_currency([*totals, *subtotals, *prices]):
        return None
    expected = [base + step for base in bases for step in _combinations(extras)]
    if _is_among(total, expected, _tolerance([*numbers, *sums], totals[0].currency)) or (
        subtotals and _is_taxed_part(numbers[1], total, extras, totals[0].currency)
    ):
        return None
    if subtotals:
        source, name = f"the subtotal is {bases[0]}", ledger.subtotal
    else:
        source, name = f"items add up to {_shown(bases[0])}", ledger.items
    added = "".join(f", {label} {_shown(amount)}" for label, amount in extras if amount)
    message = f"{source}{added}, the total says {total}"
    return _mismatch("total_mismatch", message, [name, ledger.total])


def _check_payments(ledger: Ledger, fields: Mapping[str, FieldNode]) -> Issue | None:
    """What was given less what was given back is the total, with or without the tip."""
    totals = figures_at(fields, ledger.total)
    payments = [figure for path in ledger.payments for figure in figures_at(fields, path)]
    change = figures_at(fields, ledger.change)
    tips = [figure for path in ledger.tips for figure in figures_at(fields, path)]
    numbers = _comparable([*totals, *payments, *change, *tips])
    if len(totals) != 1 or not payments or len(change) != 1 or numbers is None:
        return None
    total, given, back = numbers[0], numbers[1 : 1 + len(payments)], abs(numbers[1 + len(payments)])
    paid = sum(given, Decimal(0)) - back
    expected = [total, total + sum(numbers[2 + len(payments) :], Decimal(0))]
    # A card pays exactly: where one payment alone is the total, the others name it once more.
    if _is_among(paid, expected, _tolerance(numbers, totals[0].currency)) or (
        total in given and back == 0
    ):
        return None
    message = f"payments less change are {_shown(paid)}, the total says {total}"
    names = [*(figure.name for figure in payments), change[0].name, totals[0].name]
    return _mismatch("payments_mismatch", message, names)


def _check_tax(ledger: Ledger, name: str, tax: GroupField) -> Issue | None:
    """A tax is its rate on its net amount."""
    paths = (ledger.tax_rate, ledger.tax_net, ledger.tax_amount)
    figures = [figures_at(tax.fields, path, f"{name}.") for path in paths]
    if any(len(found) != 1 for found in figures):
        return None
    numbers = _comparable([found[0] for found in figures])
    if numbers is None:
        return None
    rate, net, amount = numbers
    due = rate * net / 100
    # Receipts round the tax of every line before adding up: a few smallest units may be missing.
    tolerance = max(3 * _smallest_unit([net, amount]), abs(due) * WHOLE_CASH_SHARE)
    if _is_among(amount, [due], tolerance):
        return None
    message = f"{name}: {rate} % of {net} is {_shown(round(due, 2))}, the tax says {amount}"
    return _mismatch("tax_mismatch", message, [found[0].name for found in figures])


def _check_tax_sum(ledger: Ledger, fields: Mapping[str, FieldNode]) -> Issue | None:
    """The single taxes add up to the total tax."""
    taxes = groups_at(fields, ledger.tax_details)
    parts = figures_at(fields, f"{ledger.tax_details}.{ledger.tax_amount}") if taxes else []
    sums = [figure for path in ledger.taxes for figure in figures_at(fields, path)]
    numbers = _comparable([*sums, *parts])
    if len(sums) != 1 or not parts or len(parts) != len(taxes) or numbers is None:
        return None
    due = sum(numbers[1:], Decimal(0))
    if _is_among(numbers[0], [due], _tolerance(numbers, sums[0].currency)):
        return None
    message = f"taxes add up to {_shown(due)}, the total tax says {numbers[0]}"
    return _mismatch("tax_mismatch", message, [ledger.tax_details, sums[0].name])


def _item_sums(ledger: Ledger, fields: Mapping[str, FieldNode]) -> Numbers:
    """What the items may add up to; empty unless every item's total is known.

    Sub-items' prices may be inside their item's or on top, and so may taxes and discounts.
    """
    items = groups_at(fields, ledger.items)
    totals = [figures_at(item.fields, ledger.line_total) for _, item in items]
    if not items or any(len(found) != 1 for found in totals):
        return []
    parts = [
        _comparable([found[0] for found in totals]),
        _comparable(figures_at(fields, f"{ledger.items}.{ledger.sub_item_total}")),
        _comparable(figures_at(fields, f"{ledger.items}.{ledger.line_discount}")),
        _comparable(figures_at(fields, f"{ledger.items}.{ledger.line_tax}")),
    ]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return []
    base, subs = sum(known[0], Decimal(0)), sum(known[1], Decimal(0))
    off, tax = sum(map(abs, known[2]), Decimal(0)), sum(known[3], Decimal(0))
    steps = product((Decimal(0), subs), (Decimal(0), -off), (Decimal(0), tax))
    return list(dict.fromkeys(base + sum(step, Decimal(0)) for step in steps))


def _extras(ledger: Ledger, fields: Mapping[str, FieldNode]) -> list[tuple[str, Decimal]] | None:
    """What may stand between subtotal and total, with its sign; None if a part is unreadable."""
    kinds = (
        ("tax", ledger.taxes, 1),
        ("service", ledger.services, 1),
        ("tip", ledger.tips, 1),
        ("discount", ledger.discounts, -1),
    )
    extras = []
    for label, paths, sign in kinds:
        numbers = _comparable([each for path in paths for each in figures_at(fields, path)])
        if numbers is None:
            return None
        amount = sum(map(abs, numbers), Decimal(0)) if sign < 0 else sum(numbers, Decimal(0))
        extras.append((label, sign * amount))
    return extras


def _combinations(extras: Iterable[tuple[str, Decimal]]) -> Iterable[Decimal]:
    """The sum of every selection: each extra may be inside the base already."""
    choices = [(Decimal(0), amount) if amount else (amount,) for _, amount in extras]
    return [sum(selection, Decimal(0)) for selection in product(*choices)]


def _is_taxed_part(
    subtotal: Decimal, whole: Decimal, extras: list[tuple[str, Decimal]], currency: str | None
) -> bool:
    """Whether a Korean subtotal (과세물품가액) is of the taxed goods alone.

    Its tax is a tenth of it then, and the exempt goods (면세), which have no field of their own,
    make up the rest of the whole.
    """
    tax = dict(extras)["tax"]
    due = subtotal * (KOREAN_VAT - 1)
    return currency == KOREAN_WON and tax > 0 and abs(tax - due) <= 1 and whole > subtotal + tax


def _comparable(figures: list[Figure]) -> Numbers | None:
    """The numbers; None if one could not be read, or if they are in different currencies."""
    numbers = [figure.number for figure in figures if figure.number is not None]
    return numbers if len(numbers) == len(figures) and _is_one_currency(figures) else None


def _is_one_currency(figures: list[Figure]) -> bool:
    return len({figure.currency for figure in figures} - {None}) < 2


def _smallest_unit(numbers: Numbers) -> Decimal:
    """One unit of the last decimal place that any of the numbers has."""
    exponents = [exponent for n in numbers if isinstance(exponent := n.as_tuple().exponent, int)]
    return Decimal(1).scaleb(min([0, *exponents]))


def _tolerance(numbers: Numbers, currency: str | None) -> Decimal:
    """Cash rounding, and half the smallest unit for every part that was rounded itself."""
    is_whole = all(number == number.to_integral_value() for number in numbers)
    if is_whole or (currency is not None and is_written_whole(currency)):
        largest = max(map(abs, numbers))
        return min(WHOLE_CASH_STEP, largest * WHOLE_CASH_SHARE)
    return CASH_STEP + _smallest_unit(numbers) * len(numbers) / 2


def _is_among(number: Decimal, expected: Iterable[Decimal], tolerance: Decimal) -> bool:
    return any(abs(number - each) <= tolerance for each in expected)


def _shown(number: Decimal) -> str:
    return format(number, "f")


def _mismatch(code: str, message: str, names: list[str]) -> Issue:
    return Issue(code=code, severity="warning", message=message, fields=names)
