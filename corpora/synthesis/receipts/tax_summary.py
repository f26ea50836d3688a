"""The table of taxes by rate that many receipts print below their totals."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from corpora.synthesis.basket import Bill, TaxShare
from corpora.synthesis.draft import Align, Cell, Field, Row, Span, text_cell, text_row
from corpora.synthesis.receipts.style import Scribe, rate_text

SummaryColumn = Literal["rate", "net", "tax", "gross"]

# {m} the mark of the tax category, {r} the rate.
CODE_FORMS = {
    "{m}": 6.0, "{m} @ {r}%": 4.0, "{m} @{r}%": 3.0, "{m}={r}%": 1.0, "{m} = {r}%": 3.0,
    "{m} ({r}%)": 3.0, "{m} (@{r}%)": 2.0, "{m} (@ {r}%)": 2.0, "{m}@{r}%": 2.0, "{r}%": 3.0,
    "{m} {r}%": 4.0, "{m}-{r}%": 1.0, "{m} = GST @{r}%": 1.0, "{m} {r} %": 1.0,
}  # fmt: skip


def summary_rows(scribe: Scribe, bill: Bill) -> list[Row]:
    """Rows of a tax table: titles, a row for each rate, often a sum."""
    dice = scribe.dice
    columns = _columns(scribe)
    edges = _edges(columns, dice.real(0.9, 1.0), dice.real(0.2, 0.28))
    rows: list[Row] = []
    if dice.chance(0.6):
        align: Align = dice.pick(("left", "left", "center"))
        rows.append(text_row(scribe.say("summary_title"), align=align))
    titles = [
        text_cell(scribe.say(f"summary_{column}"), x=edge, align="right")
        for column, edge in zip(columns, edges, strict=True)
    ]
    if dice.chance(0.92):
        rows.append(Row((text_cell(scribe.say("summary_code")), *titles)))
    forms = {
        form: w for form, w in CODE_FORMS.items() if "rate" not in columns or "{r}" not in form
    }
    form = dice.weighted(forms)
    marks = [_mark(scribe, share) for share in bill.shares]
    for share, mark in zip(bill.shares, marks, strict=True):
        rows.append(_share_row(scribe, share, form.replace("{m}", mark), columns, edges))
    if dice.chance(0.12):
        empty = TaxShare(Decimal(0), 0, 0)
        rows.append(_share_row(scribe, empty, form.replace("{m}", "ZR"), columns, edges))
    if dice.chance(0.35):
        rows.append(_sum_row(scribe, bill, columns, edges))
    return [row for row in rows if any(cell.spans for cell in row.cells)]


def _columns(scribe: Scribe) -> list[SummaryColumn]:
    dice = scribe.dice
    columns: list[SummaryColumn] = ["rate"] if dice.chance(0.25) else []
    columns += ["net", "tax"]
    if dice.chance(0.2):
        columns.append("gross")
    if dice.chance(0.06):
        columns.reverse()
    return columns


def _edges(columns: list[SummaryColumn], last: float, step: float) -> list[float]:
    if len(columns) <= 2:
        step += 0.08
    return [last - step * (len(columns) - 1 - i) for i in range(len(columns))]


def _mark(scribe: Scribe, share: TaxShare) -> str:
    if not share.rate and scribe.dice.chance(0.8):
        return scribe.dice.pick(("ZR", "Z", "ZRL", "Zero Rated"))
    if scribe.dice.chance(0.25):
        return scribe.style.tax_name
    return scribe.say("tax_mark")


def _share_row(
    scribe: Scribe,
    share: TaxShare,
    code: str,
    columns: list[SummaryColumn],
    edges: list[float],
) -> Row:
    head = Field("tax_details.amount")
    rate_field = Field("tax_details.rate", head)
    rate = rate_text(share.rate, scribe.style.money.decimal)
    code_spans = []
    words = code.split()
    for index, word in enumerate(words):
        is_rate = "{r}" in word or (word == "%" and index > 0)
        code_spans.append(Span(word.replace("{r}", rate), rate_field if is_rate else None))
    values = {
        "rate": (Span(rate + scribe.dice.pick(("", "", "%")), rate_field),),
        "net": scribe.amount(share.net, Field("tax_details.net_amount", head), is_total=False),
        "tax": scribe.amount(share.tax, head, is_total=False),
        "gross": scribe.amount(share.net + share.tax, None, is_total=False),
    }
    cells = [
        Cell(values[column], x=edge, align="right")
        for column, edge in zip(columns, edges, strict=True)
    ]
    return Row((Cell(tuple(code_spans)), *cells))


def _sum_row(scribe: Scribe, bill: Bill, columns: list[SummaryColumn], edges: list[float]) -> Row:
    net = sum(share.net for share in bill.shares)
    values = {
        "net": scribe.amount(net, None, is_total=False),
        "tax": scribe.amount(bill.tax, Field("total_tax"), is_total=False),
        "gross": scribe.amount(net + bill.tax, None, is_total=False),
    }
    cells = [
        Cell(values[column], x=edge, align="right")
        for column, edge in zip(columns, edges, strict=True)
        if column in values
    ]
    return Row((text_cell(scribe.say("summary_total")), *cells))
