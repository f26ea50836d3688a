"""Line items as rows, with their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from corpora.synthesis.basket import Extra, Purchase
from corpora.synthesis.draft import Cell, Field, Row, Span, text_row
from corpora.synthesis.receipts.columns import (
    Setting,
    heading_rows,
    left_edge,
    set_columns,
)
from corpora.synthesis.receipts.item_form import WITH_TOTAL, Column, ItemForm
from corpora.synthesis.receipts.style import Scribe

PLACEHOLDERS = {"q": "{q}", "u": "{u}", "p": "{p}", "s": "{s}"}


def pattern_spans(
    pattern: str, values: Mapping[str, str], fields: Mapping[str, Field]
) -> tuple[Span, ...]:
    """The words of a pattern such as "{q} X {p}".

    Args:
        pattern: words with placeholders {q}, {u}, {p} and {s} in them.
        values: what stands for each of them; an empty one leaves its word out.
        fields: which of them are values of a field: the first one in a word claims the word.
    """
    spans = []
    for word in pattern.split():
        names = [name for name, slot in PLACEHOLDERS.items() if slot in word]
        if names and not any(values[name] for name in names):
            continue
        owner = next((fields[name] for name in names if name in fields), None)
        text = word
        for name in names:
            text = text.replace(PLACEHOLDERS[name], values[name])
        spans.append(Span(text, owner))
    return tuple(spans)


class ItemPrinter:
    """Prints the line items of one receipt.

    Args:
        scribe: the receipt's words.
        form: of the items.
    """

    def __init__(self, scribe: Scribe, form: ItemForm) -> None:
        self._scribe = scribe
        self._dice = scribe.dice
        self._form = form
        self._mark = scribe.say("tax_mark") if form.tax_mark != "none" else ""
        self._zero_mark = scribe.say("tax_mark") if form.tax_mark != "none" else ""
        self._discount_key = scribe.say("item_discount")
        self._are_extras_indented = self._dice.chance(0.8)

    def rows(self, purchases: Sequence[Purchase]) -> list[Row]:
        """Rows of all items, with their headings."""
        contents = [self._columns_of(purchase) for purchase in purchases]
        setting = set_columns(contents, self._form, self._scribe)
        rows = heading_rows(setting, self._form, self._scribe)
        for number, (purchase, columns) in enumerate(zip(purchases, contents, strict=True), 1):
            if self._form.has_sections and self._dice.chance(0.3):
                rows.append(text_row(self._scribe.say("section")))
            rows += self._item_rows(number, purchase, columns, setting)
        return rows

    def _columns_of(self, purchase: Purchase) -> dict[Column | str, tuple[Span, ...]]:
        """The spans of every part of an item that its form may call for."""
        scribe, form = self._scribe, self._form
        head = Field("items.description")
        fields = {
            "q": Field("items.quantity", head),
            "u": Field("items.unit", head),
            "p": Field("items.unit_price", head),
        }
        decimals = scribe.style.money.decimals
        price = scribe.style.money.number(
            purchase.unit_price, decimals=decimals + form.price_decimals if decimals else 0
        )
        values = {
            "q": self._quantity_text(purchase.quantity),
            "u": purchase.unit,
            "p": price,
            "s": scribe.style.money.sign,
        }
        is_net = "discount" in form.columns
        mark = self._mark if purchase.tax_rate else self._zero_mark
        total = purchase.total if is_net else purchase.gross
        times = form.times_unit if purchase.unit else form.times_plain
        quantity = form.quantity_unit if purchase.unit else form.quantity_plain
        return {
            "name": (Span(purchase.name, head),),
            "code": (Span(purchase.code, Field("items.product_code", head)),),
            "quantity": pattern_spans(quantity, values, fields),
            "times": pattern_spans(times, values, fields),
            "unit_price": scribe.amount(purchase.unit_price, fields["p"], is_total=False)
            if not form.price_decimals
            else (Span(price, fields["p"]),),
            "other": (Span(str(self._dice.between(0, 5))),),
            "discount": scribe.amount(purchase.discount, None, is_total=False),
            "total": scribe.amount(
                total,
                Field("items.total_price", head),
                is_total=False,
                after=mark if form.tax_mark == "glued" else "",
            ),
            "tax": (Span(mark),),
        }

    def _item_rows(
        self,
        number: int,
        purchase: Purchase,
        parts: Mapping[str, tuple[Span, ...]],
        setting: Setting,
    ) -> list[Row]:
        form = self._form
        name = self._name_spans(number, parts)
        rows = [Row((Cell(parts["code"]),))] if form.code == "own_line" else []
        right = [setting.cell(column, parts[column]) for column in form.columns]
        is_cut = form.overflow == "cut"
        if form.shape == "one_line":
            lead: list[Cell] = []
            if form.quantity == "lead":
                lead.append(Cell(parts["quantity"]))
            left = left_edge(setting, form)
            rows.append(Row((*lead, Cell(name, x=left, is_cut=is_cut), *right)))
        elif form.shape in WITH_TOTAL:
            lines = [Row((Cell(name, is_cut=is_cut), *right))]
            if purchase.quantity != 1 or not form.is_times_optional:
                lines.append(Row((Cell(parts["times"], x=form.indent),)))
            rows += lines if form.shape == "total_with_name" else reversed(lines)
        else:
            numbers = Row((*self._number_lead(parts), *right))
            shelf = [text_row(self._scribe.say("shelf"))] if form.has_shelf_line else []
            lines = [Row((Cell(name, is_cut=is_cut),)), *shelf]
            rows += [*lines, numbers] if form.shape == "name_first" else [numbers, *lines]
        rows += self._discount_rows(purchase, setting)
        for extra in purchase.extras:
            rows.append(self._extra_row(extra, parts["name"][0].field, setting))
        return rows

    def _name_spans(self, number: int, parts: Mapping[str, tuple[Span, ...]]) -> tuple[Span, ...]:
        form = self._form
        spans = list(parts["name"])
        if form.code == "lead":
            spans = [*parts["code"], *spans]
        if form.code == "after_name":
            spans = [*spans, *parts["code"]]
        if form.quantity == "after_name":
            spans = [*spans, *parts["quantity"]]
        if form.index:
            spans = [Span(form.index.format(number)), *spans]
        return tuple(spans)

    def _number_lead(self, parts: Mapping[str, tuple[Span, ...]]) -> list[Cell]:
        """What stands left of the columns on a line of numbers."""
        form = self._form
        spans: tuple[Span, ...] = ()
        if form.code == "with_numbers":
            spans = parts["code"]
        if form.quantity == "lead":
            spans = (*parts["quantity"], *spans)
        return [Cell(spans, x=form.indent)] if spans else []

    def _discount_rows(self, purchase: Purchase, setting: Setting) -> list[Row]:
        if not purchase.discount or "discount" in self._form.columns:
            return []
        amount = self._scribe.amount(-purchase.discount, None, is_total=False)
        key = Cell((Span(self._discount_key),), x=self._form.indent)
        return [Row((key, setting.cell("total", amount)))]

    def _extra_row(self, extra: Extra, parent: Field | None, setting: Setting) -> Row:
        head = Field("items.sub_items.description", parent)
        spans = [Span(extra.name, head)]
        if extra.quantity is not None:
            spans.insert(0, Span(str(extra.quantity), Field("items.sub_items.quantity", head)))
        x = left_edge(setting, self._form) + (0.04 if self._are_extras_indented else 0.0)
        cells = [Cell(tuple(spans), x=x)]
        if extra.price is not None:
            field = Field("items.sub_items.total_price", head)
            amount = self._scribe.amount(extra.price, field, is_total=False)
            cells.append(setting.cell("total", amount))
        return Row(tuple(cells))

    def _quantity_text(self, quantity: Decimal) -> str:
        decimal = self._scribe.style.money.decimal
        if quantity == quantity.to_integral_value():
            places = self._form.quantity_decimals
            return f"{quantity:.{places}f}".replace(".", decimal)
        return f"{quantity:.3f}".replace(".", decimal)
