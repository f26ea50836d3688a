"""The table of what is charged: its columns, their titles and places, and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from corpora.synthesis.draft import Align, Cell, Field, Row, Span, text_row
from corpora.synthesis.invoices.account import Line
from corpora.synthesis.invoices.style import Clerk
from corpora.synthesis.receipts.style import rate_text
from corpora.synthesis.typefaces import columns_of, has_hangul

Column = Literal[
    "position", "code", "date", "description", "quantity", "unit", "discount", "unit_price",
    "tax_rate", "tax", "amount",
]  # fmt: skip
ORDERS: dict[tuple[Column, ...], float] = {
    ("position", "code", "date", "description", "quantity", "unit", "unit_price", "discount",
     "tax_rate", "tax", "amount"): 40,
    ("quantity", "unit", "code", "date", "description", "discount", "unit_price", "tax_rate",
     "tax", "amount"): 26,
    ("position", "date", "description", "code", "unit_price", "quantity", "unit", "discount",
     "tax_rate", "tax", "amount"): 10,
    ("code", "quantity", "unit", "date", "description", "unit_price", "amount", "tax_rate",
     "tax"): 8,
    ("position", "quantity", "unit", "date", "code", "description", "discount", "tax_rate",
     "unit_price", "tax", "amount"): 8,
    ("date", "code", "position", "amount", "quantity", "unit", "unit_price", "tax_rate", "tax",
     "description"): 3,
}  # fmt: skip
DROPPED: tuple[Column, ...] = (
    "discount", "tax", "position", "tax_rate", "unit", "date", "code", "unit_price",
)  # fmt: skip
"""What is left out first where the columns are too many."""
LEAST_DESCRIPTION = 0.26
"""Of the text block's width."""
Contents = Mapping[Column, tuple[Span, ...]]
DayLine = Literal["none", "day", "period"]
DISCOUNTS = ("", "", "", "", "5", "10", "2,5", "15", "20")
"""In per cent; most often nothing stands in the column."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """The print of an invoice's table.

    Attributes:
        columns: from left to right.
        has_titles: a row of column titles.
        is_ruled: lines are drawn above and below the titles.
        are_numbers_last: numbers stand beside a description's last line, not its first.
        gap: space between items, in line heights.
        has_sections: titles above groups of items.
        is_unit_joined: the unit stands behind the quantity rather than in its column.
        is_numbered_left: numbers are set flush left.
        rate_sign: behind rates.
        day_line: whether each description ends with a line that says when: the day, which is the
            item's date, or from when to when.
    """

    columns: tuple[Column, ...]
    has_titles: bool
    is_ruled: bool
    are_numbers_last: bool
    gap: float
    has_sections: bool
    is_unit_joined: bool
    is_numbered_left: bool
    rate_sign: str
    day_line: DayLine = "none"


def random_table_form(clerk: Clerk, lines: Sequence[Line]) -> TableForm:
    """A way of printing the lines."""
    dice, style = clerk.dice, clerk.style
    are_counted = any(line.quantity is not None for line in lines)
    is_goods = style.trade in ("goods", "freight")
    chances: dict[Column, float] = {
        "position": 0.18 if not style.origin.is_vintage else 0.04,
        "code": 0.5 if style.trade == "goods" else 0.08,
        "date": 0.06 if style.trade == "goods" else 0.28,
        "description": 1.0,
        "quantity": 0.96 if are_counted else 0.0,
        "unit": (0.42 if is_goods else 0.25) if are_counted else 0.0,
        "unit_price": 0.9 if are_counted else 0.0,
        "tax_rate": 0.3 if style.is_taxed else 0.0,
        "tax": 0.14 if style.is_taxed else 0.0,
        "discount": 0.1 if are_counted and not style.origin.is_vintage else 0.0,
        "amount": 0.98,
    }
    wanted = {column for column, chance in chances.items() if dice.chance(chance)}
    columns = tuple(column for column in dice.weighted(ORDERS) if column in wanted)
    day_line: DayLine = "none"
    if "date" not in columns and not style.origin.is_vintage and dice.chance(0.12):
        day_line = dice.pick(("day", "period", "period"))
    return TableForm(
        columns=columns,
        has_titles=dice.chance(0.55 if style.origin.is_vintage else 0.93),
        is_ruled=dice.chance(0.45),
        are_numbers_last=dice.chance(0.25 if style.origin.is_vintage else 0.08),
        gap=dice.pick((0.0, 0.0, 0.0, 0.3, 0.6, 1.0)),
        has_sections=dice.chance(0.09),
        is_unit_joined=dice.chance(0.3),
        is_numbered_left=dice.chance(0.07),
        rate_sign=dice.pick(("%", "%", " %", "")),
        day_line=day_line,
    )


class TablePrinter:
    """Prints the items of one invoice.

    Args:
        clerk: the invoice's words.
        form: of the table.
    """

    def __init__(self, clerk: Clerk, form: TableForm) -> None:
        self._clerk = clerk
        self._form = form
        self._columns = list(form.columns)
        self._x: dict[Column, float] = {}
        self._align: dict[Column, Align] = {}
        self._width: dict[Column, float] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that found room, from left to right; known once rows are printed."""
        return tuple(self._columns)

    @property
    def amount_x(self) -> float:
        """Where the amounts end; the page's end where they have no column or stand elsewhere."""
        x = self._x.get("amount", 1.0)
        return x if x > 0.6 and self._align.get("amount") == "right" else 1.0

    def rows(self, lines: Sequence[Line]) -> list[Row]:
        """The rows of all items, with titles."""
        clerk, form, dice = self._clerk, self._form, self._clerk.dice
        heads = [Field("items.description") for _ in lines]
        contents = [
            self._contents(number, item, head)
            for number, (item, head) in enumerate(zip(lines, heads, strict=True), 1)
        ]
        if "column_discount" not in clerk.style.grammar and "discount" in self._columns:
            self._columns.remove("discount")
        titles = {c: clerk.say(f"column_{c}") for c in self._columns}
        self._place(contents, titles if form.has_titles else {})
        rows = self._title_rows(titles)
        for item, head, content in zip(lines, heads, contents, strict=True):
            if form.has_sections and dice.chance(0.35):
                rows.append(text_row(clerk.say("section")))
            rows += self._item_rows(item.texts, head, content)
            rows += self._day_rows(item, head)
        return rows

    def _contents(self, number: int, item: Line, head: Field) -> dict[Column, tuple[Span, ...]]:
        """The spans of every column but the description."""
        clerk, form = self._clerk, self._form
        decimal = clerk.style.money.decimal
        quantity: tuple[Span, ...] = ()
        unit = (Span(item.unit, Field("items.unit", head)),) if item.unit else ()
        price: tuple[Span, ...] = ()
        if item.quantity is not None:
            text = f"{item.quantity.normalize():f}".replace(".", decimal)
            quantity = (Span(text, Field("items.quantity", head)),)
            if form.is_unit_joined and "unit" in self._columns:
                quantity, unit = (*quantity, *unit), ()
        if item.unit_price is not None:
            price = clerk.amount(item.unit_price, Field("items.unit_price", head))
        rate = rate_text(item.rate, decimal) + form.rate_sign
        return {
            "position": (Span(str(number)),),
            "code": (Span(item.code, Field("items.product_code", head)),) if item.code else (),
            "date": (Span(clerk.date(item.day), Field("items.date", head)),),
            "quantity": quantity,
            "unit": unit,
            "unit_price": price,
            "discount": self._discount(),
            "tax_rate": (Span(rate, Field("items.tax_rate", head)),),
            "tax": clerk.amount(item.tax, Field("items.tax", head)),
            "amount": clerk.amount(item.amount, Field("items.amount", head)),
        }

    def _discount(self) -> tuple[Span, ...]:
        """A per cent that is no field, or nothing."""
        text = self._clerk.dice.pick(DISCOUNTS) if "discount" in self._columns else ""
        return (Span(text),) if text else ()

    def _place(self, contents: Sequence[Contents], titles: Mapping[Column, str]) -> None:
        """Find places for the columns; those for which there is no room are left out."""
        dice, n_chars = self._clerk.dice, self._clerk.style.n_chars
        if self._form.is_unit_joined and "unit" in self._columns:
            self._columns.remove("unit")
        gap = dice.real(1.5, 3.5)
        widths: dict[Column, float] = {}
        for column in self._columns:
            if column != "description":
                words = [_length(content[column]) for content in contents]
                title = _title_width(titles.get(column, ""))
                widths[column] = (max(*words, title, 2) + gap) / n_chars
        for column in DROPPED:
            if 1.0 - sum(widths.values()) >= LEAST_DESCRIPTION:
                break
            if column in widths:
                del widths[column]
                self._columns.remove(column)
        widths["description"] = max(0.2, 1.0 - sum(widths.values()))
        left = 0.0
        lefts: tuple[Column, ...] = ("position", "code", "date", "description", "unit")
        for column in self._columns:
            share = widths[column]
            is_left = column in lefts or self._form.is_numbered_left
            self._align[column] = "left" if is_left else "right"
            self._width[column] = max(0.03, share - 0.8 * gap / n_chars)
            self._x[column] = left if is_left else left + share - (0.6 * gap / n_chars)
            left += share
        if self._columns[-1] == "amount" and not self._form.is_numbered_left:
            self._x["amount"] = 1.0

    def _title_rows(self, titles: Mapping[Column, str]) -> list[Row]:
        if not self._form.has_titles:
            return [Row((), scale=0.7, rule="-")] if self._form.is_ruled else []
        cells = [
            Cell(
                (Span(titles[column]),),
                x=self._x[column],
                align=self._align[column],
                width=self._width[column],
            )
            for column in self._columns
            if titles[column]
        ]
        rows = [Row(tuple(cells))]
        rule = Row((), scale=0.6, rule=self._clerk.dice.pick("-_="))
        return [rule, *rows, rule] if self._form.is_ruled else rows

    def _item_rows(self, texts: Sequence[str], head: Field, content: Contents) -> list[Row]:
        rows = []
        numbers_at = len(texts) - 1 if self._form.are_numbers_last else 0
        for index, text in enumerate(texts):
            cells = []
            for column in self._columns:
                if column == "description":
                    spans: tuple[Span, ...] = (Span(text, head),)
                elif index == numbers_at:
                    spans = content[column]
                else:
                    continue
                if spans:
                    is_text = column == "description"
                    width = self._width[column] if is_text else None
                    x, align = self._x[column], self._align[column]
                    cells.append(Cell(spans, x=x, align=align, width=width))
            rows.append(Row(tuple(cells), gap=self._form.gap if index == 0 else 0.0))
        return rows

    def _day_rows(self, item: Line, head: Field) -> list[Row]:
        """The line below a description that says when."""
        if self._form.day_line == "none":
            return []
        clerk = self._clerk
        text, field = clerk.date(item.day), Field("items.date", head)
        if self._form.day_line == "period":
            joint = clerk.dice.pick(("-", " - ", " \N{EN DASH} "))
            end = item.day + timedelta(days=clerk.dice.pick((6, 13, 27, 30)))
            text, field = f"{text}{joint}{clerk.date(end)}", head
        return [Row((Cell((Span(text, field),), x=self._x["description"]),))]


def _title_width(title: str) -> int:
    """In characters; titles are broken between words, but spaced Hangul ("수 량") is one word."""
    words = [title] if has_hangul(title) else title.split()
    return max(map(columns_of, words), default=0)


def _length(spans: Sequence[Span]) -> int:
    return sum(columns_of(span.text) + 1 for span in spans) - bool(spans)
