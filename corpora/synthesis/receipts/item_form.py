"""How a shop prints its line items: which parts, on which of up to three lines, in what order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpora.synthesis.dice import Dice
from corpora.synthesis.receipts.style import Style

Shape = Literal["one_line", "name_first", "numbers_first", "total_with_name", "times_above"]
QuantityPlace = Literal["none", "lead", "column", "times", "after_name"]
CodePlace = Literal["none", "lead", "own_line", "with_numbers", "after_name"]
Column = Literal["quantity", "times", "unit_price", "other", "discount", "total", "tax"]
TaxMark = Literal["none", "column", "glued"]
Headings = Literal["none", "one_row", "two_rows"]
Overflow = Literal["wrap", "cut"]

# {q} quantity, {u} unit, {p} unit price, {s} currency sign; one word of print is one word here.
TIMES_PLAIN = {
    "{q} X {p}": 6.0, "{q} x {p}": 6.0, "{q}X {p}": 3.0, "{q}x {p}": 2.0, "{q} @ {p}": 4.0,
    "{q}X @{p}": 2.0, "@{q} X {s} {p}": 1.0, "{q} X {s}{p}": 1.0, "{q} @ {s}{p}": 2.0,
    "{q} * {p}": 1.0, "{q} X @ {p}": 1.0, "x{q} @{p}": 1.0, "{p} x {q}": 1.0, "{q} {p}": 2.0,
    "@{p}": 1.0, "({q} X {p})": 0.5, "Qty {q} @ {p}": 0.7, "{q} @{p}": 2.0,
}  # fmt: skip
TIMES_UNIT = {
    "{q} {u} X {p}": 3.0, "{q} {u} * {p}": 3.0, "{q}{u} @ {p}": 2.0, "{q} {u} @ {p}": 4.0,
    "{q} {u} x {p}": 2.0, "{q}{u} X {p}": 2.0, "{q} {u} @ {s}{p}/{u}": 1.0, "{q} {u} {p}": 1.0,
}  # fmt: skip
QUANTITY_PLAIN = {"{q}": 12.0, "{q}X": 1.5, "{q}x": 2.0, "{q} X": 1.5, "{q} x": 1.0, "x{q}": 1.0}
QUANTITY_UNIT = {"{q} {u}": 3.0, "{q}{u}": 2.0, "{q} {u} *": 0.7, "{q}": 1.0}


WITH_TOTAL = ("total_with_name", "times_above")


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The print of line items.

    Attributes:
        shape: whether name and numbers share a line, else which comes first; with two of them, the
            total stands beside the name and "2 X 3.50" below or above.
        quantity: where it stands; "times" is an expression with the unit price ("2 X 3.50").
        code: where the product code stands.
        columns: right of the name or on the numbers' line, from left to right.
        tax_mark: where the tax category stands.
        headings: rows of column titles.
        overflow: what becomes of long names.
        times_plain: expression for things that are counted.
        times_unit: expression for things with a unit.
        quantity_plain: how a count is written where it stands alone.
        quantity_unit: likewise with a unit.
        index: how items are numbered, a format of their number; "" for not at all.
        is_times_optional: a quantity of one is not printed.
        indent: of the second line, as a share of the text block.
        quantity_decimals: places of counts: "1", "1.00".
        price_decimals: extra places of unit prices: "9.000".
        has_shelf_line: a line of stock codes below the name.
        has_sections: titles above groups of items.
        is_first_column_left: on a line of numbers alone, the first one opens the line.
    """

    shape: Shape
    quantity: QuantityPlace
    code: CodePlace
    columns: tuple[Column, ...]
    tax_mark: TaxMark
    headings: Headings
    overflow: Overflow
    times_plain: str
    times_unit: str
    quantity_plain: str
    quantity_unit: str
    index: str
    is_times_optional: bool
    indent: float
    quantity_decimals: int
    price_decimals: int
    has_shelf_line: bool
    has_sections: bool
    is_first_column_left: bool


def random_item_form(style: Style, dice: Dice) -> ItemForm:
    """A way of printing items that makes sense for the shop."""
    shapes: dict[Shape, float] = {
        "one_line": 50, "name_first": 26, "numbers_first": 12, "total_with_name": 8,
        "times_above": 4,
    }  # fmt: skip
    if style.country.currency == "KRW" and style.branch == "grocery":
        shapes["name_first"] = 60  # a bar code and the numbers below each name
    shape = dice.weighted(shapes)
    quantity = _quantity_place(shape, style, dice)
    code = _code_place(shape, style, dice)
    tax_mark: TaxMark = "none"
    if style.is_taxed and "tax_mark" in style.grammar and dice.chance(0.4):
        tax_mark = "column" if dice.chance(0.75) else "glued"
    headings: dict[Headings, float] = {"none": 45, "one_row": 47, "two_rows": 8}
    return ItemForm(
        shape=shape,
        quantity=quantity,
        code=code,
        columns=_columns(shape, quantity, tax_mark, style, dice),
        tax_mark=tax_mark,
        headings=dice.weighted(headings),
        overflow="cut" if dice.chance(0.3) else "wrap",
        times_plain=dice.weighted(TIMES_PLAIN),
        times_unit=dice.weighted(TIMES_UNIT),
        quantity_plain=dice.weighted(QUANTITY_PLAIN),
        quantity_unit=dice.weighted(QUANTITY_UNIT),
        index=_index(style, dice),
        is_times_optional=dice.chance(0.7 if shape in WITH_TOTAL else 0.15),
        indent=dice.pick((0.0, 0.0, 0.04, 0.08, 0.12, 0.2, 0.35)),
        quantity_decimals=dice.pick((2, 3)) if dice.chance(0.06) else 0,
        price_decimals=dice.pick((1, 2)) if dice.chance(0.06) else 0,
        has_shelf_line=dice.chance(0.05),
        has_sections=style.branch == "restaurant" and dice.chance(0.05),
        is_first_column_left=shape in ("name_first", "numbers_first")
        and code != "with_numbers"
        and quantity != "lead"
        and dice.chance(0.3),
    )


def _index(style: Style, dice: Dice) -> str:
    if style.country.currency == "KRW" and dice.chance(0.22):
        return dice.pick(("{:03d}", "{:03d}", "{:02d}", "{}", "{:03d}.", "[{:02d}]"))
    return "{}." if dice.chance(0.06) else ""


def _quantity_place(shape: Shape, style: Style, dice: Dice) -> QuantityPlace:
    if shape == "one_line":
        lead = 45 if style.branch in ("restaurant", "bakery") else 22
        places: dict[QuantityPlace, float] = {
            "none": 14, "lead": lead, "column": 26, "times": 8, "after_name": 5,
        }  # fmt: skip
        return dice.weighted(places)
    if shape in WITH_TOTAL:
        return "times"
    two_lines: dict[QuantityPlace, float] = {"column": 45, "times": 50, "lead": 5}
    return dice.weighted(two_lines)


def _code_place(shape: Shape, style: Style, dice: Dice) -> CodePlace:
    if style.branch in ("restaurant", "bakery", "services") and dice.chance(0.85):
        return "none"
    places: dict[CodePlace, float] = {"none": 45, "lead": 18, "own_line": 8, "after_name": 4}
    if shape in ("name_first", "numbers_first"):
        places["with_numbers"] = 60
    return dice.weighted(places)


def _columns(
    shape: Shape, quantity: QuantityPlace, tax_mark: TaxMark, style: Style, dice: Dice
) -> tuple[Column, ...]:
    columns: list[Column] = []
    n_chars = style.n_chars
    if shape not in WITH_TOTAL:
        if quantity in ("column", "times"):
            columns.append("quantity" if quantity == "column" else "times")
        has_room = shape != "one_line" or n_chars > 35
        if has_room and quantity != "times" and dice.chance(0.75 if quantity == "column" else 0.3):
            columns.append("unit_price")
            if dice.chance(0.6 if style.country.currency == "KRW" else 0.08):
                columns.reverse()
        if n_chars > 34 and dice.chance(0.03):
            columns.append("other")
        if n_chars > 34 and dice.chance(0.12):
            columns.append("discount")
    columns.append("total")
    if tax_mark == "column":
        columns.append("tax")
    return tuple(columns)
