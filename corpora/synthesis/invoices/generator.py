"""Puts an invoice together: blocks in a random order, set in type on one page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpora.document import LabelledDocument
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Row, Span
from corpora.synthesis.invoices.account import Account, random_account
from corpora.synthesis.invoices.blocks import Block, banded, block_of, line
from corpora.synthesis.invoices.contents import Contents
from corpora.synthesis.invoices.footer import FooterWriter
from corpora.synthesis.invoices.particulars import ParticularsWriter, random_facts
from corpora.synthesis.invoices.parties import PartyWriter, random_party
from corpora.synthesis.invoices.spread import NamedRows, joined
from corpora.synthesis.invoices.style import Clerk, InvoiceStyle, random_style
from corpora.synthesis.invoices.table import TablePrinter, random_table_form
from corpora.synthesis.invoices.tax_form import tax_form_rows
from corpora.synthesis.invoices.totals import TotalsWriter, random_totals_form, totals_rows
from corpora.synthesis.sheet import Print, Sheet, print_rows
from corpora.synthesis.typefaces import Family, Typeface
from corpora.synthesis.views import words_of

SCHEMA = "invoice"
FAMILIES: dict[Family, float] = {"sans": 64, "serif": 20, "mono": 16}
VINTAGE_FAMILIES: dict[Family, float] = {"mono": 80, "serif": 9, "sans": 11}
MEAN_ADVANCE = {"mono": 0.6, "sans": 0.54, "serif": 0.5}
"""Mean width of a character of print, in em."""
PAGE_HEIGHTS = (1.25, 1.42)
"""Of the text block, in widths: a letter's or an A4 page's, with its margins."""


@dataclass(frozen=True)
class Invoice:
    """An invoice before it is seen.

    Attributes:
        name: its id.
        schema: of its fields.
        style: the sender's habits.
        account: its amounts.
        sheet: how it is set.
        printed: words and rules on the flat sheet.
        structure: order of blocks, columns and places of key words, to tell structures apart.
    """

    name: str
    schema: str
    style: InvoiceStyle
    account: Account
    sheet: Sheet
    printed: Print
    structure: tuple[str, ...]


def design(seed: int) -> Invoice:
    """The invoice of a seed: the same on every machine."""
    dice = Dice(f"invoice:{seed}")
    style = random_style(dice)
    clerk = Clerk(style, dice)
    facts = random_facts(clerk)
    contents = Contents(
        clerk,
        facts,
        random_account(clerk, facts.day),
        random_party(clerk, is_vendor=True),
        random_party(clerk, is_vendor=False),
    )
    sheet = _random_sheet(style, dice)
    height_px = dice.real(*PAGE_HEIGHTS) * sheet.width_px
    if style.origin.is_tax_form:
        rows, structure = tax_form_rows(contents)
    else:
        blocks, structure = _blocks(contents)
        rows = joined(blocks, dice, n_lines=height_px / (sheet.em_px * sheet.leading))
    if style.is_uppercase:
        rows = [_shouted(row) for row in rows]
    printed = print_rows(rows, sheet)
    printed = replace(printed, height_px=max(printed.height_px, height_px))
    name = f"invoice_{seed:08d}"
    return Invoice(name, SCHEMA, style, contents.account, sheet, printed, tuple(structure))


def generate(seed: int, *, noise: float = 0.0) -> LabelledDocument:
    """A labelled invoice of words, with boxes a little off as detectors' boxes are.

    Args:
        seed: equal seeds give equal documents.
        noise: strength of reading errors, from 0, none, to 1, a bad photograph.

    Returns:
        One page with its words in reading order; all labels of the schema `invoice` are labelled.
        The truth is what was printed, whatever was read.
    """
    return words_of(design(seed), noise=noise)


def _blocks(contents: Contents) -> tuple[list[NamedRows], list[str]]:
    """Blocks of rows in printing order, and the structure."""
    clerk, dice = contents.clerk, contents.clerk.dice
    place = clerk.style.key_place
    particulars = ParticularsWriter(clerk, contents.facts)
    entries = particulars.entries()
    parties = PartyWriter(clerk, contents.vendor, contents.customer)
    is_grid = len(entries) > 2 and dice.chance(0.27)
    kept = entries[:2] if is_grid and dice.chance(0.4) else entries if not is_grid else []
    head = _head_blocks(contents, parties, particulars.block(kept, place) if kept else None)
    rows, structure = banded(head, dice, counts={1: 36.0, 2: 46.0, 3: 18.0})
    gridded = [entry for entry in entries if entry not in kept]
    blocks: list[NamedRows] = [("head", rows)]
    if gridded:
        blocks.append((f"grid{len(gridded)}", particulars.grid(gridded)))
    if dice.chance(0.16):
        blocks.append(("opening", banded([_opening(clerk)], dice, counts={1: 1.0})[0]))
    table = TablePrinter(clerk, random_table_form(clerk, contents.account.lines))
    blocks.append(("table", table.rows(contents.account.lines)))
    sums = TotalsWriter(clerk, contents.account).sums()
    form = random_totals_form(clerk, len(sums))
    blocks.append((f"totals {form}", totals_rows(sums, form, table.amount_x, clerk)))
    footer = FooterWriter(clerk, contents.facts, contents.account, contents.vendor).blocks()
    if dice.chance(0.22):
        footer.insert(dice.between(0, len(footer)), parties.remittance_block())
    footer_rows, footer_names = banded(footer, dice, counts={1: 55.0, 2: 30.0, 3: 15.0})
    blocks.append(("footer", footer_rows))
    if dice.chance(0.04) and footer_rows:
        blocks.insert(1, blocks.pop())
    names = [name for name, _ in blocks]
    keys = [place, parties.key_place]
    structure = [*structure, *names, " ".join(table.columns), *keys, *footer_names]
    return blocks, structure


def _head_blocks(
    contents: Contents, parties: PartyWriter, particulars: Block | None
) -> list[Block]:
    """Sender, title, addressees and particulars in a random order."""
    clerk, dice = contents.clerk, contents.clerk.dice
    title = block_of("title", [line(clerk.say("title"))], scale=dice.pick((1.0, 1.3, 1.8, 2.4)))
    blocks = [parties.vendor_block(), title] if dice.chance(0.9) else [parties.vendor_block()]
    if dice.chance(0.3):
        blocks.reverse()
    addressees = [parties.customer_block()]
    if dice.chance(0.4 if clerk.style.trade == "goods" else 0.1):
        addressees.append(parties.shipping_block())
    if dice.chance(0.08):
        addressees.reverse()
    if particulars is not None:
        addressees.insert(dice.between(0, len(addressees)), particulars)
    if dice.chance(0.12):
        return dice.shuffled([*blocks, *addressees])
    return [*blocks, *addressees]


def _opening(clerk: Clerk) -> Block:
    return block_of("opening", [line(Span(clerk.say("opening")))])


def _shouted(row: Row) -> Row:
    cells = tuple(
        replace(cell, spans=tuple(replace(span, text=span.text.upper()) for span in cell.spans))
        for cell in row.cells
    )
    return replace(row, cells=cells)


def _random_sheet(style: InvoiceStyle, dice: Dice) -> Sheet:
    family = dice.weighted(VINTAGE_FAMILIES if style.origin.is_vintage else FAMILIES)
    typeface = Typeface(family, stretch=dice.real(0.9, 1.06))
    width_px = dice.real(620, 1900)
    em_px = width_px / (style.n_chars * MEAN_ADVANCE[family] * typeface.stretch)
    return Sheet(typeface, em_px, width_px, leading=dice.real(1.12, 1.7))
