"""Numbers and dates of an invoice: key words with their values, in lists, tables and grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from corpora.synthesis.draft import Align, Field, Row, Span
from corpora.synthesis.invoices.blocks import Block, Piece, Slot, beside, block_of, line
from corpora.synthesis.invoices.style import Clerk, KeyPlace

FIRST_DAY = date(2004, 1, 1)
FIRST_VINTAGE_DAY = date(1951, 1, 1)
N_DAYS = 8000
N_VINTAGE_DAYS = 17500
N_OTHERS = (0, 0, 0, 1, 1, 2, 2, 3, 5)
"""How many particulars that are no fields."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key word, with its separator, and its value's words."""

    name: str
    key: str
    value: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an invoice says about itself.

    Attributes:
        number: of the invoice.
        day: of the invoice.
        due: when it is to be paid.
        start: of the period charged for.
        end: of that period.
        term: of payment, as text.
        order: the customer's order number.
        customer_id: the sender's number of the customer.
    """

    number: str
    day: date
    due: date
    start: date
    end: date
    term: str
    order: str
    customer_id: str


def random_facts(clerk: Clerk) -> Facts:
    """Numbers and dates that fit each other."""
    dice = clerk.dice
    if clerk.style.origin.is_vintage:
        day = FIRST_VINTAGE_DAY + timedelta(days=dice.between(0, N_VINTAGE_DAYS))
    else:
        day = FIRST_DAY + timedelta(days=dice.between(0, N_DAYS))
    end = day - timedelta(days=dice.between(0, 20))
    return Facts(
        number=clerk.say("invoice_number"),
        day=day,
        due=day + timedelta(days=dice.pick((7, 10, 14, 14, 15, 20, 30, 30, 30, 45, 60))),
        start=end - timedelta(days=dice.pick((6, 13, 27, 29, 30, 30, 89, 364))),
        end=end,
        term=clerk.say("term"),
        order=clerk.say("order_number"),
        customer_id=clerk.say("customer_number"),
    )


class ParticularsWriter:
    """Writes the particulars of one invoice.

    Args:
        clerk: the invoice's words.
        facts: its numbers and dates.
    """

    def __init__(self, clerk: Clerk, facts: Facts) -> None:
        self._clerk = clerk
        self._dice = clerk.dice
        self._facts = facts

    def entries(self) -> list[Entry]:
        """Which particulars there are, in printing order."""
        dice, facts, clerk = self._dice, self._facts, self._clerk
        is_vintage = clerk.style.origin.is_vintage
        first = []
        if not dice.chance(0.18 if is_vintage else 0.05):
            first.append(self._text("invoice_id", facts.number))
        if not dice.chance(0.1 if is_vintage else 0.03):
            first.append(self._date("invoice_date", facts.day))
        rest = []
        if dice.chance(0.33):
            rest.append(self._date("due_date", facts.due))
        if dice.chance(0.36):
            rest.append(self._text("purchase_order", facts.order))
        if dice.chance(0.3):
            rest.append(self._text("customer_id", facts.customer_id))
        if dice.chance(0.38):
            rest.append(self._text("payment_term", facts.term))
        if dice.chance(0.14 if clerk.style.trade == "goods" else 0.3):
            rest += self._period()
        if dice.chance(0.22):  # what is taken for a number of the invoice or of an order
            rest.append(self._other(clerk.say("other_reference")))
        others = dice.sample(clerk.style.grammar.alternatives("distractor"), dice.pick(N_OTHERS))
        rest += [self._other(text) for text in others]
        if dice.chance(0.15):
            return dice.shuffled([*first, *rest])
        return [*(first if dice.chance(0.7) else first[::-1]), *dice.shuffled(rest)]

    def block(self, entries: Sequence[Entry], place: KeyPlace) -> Block:
        """The particulars as lines.

        Args:
            entries: to be printed.
            place: of their key words.
        """
        dice = self._dice
        x = dice.real(0.4, 0.52)
        is_flush = dice.chance(0.3)
        lines: list[tuple[Piece, ...]] = []
        for entry in entries:
            if place == "above" and entry.key:
                lines += [line(entry.key), (Piece(entry.value),)]
            elif place == "right" and entry.key:
                lines.append(line(*entry.value, entry.key))
            elif place == "column" and entry.key:
                value = (
                    Piece(entry.value, 1.0, "right") if is_flush else Piece(entry.value, x, "left")
                )
                lines.append((Piece((Span(entry.key),)), value))
            else:
                lines.append(line(entry.key, *entry.value))
        return block_of("particulars", lines)

    def grid(self, entries: Sequence[Entry]) -> list[Row]:
        """The particulars as rows of key words over rows of values, across the page."""
        dice = self._dice
        rows: list[Row] = []
        is_ruled = dice.chance(0.5)
        align: Align = dice.pick(("left", "left", "center"))
        per_row = dice.between(3, 6)
        for start in range(0, len(entries), per_row):
            part = entries[start : start + per_row]
            step = 1.0 / max(len(part), 3)
            slots = [Slot(i * step, step - 0.01, align) for i in range(len(part))]
            keys = [block_of("", [line(entry.key.rstrip(" :.-"))]) for entry in part]
            values = [Block("", ((Piece(entry.value),),)) for entry in part]
            rows += beside(list(zip(keys, slots, strict=True)))
            if is_ruled:
                rows.append(Row((), scale=0.5, rule="_"))
            rows += beside(list(zip(values, slots, strict=True)))
        return rows

    def _other(self, text: str) -> Entry:
        """Something that is no field, from "key|value"."""
        key, _, value = self._clerk.fill(text).partition("|")
        return Entry("other", key + self._clerk.style.separator, (Span(value),))

    def _key(self, name: str) -> str:
        return self._clerk.key(f"key_{name}")

    def _text(self, name: str, text: str) -> Entry:
        return Entry(name, self._key(name), (Span(text, Field(name)),))

    def _date(self, name: str, day: date) -> Entry:
        has_key = name != "invoice_date" or not self._dice.chance(0.1)
        return Entry(
            name,
            self._key(name) if has_key else "",
            (Span(self._clerk.date(day), Field(name)),),
        )

    def _period(self) -> list[Entry]:
        clerk, facts = self._clerk, self._facts
        start = Span(clerk.date(facts.start), Field("service_start_date"))
        end = Span(clerk.date(facts.end), Field("service_end_date"))
        if self._dice.chance(0.75):
            joint = Span(clerk.say("until"))
            return [Entry("service_period", self._key("service_period"), (start, joint, end))]
        return [
            Entry("service_start_date", self._key("service_start_date"), (start,)),
            Entry("service_end_date", self._key("service_end_date"), (end,)),
        ]
