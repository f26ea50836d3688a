"""The printed form of a Korean tax invoice: two parties, a line of sums, items, a line of totals.

After the form of the enforcement rules of the Value-Added Tax Act (annex forms 14 and 11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpora.synthesis.draft import Cell, Field, Row, Span, text_cell, text_row
from corpora.synthesis.invoices.account import Line
from corpora.synthesis.invoices.contents import Contents
from corpora.synthesis.invoices.parties import Party
from corpora.synthesis.invoices.style import Clerk

# Titles of the items' columns, and where their cells end, as shares of the width.
ITEM_COLUMNS = (
    ("month", 0.0), ("day", 0.035), ("description", 0.075), ("spec", 0.33), ("quantity", 0.5),
    ("unit_price", 0.62), ("amount", 0.76), ("tax", 0.88), ("note", 0.92),
)  # fmt: skip
LEFT_COLUMNS = ("month", "day", "description", "spec", "note")
PAID_KEYS = (("현금", "cash"), ("수표", "cheque"), ("어음", "bill"), ("외상미수금", "credit"))


def tax_form_rows(contents: Contents) -> tuple[list[Row], list[str]]:
    """All rows of the form in printing order, and the structure."""
    clerk, dice = contents.clerk, contents.clerk.dice
    rule = [Row((), scale=0.5, rule="-")] if dice.chance(0.7) else []
    has_email, has_note = dice.chance(0.5), dice.chance(0.4)
    is_stacked = dice.chance(0.18)
    columns = [name for name, _ in ITEM_COLUMNS if name != "note" or has_note]
    if dice.chance(0.2):
        columns.remove("spec")
    is_dated_below = dice.chance(0.8)
    rows = [*_title_rows(contents), *rule]
    rows += _party_rows(contents, has_email=has_email, is_stacked=is_stacked)
    rows += [*rule, *_sum_rows(contents, is_dated=is_dated_below), *rule]
    rows += _item_rows(clerk, contents.account.lines, columns)
    rows += [*rule, *_total_rows(contents), *rule]
    if dice.chance(0.5):
        rows.append(replace(text_row(clerk.say("remark")), gap=0.5))
    structure = [
        "tax_form",
        f"rules {bool(rule)}",
        f"email {has_email}",
        f"stacked {is_stacked}",
        f"dated below {is_dated_below}",
        " ".join(columns),
    ]
    return rows, structure


def _title_rows(contents: Contents) -> list[Row]:
    clerk, dice = contents.clerk, contents.clerk.dice
    title = text_row(clerk.say("tax_form_title"), align="center", scale=dice.real(1.2, 2.2))
    number = Span(contents.facts.number, Field("invoice_id"))
    key = clerk.say("tax_form_number")
    if dice.chance(0.85):
        x = dice.real(0.55, 0.7)
        top = Row((text_cell(key, x=x), Cell((number,), x=x + 0.14)))
        return [top, title] if dice.chance(0.5) else [title, top]
    return [title]


def _party_rows(contents: Contents, *, has_email: bool, is_stacked: bool) -> list[Row]:
    """Supplier and customer, side by side or one above the other."""
    clerk = contents.clerk
    parties = (("공급자", contents.vendor, "vendor"), ("공급받는자", contents.customer, "customer"))
    sides = []
    for n, (title, party, role) in enumerate(parties):
        left = 0.0 if is_stacked else 0.5 * n
        width = 1.0 if is_stacked else 0.49
        sides.append(_party_lines(clerk, party, role, (title, left, width), has_email=has_email))
    if is_stacked:
        return [Row(tuple(cells)) for side in sides for cells in side]
    return [Row((*a, *b)) for a, b in zip(*sides, strict=True)]


def _party_lines(
    clerk: Clerk, party: Party, role: str, place: tuple[str, float, float], *, has_email: bool
) -> list[list[Cell]]:
    """The lines of one party's box: its title stands left of them, a piece in each."""
    dice = clerk.dice
    title, left, width = place
    inner, second = left + 0.09 * width, left + 0.62 * width
    value, second_value = left + 0.28 * width, left + 0.76 * width
    address = " ".join(party.address)

    def pair(key: str, span: Span, at: tuple[float, float], end: float) -> list[Cell]:
        return [text_cell(key, x=at[0]), Cell((span,), x=at[1], width=end - at[1] - 0.01)]

    right = left + width
    lines = [
        pair(clerk.say("form_tax_id"), Span(party.tax_id, Field(f"{role}_tax_id")),
             (inner, value), right),
        [
            *pair(clerk.say("form_company"), Span(party.name, Field(f"{role}_name")),
                  (inner, value), second),
            *pair(clerk.say("form_owner"), Span(clerk.say("person_name")),
                  (second, second_value), right),
        ],
        pair(clerk.say("form_address"), Span(address, Field(f"{role}_address")),
             (inner, value), right),
        [
            *pair("업태", Span(clerk.say("business_type")), (inner, value), second),
            *pair("종목", Span(clerk.say("business_item")), (second, second_value), right),
        ],
    ]  # fmt: skip
    if has_email:
        lines.append(pair("이메일", Span(clerk.say("email")), (inner, value), right))
    letters = [title[i : i + 1] for i in range(len(title))]
    is_split = dice.chance(0.6) and len(letters) <= len(lines) + 1
    for number, cells in enumerate(lines):
        mark = title if number == 0 and not is_split else ""
        if is_split and number < len(letters):
            is_last = number == len(lines) - 1
            mark = "".join(letters[number:]) if is_last else letters[number]
        if mark:
            cells.insert(0, Cell((Span(mark),), x=left, width=0.08 * width))
    return lines


def _sum_rows(contents: Contents, *, is_dated: bool) -> list[Row]:
    """Date, net and tax: key words over values."""
    clerk, account, dice = contents.clerk, contents.account, contents.clerk.dice
    day = contents.facts.day
    text = clerk.date(day) if dice.chance(0.7) else f"{day:%Y} {day:%m} {day:%d}"
    date = Span(text, Field("invoice_date"))
    dated = dice.pick(("작성일자", "작성일자", "작성", "작성 일자", "발행일자", "거래일자"))
    net = clerk.amount(account.subtotal - account.discount + account.freight, Field("subtotal"))
    tax = clerk.amount(account.tax, Field("total_tax"))
    is_taxed = bool(account.shares)
    keys = [dated, dice.pick(("공급가액", "공급가액", "공 급 가 액")), "세액", "비고"]
    values = [(date,), net, tax if is_taxed else (), ()]
    xs = (0.0, dice.real(0.22, 0.3), dice.real(0.5, 0.6), dice.real(0.76, 0.84))
    if is_dated:
        return [
            Row(tuple(text_cell(key, x=x) for key, x in zip(keys, xs, strict=True))),
            Row(tuple(Cell(v, x=x) for v, x in zip(values, xs, strict=True) if v)),
        ]
    cells: list[Cell] = []
    for key, value, x in zip(keys[:3], values[:3], (0.0, 0.34, 0.68), strict=True):
        cells += [text_cell(key, x=x), *([Cell(value, x=x + 0.13)] if value else [])]
    return [Row(tuple(cells))]


def _item_rows(clerk: Clerk, lines: Sequence[Line], columns: Sequence[str]) -> list[Row]:
    titles = {
        "month": "월", "day": "일", "description": clerk.say("column_description"), "spec": "규격",
        "quantity": "수량", "unit_price": "단가", "amount": "공급가액", "tax": "세액",
        "note": "비고",
    }  # fmt: skip
    places = dict(ITEM_COLUMNS)
    rows = [Row(tuple(_cell(name, (Span(titles[name]),), places) for name in columns))]
    for item in lines:
        spans = _item_spans(clerk, item)
        cells = [_cell(name, spans[name], places) for name in columns if spans.get(name)]
        rows.append(Row(tuple(cells)))
    return rows


def _item_spans(clerk: Clerk, item: Line) -> dict[str, tuple[Span, ...]]:
    head = Field("items.description")
    day = Field("items.date", head)
    spans: dict[str, tuple[Span, ...]] = {
        "month": (Span(f"{item.day:%m}", day),),
        "day": (Span(f"{item.day:%d}", day),),
        "description": (Span(" ".join(item.texts), head),),
        "amount": clerk.amount(item.amount, Field("items.amount", head)),
    }
    if clerk.style.is_taxed:
        spans["tax"] = clerk.amount(item.tax, Field("items.tax", head))
    if clerk.dice.chance(0.5):
        spans["spec"] = (Span(clerk.say("spec")),)
    if item.quantity is not None and item.unit_price is not None:
        quantity = f"{item.quantity.normalize():f}"
        spans["quantity"] = (Span(quantity, Field("items.quantity", head)),)
        spans["unit_price"] = clerk.amount(item.unit_price, Field("items.unit_price", head))
    return spans


def _cell(name: str, spans: tuple[Span, ...], places: Mapping[str, float]) -> Cell:
    if name in LEFT_COLUMNS:
        width = {"description": 0.23, "spec": 0.1, "note": 0.08}.get(name)
        return Cell(spans, x=places[name], width=width)
    return Cell(spans, x=places[name], align="right")


def _total_rows(contents: Contents) -> list[Row]:
    """The total, how it was paid, and whether the form asks for the money or confirms it."""
    clerk, account, dice = contents.clerk, contents.account, contents.clerk.dice
    key = dice.pick(("합계금액", "합계금액", "합 계 금 액", "합계"))
    total = clerk.amount(account.total, Field("invoice_total"), is_total=True)
    step = 0.15
    keys = [text_cell(key), *(text_cell(k, x=0.2 + step * i) for i, (k, _) in enumerate(PAID_KEYS))]
    keys.append(
        text_cell(
            dice.pick(("이 금액을 (청구) 함", "위 금액을 영수 함", "이 금액을 청구함")), x=0.82
        )
    )
    values = [Cell(total)]
    if dice.chance(0.4):
        paid = dice.pick((0, 3, 3))
        values.append(Cell(clerk.amount(account.total, None), x=0.2 + step * paid))
    return [Row(tuple(keys)), Row(tuple(values))]
