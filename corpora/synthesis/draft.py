"""A document before it has a geometry: rows of cells of text, each text with its field or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """One occurrence of a field; its identity ties its texts together, over rows as well.

    Attributes:
        path: of the leaf in the document's schema.
        head: the field that heads the group it belongs under.
    """

    path: str
    head: Field | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A text of one or more words that belong to one field, or to none.

    Attributes:
        text: words parted by spaces.
        field: None for key words and everything else that is no value.
        is_glued: no space before: its first word is one word with the last one of the span before.
    """

    text: str
    field: Field | None = None
    is_glued: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Spans set at one place of a row.

    Attributes:
        spans: in reading order.
        x: place in the row, 0 at the left end of the text block and 1 at its right end: of the
            cell's left, middle or right, as `align` says.
        align: which part of the cell stands at `x`.
        width: at which the cell's text is broken into further lines, as a share of the text block;
            None breaks at the next cell or the block's end.
        is_cut: text beyond the width is left out rather than set on further lines.
    """

    spans: tuple[Span, ...]
    x: float = 0.0
    align: Align = "left"
    width: float | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of print.

    Attributes:
        cells: from left to right.
        scale: of the type, 1 for the document's usual size.
        gap: empty space above, in usual line heights.
        rule: a line drawn through the row instead of text: its character, "" for none.
    """

    cells: tuple[Cell, ...]
    scale: float = 1.0
    gap: float = 0.0
    rule: str = ""


def text_cell(
    *parts: str | Span, x: float = 0.0, align: Align = "left", width: float | None = None
) -> Cell:
    """A cell of texts; plain strings belong to no field, empty ones are left out."""
    return Cell(spans_of(parts), x=x, align=align, width=width)


def spans_of(parts: Iterable[str | Span]) -> tuple[Span, ...]:
    """Spans of texts; plain strings belong to no field, empty ones are left out."""
    spans = (Span(part) if isinstance(part, str) else part for part in parts)
    return tuple(span for span in spans if span.text.strip())


def text_row(text: str, *, align: Align = "left", scale: float = 1.0, gap: float = 0.0) -> Row:
    """A row with one text of no field."""
    x = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    return Row((text_cell(text, x=x, align=align),), scale=scale, gap=gap)
