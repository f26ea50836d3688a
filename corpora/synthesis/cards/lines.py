"""Blocks of lines: what stands together on a card, before it has a place there."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.synthesis.draft import Align, Cell, Row, Span
from corpora.synthesis.typefaces import Typeface

Piece = tuple[float, tuple[Span, ...]]
"""Spans and how far to the right of the line's start they begin, in em."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a block.

    Attributes:
        pieces: from left to right; a piece may begin further right where the one before is long.
        scale: of the type.
        gap: empty space above, in lines.
    """

    pieces: tuple[Piece, ...]
    scale: float = 1.0
    gap: float = 0.0

    def width(self, typeface: Typeface) -> float:
        """Width in em of the usual size."""
        end = 0.0
        for start, spans in self.pieces:
            left = max(start, end + 0.5 * self.scale) if end else start
            end = left + self.scale * 1.01 * typeface.width(shown(spans))
        return end

    def row(self, align: Align, width_em: float, typeface: Typeface) -> Row:
        """The line in a column of that width."""
        if len(self.pieces) == 1:
            x = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
            return Row((Cell(self.pieces[0][1], x=x, align=align),), self.scale, self.gap)
        free = width_em - self.width(typeface)
        shift = {"left": 0.0, "center": free / 2, "right": free}[align]
        cells = tuple(
            Cell(spans, x=(shift + start) / width_em, width=1.0) for start, spans in self.pieces
        )
        return Row(cells, self.scale, self.gap)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together.

    Attributes:
        kind: what they tell.
        lines: from top to bottom.
        habit: how they are written, to tell structures apart.
    """

    kind: str
    lines: tuple[Line, ...]
    habit: str = ""


def line(*parts: str | Span, scale: float = 1.0, gap: float = 0.0) -> Line:
    """A line of one piece; plain strings belong to no field, empty ones are left out."""
    spans = tuple(Span(part) if isinstance(part, str) else part for part in parts)
    return Line(((0.0, tuple(span for span in spans if span.text.strip())),), scale, gap)


def shown(spans: tuple[Span, ...]) -> str:
    """The spans' text as it is set."""
    text = ""
    for span in spans:
        text += ("" if span.is_glued or not text else " ") + " ".join(span.text.split())
    return text
