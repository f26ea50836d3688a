"""The totals of an invoice, from the subtotal to what is due, and how they are set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Field, Row, Span, text_cell
from corpora.synthesis.invoices.account import Account
from corpora.synthesis.invoices.style import Clerk

TotalsForm = Literal["right", "inset", "left", "flush", "inline_right", "inline_left", "table"]
FORMS: dict[TotalsForm, float] = {
    "right": 46, "inset": 10, "left": 8, "flush": 16, "inline_right": 8, "inline_left": 5,
    "table": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sum:
    """A key word with its amount; without key word where the amount speaks for itself."""

    key: tuple[Span, ...]
    value: tuple[Span, ...]
    is_final: bool = False


class TotalsWriter:
    """Writes the sums of one invoice.

    Args:
        clerk: the invoice's words.
        account: its amounts.
    """

    def __init__(self, clerk: Clerk, account: Account) -> None:
        self._clerk = clerk
        self._dice = clerk.dice
        self._account = account

    def sums(self) -> list[Sum]:
        """All sums in printing order; where the lines say it all there may be none."""
        account = self._account
        is_bare = account.subtotal == account.total == account.due
        if is_bare and self._clerk.style.origin.is_vintage and self._dice.chance(0.22):
            return []
        sums = [] if account.previous == 0 or self._dice.chance(0.5) else [self._previous()]
        late_previous = [] if sums or not account.previous else [self._previous()]
        sums += [*self._before_total(), *self._total(), *late_previous]
        if account.paid:
            sums.append(self._plain("paid", -account.paid if self._dice.chance(0.5) else
                                    account.paid, None))  # fmt: skip
        if account.previous or account.paid:
            sums.append(self._plain("amount_due", account.due, "amount_due", is_final=True))
        elif len(sums) > 1 and self._dice.chance(0.12):
            sums.append(self._plain("amount_due", account.total, "amount_due", is_final=True))
        return sums

    def _plain(self, rule: str, amount: int, path: str | None, *, is_final: bool = False) -> Sum:
        field = None if path is None else Field(path)
        key = Span(self._clerk.key(rule))
        return Sum((key,), self._clerk.amount(amount, field, is_total=True), is_final)

    def _previous(self) -> Sum:
        return self._plain("previous", self._account.previous, "previous_unpaid_balance")

    def _before_total(self) -> list[Sum]:
        account, dice = self._account, self._dice
        sums = []
        has_parts = account.subtotal != account.total
        if dice.chance(0.88 if has_parts else 0.12):
            sums.append(self._plain("subtotal", account.subtotal, "subtotal"))
        if account.discount:
            amount = account.discount if dice.chance(0.45) else -account.discount
            sums.append(self._plain("discount", amount, "total_discount"))
        if account.freight:
            sums.append(self._plain("freight", account.freight, None))
        if account.shares:
            sums += self._taxes()
        return sums

    def _taxes(self) -> list[Sum]:
        account, dice = self._account, self._dice
        if len(account.shares) == 1:
            share = account.shares[0]
            return [self._rated(share.rate, share.tax, "total_tax")]
        taxes = [self._rated(s.rate, s.tax, "tax_details.amount") for s in account.shares]
        if dice.chance(0.35):
            taxes.append(self._plain("tax_total", account.tax, "total_tax"))
        return taxes

    def _rated(self, rate: Decimal, amount: int, path: str) -> Sum:
        """A line that may name a tax rate; the rate is a field only beside a tax detail."""
        field = Field(path)
        rate_field = Field("tax_details.rate", field) if path.startswith("tax_details") else None
        key = self._clerk.rated_key("tax", rate, rate_field)
        return Sum(key, self._clerk.amount(amount, field, is_total=True))

    def _total(self) -> list[Sum]:
        """The invoice's total; where no other sum follows it may be called due."""
        clerk, account = self._clerk, self._account
        is_last = not (account.previous or account.paid)
        rule = "total_last" if is_last else "total"
        total = self._plain(rule, account.total, "invoice_total", is_final=is_last)
        if clerk.style.origin.is_vintage and is_last and self._dice.chance(0.08):
            return [Sum((), total.value, is_final=True)]
        return [total]


def random_totals_form(clerk: Clerk, n_sums: int) -> TotalsForm:
    """How the sums are set; a table needs few of them."""
    form = clerk.dice.weighted(FORMS)
    return "right" if form == "table" and not 2 <= n_sums <= 5 else form


def totals_rows(sums: Sequence[Sum], form: TotalsForm, amount_x: float, clerk: Clerk) -> list[Row]:
    """Rows of all sums.

    Args:
        sums: in printing order.
        form: how they are set.
        amount_x: where the items' amounts end.
        clerk: of the invoice.
    """
    dice = clerk.dice
    if form == "table":
        return _table_rows(sums, dice)
    scale = dice.pick((1.0, 1.0, 1.0, 1.2, 1.4))
    key_x, value_x = _places(form, amount_x, dice)
    rule = dice.pick(("", "", "-", "_", "="))
    rows = []
    for item in sums:
        if item.is_final and rule:
            rows.append(Row((), scale=0.6, rule=rule))
        size = scale if item.is_final else 1.0
        if form.startswith("inline"):
            is_right = form == "inline_right"
            cell = Cell(
                (*item.key, *item.value),
                x=1.0 if is_right else 0.0,
                align="right" if is_right else "left",
            )
            rows.append(Row((cell,), scale=size))
            continue
        side = "right" if form == "flush" else "left"
        key = Cell(item.key, x=key_x, align="right" if side == "right" else "left", width=0.45)
        value = Cell(item.value, x=value_x, align="right")
        rows.append(Row((key, value) if item.key else (value,), scale=size))
    return rows


def _places(form: TotalsForm, amount_x: float, dice: Dice) -> tuple[float, float]:
    """Where key words begin (or end, set flush) and amounts end."""
    value_x = amount_x if dice.chance(0.85) else dice.real(0.85, 1.0)
    if form == "left":
        return 0.0, dice.real(0.34, 0.5)
    if form == "inset":
        return dice.real(0.1, 0.4), value_x
    if form == "flush":
        return value_x - dice.real(0.14, 0.22), value_x
    return value_x - dice.real(0.3, 0.42), value_x


def _table_rows(sums: Sequence[Sum], dice: Dice) -> list[Row]:
    """Key words side by side over their amounts."""
    step = 1.0 / len(sums)
    keys, values = [], []
    align: Literal["left", "right"] = dice.pick(("left", "right", "right"))
    for index, item in enumerate(sums):
        x = index * step if align == "left" else (index + 1) * step
        width = step - 0.02
        keys.append(Cell(item.key or text_cell("-").spans, x=x, align=align, width=width))
        values.append(Cell(item.value, x=x, align=align))
    rule = [Row((), scale=0.6, rule="-")] if dice.chance(0.5) else []
    return [*rule, Row(tuple(keys)), *rule, Row(tuple(values))]
