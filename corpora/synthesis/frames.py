"""Boxes and table rules around rows of print, told by the rows' numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpora.synthesis.marks import GREY, Colour, Mark

PAD_EM = 0.35
"""Space between a frame's side and the text block's edge."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A box around some rows, or a table's rules.

    Attributes:
        first: number of the first row inside, counted from 0 over all rows that are printed.
        last: number of the last row inside.
        left: its left side, 0 at the left end of the text block and 1 at its right end.
        right: its right side, likewise.
        columns: places of vertical rules, likewise.
        has_border: whether the box itself is drawn.
        is_ruled: whether a rule parts each row from the next.
        head_colour: of a band behind the first row; dark ones take light print; None for none.
        colour: of the lines.
        line_em: their width, in em of the usual type.
    """

    first: int
    last: int
    left: float = 0.0
    right: float = 1.0
    columns: tuple[float, ...] = ()
    has_border: bool = True
    is_ruled: bool = False
    head_colour: Colour | None = None
    colour: Colour = GREY
    line_em: float = 0.06


def frame_marks(
    frame: Frame, rows: Sequence[tuple[float, float]], width_px: float, em_px: float
) -> tuple[Mark, ...]:
    """The marks that draw a frame.

    Args:
        frame: to be drawn.
        rows: top and bottom of every printed row, the space above it left out, in sheet pixels.
        width_px: of the text block.
        em_px: size of the usual type.

    Raises:
        IndexError: there is no row of the frame's numbers.
    """
    inside = rows[frame.first : frame.last + 1]
    if not inside or frame.last >= len(rows):
        raise IndexError(f"rows {frame.first} to {frame.last} of {len(rows)} cannot be framed")
    top, bottom = inside[0][0], inside[-1][1]
    left = frame.left * width_px - PAD_EM * em_px
    right = frame.right * width_px + PAD_EM * em_px
    line_px = frame.line_em * em_px

    def line(x: tuple[float, float], y: tuple[float, float]) -> Mark:
        return Mark("line", (x[0], y[0], x[1], y[1]), frame.colour, line_px)

    marks = []
    if frame.head_colour is not None:
        marks.append(Mark("fill", (left, top, right, inside[0][1]), frame.head_colour))
    if frame.has_border:
        marks.append(Mark("frame", (left, top, right, bottom), frame.colour, line_px))
    if frame.is_ruled:
        between = [(upper[1] + lower[0]) / 2 for upper, lower in pairwise(inside)]
        marks += [line((left, right), (y, y)) for y in between]
    marks += [line((x * width_px, x * width_px), (top, bottom)) for x in frame.columns]
    return tuple(marks)
