"""Puts a receipt together: blocks in a random order, set in type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora.document import LabelledDocument
from corpora.synthesis.basket import Bill
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Row, text_row
from corpora.synthesis.receipts.bill import go_shopping
from corpora.synthesis.receipts.footer import card_slip_rows, footer_rows
from corpora.synthesis.receipts.header import HeaderWriter, title_rows
from corpora.synthesis.receipts.item_form import random_item_form
from corpora.synthesis.receipts.items import ItemPrinter
from corpora.synthesis.receipts.particulars import ParticularsWriter, customer_rows
from corpora.synthesis.receipts.style import Scribe, Style, random_style
from corpora.synthesis.receipts.tax_summary import summary_rows
from corpora.synthesis.receipts.totals import TotalsWriter
from corpora.synthesis.receipts.totals_layout import random_totals_layout, totals_rows
from corpora.synthesis.sheet import Print, Sheet, print_rows
from corpora.synthesis.typefaces import Family, Typeface
from corpora.synthesis.views import words_of

SCHEMA = "receipt"
FAMILIES: dict[Family, float] = {"mono": 58, "sans": 36, "serif": 6}
MEAN_ADVANCE = {"mono": 0.6, "sans": 0.56, "serif": 0.53}
"""Mean width of a character of print, in em."""


@dataclass(frozen=True)
class Receipt:
    """A receipt before it is seen.

    Attributes:
        name: its id.
        schema: of its fields.
        style: the shop's habits.
        bill: its amounts.
        sheet: how it is set.
        printed: words and rules on the flat sheet.
    """

    name: str
    schema: str
    style: Style
    bill: Bill
    sheet: Sheet
    printed: Print


def design(seed: int) -> Receipt:
    """The receipt of a seed: the same on every machine."""
    dice = Dice(f"receipt:{seed}")
    style = random_style(dice)
    scribe = Scribe(style, dice)
    bill = go_shopping(scribe)
    rows = _rows(scribe, bill)
    if style.is_uppercase:
        rows = [_shouted(row) for row in rows]
    sheet = _random_sheet(style, dice)
    return Receipt(f"receipt_{seed:08d}", SCHEMA, style, bill, sheet, print_rows(rows, sheet))


def generate(seed: int, *, noise: float = 0.0) -> LabelledDocument:
    """A labelled receipt of words, with boxes a little off as detectors' boxes are.

    Args:
        seed: equal seeds give equal documents.
        noise: strength of reading errors, from 0, none, to 1, a bad photograph.

    Returns:
        One page with its words in reading order; all labels of the schema `receipt` are labelled.
        The truth is what was printed, whatever was read.
    """
    return words_of(design(seed), noise=noise)


def _rows(scribe: Scribe, bill: Bill) -> list[Row]:
    """All rows in printing order."""
    dice = scribe.dice
    header = HeaderWriter(scribe).rows()
    title = title_rows(scribe)
    particulars = ParticularsWriter(scribe)
    details = particulars.rows() if dice.chance(0.95) else []
    blocks: list[list[Row]] = [title, header] if dice.chance(0.08) else [header, title]
    is_late = dice.chance(0.15)
    if not is_late:
        blocks.insert(len(blocks) if dice.chance(0.9) else 0, details)
    if dice.chance(0.03) and details:
        header.insert(1, particulars.repeated())
    if dice.chance(0.05):
        blocks.append(customer_rows(scribe))
    blocks += _money_blocks(scribe, bill)
    if is_late:
        blocks.insert(len(blocks) if dice.chance(0.6) else len(blocks) - 1, details)
    footer = footer_rows(scribe)
    if dice.chance(0.1) and details:
        footer.insert(dice.between(0, len(footer)), particulars.repeated())
    blocks.append(footer)
    return _joined(blocks, dice)


def _money_blocks(scribe: Scribe, bill: Bill) -> list[list[Row]]:
    """Items, totals, tax table, card slip."""
    dice, style = scribe.dice, scribe.style
    form = random_item_form(style, dice)
    items = ItemPrinter(scribe, form).rows(bill.purchases)
    totals = TotalsWriter(scribe, bill).lines()
    layout = random_totals_layout(style, 1.0 if form.tax_mark != "column" else 0.92, dice)
    blocks = [items, totals_rows(totals, layout, style, dice)]
    has_summary = {"MYR": 0.55, "EUR": 0.5, "SGD": 0.3, "GBP": 0.25}
    if style.is_taxed and dice.chance(has_summary.get(style.country.currency, 0.04)):
        blocks.append(summary_rows(scribe, bill))
    if style.payment in ("card", "split") and dice.chance(0.5):
        blocks.append(card_slip_rows(scribe))
    return blocks


def _joined(blocks: Sequence[list[Row]], dice: Dice) -> list[Row]:
    """Blocks one below the other, parted by space, drawn lines or lines of characters."""
    gap = dice.real(0.0, 1.2)
    form = dice.weighted({"space": 50.0, "drawn": 30.0, "printed": 6.0})
    character = dice.pick("--==_*.")
    rows: list[Row] = []
    for block in blocks:
        if not block:
            continue
        if rows and form == "drawn" and dice.chance(0.7):
            rows.append(Row((), scale=0.7, rule=character))
        elif rows and form == "printed" and dice.chance(0.7):
            rows.append(text_row(character * dice.between(12, 30), align="center"))
        first, *rest = block
        rows += [replace(first, gap=gap * dice.real(0.5, 1.0) if rows else 0.0), *rest]
    return rows


def _shouted(row: Row) -> Row:
    cells = tuple(
        replace(cell, spans=tuple(replace(span, text=span.text.upper()) for span in cell.spans))
        for cell in row.cells
    )
    return replace(row, cells=cells)


def _random_sheet(style: Style, dice: Dice) -> Sheet:
    family = dice.weighted(FAMILIES)
    typeface = Typeface(family, stretch=dice.real(0.76, 1.1))
    width_px = dice.real(380, 1100)
    em_px = width_px / (style.n_chars * MEAN_ADVANCE[family] * typeface.stretch)
    return Sheet(typeface, em_px, width_px, leading=dice.real(1.1, 1.7))
