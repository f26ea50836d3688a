"""Blocks of rows, and how they are set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora.synthesis.draft import Align, Cell, Row, Span, spans_of

GUTTER = 0.02
"""Space between columns, as a share of the text block."""

Part = str | Span | None


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that stay together.

    Attributes:
        name: tells arrangements apart.
        rows: of print.
        opens_section: whether a section's header stands above them.
    """

    name: str
    rows: tuple[Row, ...]
    opens_section: bool = False

    @property
    def n_words(self) -> int:
        """Words in all its rows."""
        return sum(
            len(span.text.split()) for row in self.rows for cell in row.cells for span in cell.spans
        )


def cell(*parts: Part, left: float, right: float, align: Align = "left") -> Cell | None:
    """A cell that fills a stretch of the row, or None if there is nothing in it."""
    spans = spans_of(part for part in parts if part is not None)
    if not spans:
        return None
    width = max(0.04, right - left - GUTTER)
    x = {"left": left, "center": (left + right) / 2, "right": right - GUTTER}[align]
    return Cell(spans, x=x, align=align, width=width)


def row(*cells: Cell | None, scale: float = 1.0, gap: float = 0.0) -> Row:
    """A row of the cells that hold anything."""
    return Row(tuple(c for c in cells if c is not None), scale=scale, gap=gap)


def rule_row() -> Row:
    """A drawn line across the block."""
    return Row((), scale=0.35, rule="-")


def squeezed(rows: Sequence[Row], left: float, right: float) -> list[Row]:
    """The rows set into a part of the text block."""
    share = right - left
    return [
        replace(
            each,
            cells=tuple(
                replace(
                    c,
                    x=left + share * c.x,
                    width=share * (c.width if c.width is not None else 1.0 - c.x),
                )
                for c in each.cells
            ),
        )
        for each in rows
        if not each.rule
    ]


def beside(first: Block, second: Block, at: float) -> Block:
    """Two blocks side by side, the second one from `at` on, a share of the text block."""
    left = squeezed(first.rows, 0.0, at - GUTTER)
    right = squeezed(second.rows, at + GUTTER, 1.0)
    rows = []
    for i in range(max(len(left), len(right))):
        both = [*left[i : i + 1], *right[i : i + 1]]
        cells = tuple(c for each in both for c in each.cells)
        scale = min(each.scale for each in both)
        rows.append(Row(cells, scale=scale, gap=max(each.gap for each in both)))
    return Block(f"{first.name}|{second.name}", tuple(rows), first.opens_section)
