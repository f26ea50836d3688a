"""What is drawn on a sheet beside its words: lines, frames, filled bands, logos and stamps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""
MarkKind = Literal["line", "frame", "fill", "logo", "stamp"]
Shape = Literal["square", "round", "triangle", "bars"]

GREY: Colour = (72, 72, 76)
DARK_LEVEL = 140
"""A filled band below this mean level takes light print."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn on the flat sheet.

    Lines, frames, bands and logos lie under the words, stamps over them.

    Attributes:
        kind: a "line" runs from the box's left top to its right bottom; a "frame" is the box's
            edge; a "fill" its whole area, on which words are printed light if it is dark; "logo"
            and "stamp" fill the box with a figure.
        box: in pixels of the sheet.
        colour: of the ink.
        line_px: width of lines, in pixels of the sheet.
        shape: of a logo or a stamp.
        text: in a logo or a stamp.
        angle: of a stamp, in degrees, counter-clockwise.
    """

    kind: MarkKind
    box: Box
    colour: Colour = GREY
    line_px: float = 1.0
    shape: Shape = "square"
    text: str = ""
    angle: float = 0.0

    @property
    def is_dark(self) -> bool:
        """Whether print on it has to be light."""
        return self.kind == "fill" and sum(self.colour) < 3 * DARK_LEVEL

    def moved(self, right_px: float) -> Mark:
        """The mark further to the right."""
        left, top, right, bottom = self.box
        return replace(self, box=(left + right_px, top, right + right_px, bottom))

    def covers(self, box: Box) -> bool:
        """Whether the middle of a box lies in the mark's box."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]
