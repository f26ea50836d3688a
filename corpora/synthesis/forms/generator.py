"""Puts a form together: blocks in a likely order until it is full, set in type on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from corpora.document import LabelledDocument
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Row
from corpora.synthesis.forms.block import Block, beside, rule_row
from corpora.synthesis.forms.choices import choice_block, yes_no_block
from corpora.synthesis.forms.fields import SCHEMA, label_form
from corpora.synthesis.forms.pairs import pairs_block
from corpora.synthesis.forms.prose import (
    furniture_rows,
    gap_block,
    notice_block,
    open_block,
    stray_block,
    title_block,
)
from corpora.synthesis.forms.signatures import office_block, signature_block
from corpora.synthesis.forms.style import Clerk, FormStyle, random_style
from corpora.synthesis.forms.tables import table_block
from corpora.synthesis.sheet import Print, Sheet, print_rows
from corpora.synthesis.typefaces import Family, Typeface
from corpora.synthesis.views import words_of
from ocr.types import Page

FAMILIES: dict[Family, float] = {"mono": 42, "sans": 36, "serif": 22}
MEAN_ADVANCE = {"mono": 0.6, "sans": 0.54, "serif": 0.5}
"""Mean width of a character of print, in em."""
KOREAN_ADVANCE = 0.8
"""The same of Korean print, whose syllables are an em wide and spaces narrow."""
PAGE_HEIGHTS = (1.2, 1.42)
"""Of the text block, in widths."""
LONGEST = 1.1
"""Of a form, in pages; longer ones are set in smaller type."""
SMALLEST = 0.62
"""Share of its size to which the type is reduced at most."""
SIZES = {(15, 50): 12.0, (50, 110): 32.0, (110, 180): 32.0, (180, 260): 17.0, (260, 330): 7.0}
"""How many words forms have, by weight; printed forms of the FUNSD kind have 140 in the middle."""

BLOCKS: dict[str, Callable[[Clerk], Block]] = {
    "pairs": pairs_block,
    "table": table_block,
    "choice": choice_block,
    "yes_no": yes_no_block,
    "open": open_block,
    "gap": gap_block,
    "notice": notice_block,
    "stray": stray_block,
}
WEIGHTS = {
    "pairs": 42.0, "table": 18.0, "choice": 10.0, "yes_no": 5.0, "open": 19.0, "gap": 1.0,
    "notice": 15.0, "stray": 4.0,
}  # fmt: skip
MOST = {"table": 3, "open": 4, "gap": 1, "notice": 4, "stray": 2, "yes_no": 2}


@dataclass(frozen=True)
class Form:
    """A form before it is seen.

    Attributes:
        name: its id.
        schema: of its fields.
        style: its habits.
        sheet: how it is set.
        printed: words and rules on the flat sheet.
        structure: names of its blocks in order, to tell structures apart.
    """

    name: str
    schema: str
    style: FormStyle
    sheet: Sheet
    printed: Print
    structure: tuple[str, ...]

    def labelled(self, page: Page) -> LabelledDocument:
        """The labelled form of its words as they lie on a page."""
        return label_form(self.name, self.printed, page)


def design(seed: int) -> Form:
    """The form of a seed: the same on every machine."""
    dice = Dice(f"form:{seed}")
    style = random_style(dice)
    clerk = Clerk(style, dice)
    blocks = _blocks(clerk)
    rows = _joined(clerk, blocks)
    sheet = _random_sheet(style, dice)
    sheet, printed = _fitted([*rows, *furniture_rows(clerk)], sheet)
    if dice.chance(0.7):
        height = max(printed.height_px, dice.real(*PAGE_HEIGHTS) * sheet.width_px)
        printed = replace(printed, height_px=height)
    structure = tuple(block.name for block in blocks)
    return Form(f"form_{seed:08d}", SCHEMA, style, sheet, printed, structure)


def generate(seed: int, *, noise: float = 0.0) -> LabelledDocument:
    """A labelled form of words, with boxes a little off as detectors' boxes are.

    Args:
        seed: equal seeds give equal documents.
        noise: strength of reading errors, from 0, none, to 1, a bad photograph.

    Returns:
        One page with its words in reading order; all labels of the schema `form` are labelled.
        The truth is what was printed, whatever was read.
    """
    return words_of(design(seed), noise=noise)


def _blocks(clerk: Clerk) -> list[Block]:
    """A title, blocks until the form is full, and what stands at the end."""
    dice = clerk.dice
    blocks = [title_block(clerk)]
    target = dice.between(*dice.weighted(SIZES))
    if clerk.style.theme in ("memo", "fax"):
        first = clerk.first_pairs() if dice.chance(0.75) else []
        blocks.append(pairs_block(clerk, first=first, n_pairs=dice.between(0 if first else 3, 4)))
        if clerk.style.theme == "fax" and not clerk.style.is_korean and dice.chance(0.4):
            blocks.append(gap_block(clerk))
    counts: dict[str, int] = {}
    while sum(block.n_words for block in blocks) < target and len(blocks) < 14:
        kind = dice.weighted(WEIGHTS)
        if counts.get(kind, 0) >= MOST.get(kind, 6):
            continue
        section = clerk.section
        block = BLOCKS[kind](clerk)
        if sum(each.n_words for each in blocks) + block.n_words > target + 70:
            counts[kind], clerk.section = MOST.get(kind, 6), section
            if len(counts) == len(BLOCKS) and all(n >= MOST.get(k, 6) for k, n in counts.items()):
                break
            continue
        counts[kind] = counts.get(kind, 0) + 1
        blocks.append(block)
    if dice.chance(0.4):
        blocks.append(signature_block(clerk))
    if dice.chance(0.16):
        is_first = dice.chance(0.25) and len(blocks) > 1 and blocks[1].opens_section
        blocks.insert(1 if is_first else len(blocks), office_block(clerk))
    return _paired(blocks, dice)


def _paired(blocks: list[Block], dice: Dice) -> list[Block]:
    """Some neighbours set side by side, where that leaves no doubt about sections."""

    def is_clear(at: int) -> bool:
        first, second, *after = (block.opens_section for block in blocks[at : at + 3])
        return (second or not first) and (not second or all(after))

    places = [at for at in range(1, len(blocks) - 1) if is_clear(at)]
    if len(blocks) > 3 and places and dice.chance(0.3):
        at = dice.pick(places)
        blocks[at : at + 2] = [beside(blocks[at], blocks[at + 1], dice.real(0.4, 0.6))]
    return blocks


def _joined(clerk: Clerk, blocks: list[Block]) -> list[Row]:
    """Blocks one below the other, parted by space and sometimes by lines."""
    style, dice = clerk.style, clerk.dice
    rows: list[Row] = []
    for block in blocks:
        if not block.rows:
            continue
        if rows and style.is_ruled and dice.chance(0.5):
            rows.append(rule_row())
        first, *rest = block.rows
        gap = first.gap + (style.gap * dice.real(0.4, 1.3) if rows else 0.0)
        rows += [replace(first, gap=gap), *rest]
    return rows


def _fitted(rows: list[Row], sheet: Sheet) -> tuple[Sheet, Print]:
    """The rows in print; in smaller type where they would be much longer than a page."""
    printed = print_rows(rows, sheet)
    excess = printed.height_px / (PAGE_HEIGHTS[1] * printed.width_px)
    if excess <= LONGEST:
        return sheet, printed
    sheet = replace(sheet, em_px=sheet.em_px * max(SMALLEST, 1 / excess))
    return sheet, print_rows(rows, sheet)


def _random_sheet(style: FormStyle, dice: Dice) -> Sheet:
    family = dice.weighted(FAMILIES)
    typeface = Typeface(family, stretch=dice.real(0.85, 1.08))
    width_px = dice.real(560, 1300)
    advance = KOREAN_ADVANCE if style.is_korean else MEAN_ADVANCE[family]
    em_px = width_px / (style.n_chars * advance * typeface.stretch)
    return Sheet(typeface, em_px, width_px, leading=dice.real(1.1, 1.75))
