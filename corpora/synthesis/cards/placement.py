"""Where the blocks of a card stand: bands one below the other, each of one to three columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpora.synthesis.cards.lines import Block
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Align, Row
from corpora.synthesis.sheet import Print, PrintedWord, Sheet, print_rows
from corpora.synthesis.typefaces import Family, Typeface

Place = Literal["top", "middle", "bottom"]

FAMILIES: dict[Family, float] = {"sans": 74, "serif": 24, "mono": 2}
ALIGNS: dict[Align, float] = {"left": 60, "center": 22, "right": 18}
WIDTHS_EM = (24.0, 42.0)
"""Of a card, in sizes of its usual type."""
SHAPES = {(0.5, 0.64): 92.0, (1.1, 1.7): 8.0}
"""Height by width: cards lie mostly on their long side."""
WIDEST_COLUMN_EM = 44.0


@dataclass(frozen=True, slots=True)
class Column:
    """Blocks one below the other.

    Attributes:
        blocks: from top to bottom.
        align: of their lines.
    """

    blocks: tuple[Block, ...]
    align: Align


@dataclass(frozen=True, slots=True)
class Plan:
    """The places of a card's blocks.

    Attributes:
        bands: columns from left to right, bands from top to bottom.
        place: which ends of a band's columns stand at one height.
    """

    bands: tuple[tuple[Column, ...], ...]
    place: Place

    @property
    def structure(self) -> tuple[str, ...]:
        """Order and places of blocks and how they are written, to tell structures apart."""
        return tuple(
            f"{n}.{i} {column.align} {block.kind} {block.habit}"
            for n, band in enumerate(self.bands)
            for i, column in enumerate(band)
            for block in column.blocks
        )


def random_plan(blocks: Sequence[Block], dice: Dice) -> Plan:
    """Blocks in some usual arrangement of cards.

    Args:
        blocks: of the kinds "company", "person", "contact", "address", "slogan"; each any number
            of times.
        dice: to choose by.
    """
    form = dice.weighted({"stack": 30.0, "halves": 22.0, "corner": 30.0, "strip": 18.0})
    align = dice.weighted(ALIGNS)
    if form == "stack":
        groups: list[list[list[Block]]] = [[_stacked(blocks, dice)]]
    elif form == "halves":
        groups = [_halves(blocks, dice)]
    elif form == "corner":
        groups = _corners(blocks, dice)
    else:
        groups = _strip(blocks, dice)
    bands = []
    for group in groups:
        held = [part for part in group if part]
        band = tuple(
            Column(tuple(part), _align_of(i, len(held), align, dice)) for i, part in enumerate(held)
        )
        if band:
            bands.append(band)
    return Plan(tuple(bands), dice.pick(("top", "top", "middle", "bottom", "bottom")))


def _of(blocks: Sequence[Block], *kinds: str) -> list[Block]:
    return [block for kind in kinds for block in blocks if block.kind == kind]


def _stacked(blocks: Sequence[Block], dice: Dice) -> list[Block]:
    if dice.chance(0.15):
        return dice.shuffled(blocks)
    head = dice.pick(
        (("company", "slogan", "person"), ("company", "person"), ("person", "company"))
    )
    tail = dice.pick((("address", "contact"), ("contact", "address")))
    rest = [] if "slogan" in head else _of(blocks, "slogan")
    held = _of(blocks, *head, *tail)
    at = len(held) if dice.chance(0.6) else dice.between(0, len(held))
    return [*held[:at], *rest, *held[at:]]


def _halves(blocks: Sequence[Block], dice: Dice) -> list[list[Block]]:
    """Two columns over the whole card."""
    left_kinds = dice.pick(
        (("company", "slogan"), ("company", "person"), ("person",), ("company",))
    )
    right_kinds = [
        kind
        for kind in ("company", "person", "address", "contact", "slogan")
        if kind not in left_kinds
    ]
    if dice.chance(0.3):
        right_kinds.reverse()
    halves = [_of(blocks, *left_kinds), _of(blocks, *right_kinds)]
    return halves if dice.chance(0.8) else halves[::-1]


def _corners(blocks: Sequence[Block], dice: Dice) -> list[list[list[Block]]]:
    """The firm above, the person and how to reach her below, side by side or not."""
    top = [_of(blocks, "company"), _of(blocks, "slogan")]
    if dice.chance(0.3):
        top = [_of(blocks, "company", "slogan")]
    elif dice.chance(0.3):
        top = top[::-1]
    person = _of(blocks, "person")
    reach = _of(blocks, *dice.pick((("address", "contact"), ("contact", "address"))))
    form = dice.pick(("beside", "beside", "below", "split"))
    if form == "beside":
        below = [[person, reach]] if dice.chance(0.75) else [[reach, person]]
    elif form == "below":
        below = [[person], [reach]]
    else:
        below = [[person], [_of(blocks, "address"), _of(blocks, "contact")]]
    bands = [top, *below]
    return bands if dice.chance(0.85) else [*below, top]


def _strip(blocks: Sequence[Block], dice: Dice) -> list[list[list[Block]]]:
    """Person and firm in the middle, everything else in a band below or above."""
    middle = dice.pick((("person", "company"), ("company", "person")))
    columns = [_of(blocks, "address"), _of(blocks, "contact")]
    if dice.chance(0.3):
        columns = columns[::-1]
    slogan = [_of(blocks, "slogan")]
    strip = columns if dice.chance(0.8) else [[*columns[0], *columns[1]]]
    bands = [[_of(blocks, *middle)], strip]
    if dice.chance(0.12):
        bands.reverse()
    return [slogan, *bands] if dice.chance(0.4) else [*bands, slogan]


def _align_of(index: int, n_columns: int, align: Align, dice: Dice) -> Align:
    if n_columns == 1:
        return align if dice.chance(0.85) else dice.weighted(ALIGNS)
    if index == 0:
        return dice.weighted({"left": 80.0, "center": 14.0, "right": 6.0})
    return dice.weighted({"left": 60.0, "center": 10.0, "right": 30.0})


def place(plan: Plan, dice: Dice) -> tuple[Print, Sheet]:
    """The card set in type: its words row by row, now and then column by column."""
    typeface = Typeface(dice.weighted(FAMILIES), stretch=dice.real(0.85, 1.1))
    leading = dice.real(1.15, 1.6)
    gaps = [dice.real(1.5, 4.0) for _ in plan.bands]
    widths = [[_width(column, typeface) for column in band] for band in plan.bands]
    needed = max(
        (sum(band) + gap * (len(band) - 1) for band, gap in zip(widths, gaps, strict=True)),
        default=1.0,
    )
    width_em = max(dice.real(*WIDTHS_EM), needed)
    width_px = dice.real(420, 1100)
    sheet = Sheet(typeface, width_px / width_em, width_px, leading)
    setter = _Setter(sheet, dice)
    bands = [
        setter.band(band, band_widths, plan.place)
        for band, band_widths in zip(plan.bands, widths, strict=True)
    ]
    low, high = dice.weighted(SHAPES)
    content = sum(band.height_px for band in bands)
    free = max(0.0, dice.real(low, high) * width_px - content)
    return _below_each_other(bands, free, sheet, dice), sheet


def _width(column: Column, typeface: Typeface) -> float:
    """Of a column, in em: lines of one piece can be broken, others need all their room."""
    widths = [
        min(line.width(typeface), WIDEST_COLUMN_EM if len(line.pieces) == 1 else float("inf"))
        for block in column.blocks
        for line in block.lines
    ]
    return max(widths, default=1.0)


class _Setter:
    """Sets columns and joins them to bands."""

    def __init__(self, sheet: Sheet, dice: Dice) -> None:
        self._sheet = sheet
        self._dice = dice
        self._gap = dice.real(0.0, 1.4)
        self._is_by_rows = dice.chance(0.85)

    def band(self, columns: Sequence[Column], widths: Sequence[float], at: Place) -> Print:
        """A band's columns side by side, the first at the left end, the last at the right."""
        prints = [self._column(*pair) for pair in zip(columns, widths, strict=True)]
        height = max(printed.height_px for printed in prints)
        words: list[PrintedWord] = []
        for number, printed in enumerate(prints):
            x = self._left(number, columns, widths)
            drop = height - printed.height_px
            y = {"top": 0.0, "middle": drop / 2, "bottom": drop}[at]
            words += _moved(printed.words, x, y, len(words))
        ordered = _by_rows(words) if self._is_by_rows and len(prints) > 1 else words
        return Print(tuple(ordered), (), self._sheet.width_px, height)

    def _column(self, column: Column, width_em: float) -> Print:
        rows: list[Row] = []
        for block in column.blocks:
            for number, found in enumerate(block.lines):
                row = found.row(column.align, width_em, self._sheet.typeface)
                if number == 0 and rows:
                    row = replace(row, gap=self._gap * self._dice.real(0.6, 1.2))
                rows.append(row)
        return print_rows(rows, replace(self._sheet, width_px=width_em * self._sheet.em_px))

    def _left(self, number: int, columns: Sequence[Column], widths: Sequence[float]) -> float:
        """Where a column begins, in pixels."""
        em, block = self._sheet.em_px, self._sheet.width_px
        free = block - sum(widths) * em
        if len(columns) == 1:
            share = {"left": 0.0, "center": 0.5, "right": 1.0}[columns[0].align]
            if columns[0].align == "left" and self._dice.chance(0.15):
                share = self._dice.real(0.0, 1.0)
            return free * share
        return sum(widths[:number]) * em + free * number / (len(columns) - 1)


def _moved(words: Sequence[PrintedWord], x: float, y: float, cell: int) -> list[PrintedWord]:
    return [
        replace(
            word,
            box=(word.box[0] + x, word.box[1] + y, word.box[2] + x, word.box[3] + y),
            cell=word.cell + cell,
        )
        for word in words
    ]


def _by_rows(words: Sequence[PrintedWord]) -> list[PrintedWord]:
    """Words of neighbouring columns as they are read: along lines that stand at one height."""
    cells: dict[int, list[PrintedWord]] = {}
    for word in words:
        cells.setdefault(word.cell, []).append(word)
    rows: list[list[list[PrintedWord]]] = []
    for cell in sorted(cells.values(), key=lambda cell: cell[0].box[1] + cell[0].box[3]):
        _, top, _, bottom = cell[0].box
        last = rows[-1][0][0].box if rows else (0.0, 0.0, 0.0, 0.0)
        if rows and last[1] < (top + bottom) / 2 < last[3]:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [
        word for row in rows for cell in sorted(row, key=lambda c: c[0].box[0]) for word in cell
    ]


def _below_each_other(bands: Sequence[Print], free: float, sheet: Sheet, dice: Dice) -> Print:
    """Bands over the card's height, the free space shared out between them."""
    shares = [dice.real(0.0, 1.0) for _ in range(len(bands) + 1)]
    total = sum(shares)
    words: list[PrintedWord] = []
    y = free * shares[0] / total
    for band, share in zip(bands, shares[1:], strict=True):
        words += _moved(band.words, 0.0, y, len(words))
        y += band.height_px + max(free * share / total, 0.3 * sheet.em_px)
    return Print(tuple(words), (), sheet.width_px, y)
