"""Blocks of text and how they are set below each other or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Align, Cell, Row, Span, spans_of

GUTTER = 0.02
"""Space between columns, as a share of the text block."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Spans at a place of a block's line.

    Attributes:
        spans: in reading order.
        x: where they stand, as a share of the block's width.
        align: which part of the piece stands there.
    """

    spans: tuple[Span, ...]
    x: float = 0.0
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stay together.

    Attributes:
        name: of what it holds, for telling structures apart.
        lines: each of pieces from left to right.
        scale: of the type in its first line, where it stands alone.
    """

    name: str
    lines: tuple[tuple[Piece, ...], ...]
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A column on the page, as shares of the text block, and how single pieces are set in it."""

    left: float
    width: float
    align: Align = "left"


def line(*parts: str | Span) -> tuple[Piece, ...]:
    """A line of one piece; plain strings belong to no field."""
    return (Piece(spans_of(parts)),)


def block_of(name: str, lines: Sequence[tuple[Piece, ...]], *, scale: float = 1.0) -> Block:
    """A block of the lines that hold anything."""
    kept = tuple(pieces for pieces in lines if any(piece.spans for piece in pieces))
    return Block(name, kept, scale)


def beside(columns: Sequence[tuple[Block, Slot]]) -> list[Row]:
    """Rows of blocks side by side, their first lines level."""
    n_rows = max((len(block.lines) for block, _ in columns), default=0)
    rows = []
    for number in range(n_rows):
        cells: list[Cell] = []
        for block, slot in columns:
            if number < len(block.lines):
                cells += _cells(block.lines[number], slot)
        scale = columns[0][0].scale if len(columns) == 1 and number == 0 else 1.0
        rows.append(Row(tuple(cells), scale=scale))
    return rows


def _cells(pieces: Sequence[Piece], slot: Slot) -> list[Cell]:
    if len(pieces) == 1 and pieces[0].x == 0.0:
        at = {"left": 0.0, "center": 0.5, "right": 1.0}[slot.align]
        x = slot.left + at * slot.width
        return [Cell(pieces[0].spans, x=x, align=slot.align, width=slot.width)]
    cells = []
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        end = 1.0 if following is None or following.align != "left" else following.x
        width = max(0.05, (end - piece.x) * slot.width - GUTTER) if piece.align == "left" else None
        x = slot.left + piece.x * slot.width
        cells.append(Cell(piece.spans, x=x, align=piece.align, width=width))
    return cells


def random_slots(count: int, dice: Dice) -> list[Slot]:
    """One to three columns across the page; the last one may be flush right."""
    if count == 1:
        align: Align = dice.pick(("left", "left", "center", "right"))
        return [Slot(0.0, 1.0, align)]
    last: Align = "right" if dice.chance(0.15) else "left"
    if count == 2:
        split = dice.real(0.44, 0.68)
        return [Slot(0.0, split - GUTTER), Slot(split, 1.0 - split, last)]
    first, second = dice.real(0.3, 0.36), dice.real(0.62, 0.7)
    return [
        Slot(0.0, first - GUTTER),
        Slot(first, second - first - GUTTER),
        Slot(second, 1.0 - second, last),
    ]


def banded(
    blocks: Sequence[Block], dice: Dice, *, counts: dict[int, float]
) -> tuple[list[Row], list[str]]:
    """Blocks in bands of up to three, one band below the other.

    Args:
        blocks: in reading order.
        dice: to choose by.
        counts: how often a band holds how many.

    Returns:
        The rows, and for each band the names of its blocks.
    """
    rows: list[Row] = []
    names: list[str] = []
    waiting = [block for block in blocks if block.lines]
    while waiting:
        count = min(len(waiting), dice.weighted(counts))
        if count == 3 and any(_is_wide(block) for block in waiting[:count]):
            count = 2
        band, waiting = waiting[:count], waiting[count:]
        made = beside(list(zip(band, random_slots(count, dice), strict=True)))
        if rows:
            made[0] = replace(made[0], gap=dice.real(0.3, 2.2))
        rows += made
        names.append("|".join(block.name for block in band))
    return rows, names


def _is_wide(block: Block) -> bool:
    """Whether key words and values stand in columns of their own."""
    return any(len(pieces) > 1 for pieces in block.lines)
