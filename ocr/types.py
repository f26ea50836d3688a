"""The types that leave `ocr`: quads, words, pages.

One coordinate system everywhere: pixels of the upright page, x to the right, y down,
the four corners clockwise from the top left of the text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]
PageSource = Literal["ocr", "text_layer", "words"]


@dataclass(frozen=True, slots=True)
class Quad:
    """A quadrilateral: four (x, y) corners in pixels, clockwise from the text's top left."""

    corners: tuple[Point, Point, Point, Point]

    @classmethod
    def from_box(cls, box: tuple[float, float, float, float]) -> Quad:
        """The quad of an axis-aligned box (left, top, right, bottom)."""
        left, top, right, bottom = box
        return cls(((left, top), (right, top), (right, bottom), (left, bottom)))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The smallest axis-aligned box (left, top, right, bottom) around the quad."""
        xs = [x for x, _ in self.corners]
        ys = [y for _, y in self.corners]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def center(self) -> Point:
        """The mean of the four corners."""
        return sum(x for x, _ in self.corners) / 4, sum(y for _, y in self.corners) / 4

    @property
    def height(self) -> float:
        """The mean length of the left and the right side, in pixels: the text's height."""
        top_left, top_right, bottom_right, bottom_left = self.corners
        return (math.dist(top_left, bottom_left) + math.dist(top_right, bottom_right)) / 2

    @property
    def width(self) -> float:
        """The mean length of the top and the bottom side, in pixels: along the text."""
        top_left, top_right, bottom_right, bottom_left = self.corners
        return (math.dist(top_left, top_right) + math.dist(bottom_left, bottom_right)) / 2

    @property
    def angle(self) -> float:
        """The direction of the text in radians: 0 runs to the right, positive turns clockwise."""
        top_left, top_right, bottom_right, bottom_left = self.corners
        dx = top_right[0] + bottom_right[0] - top_left[0] - bottom_left[0]
        dy = top_right[1] + bottom_right[1] - top_left[1] - bottom_left[1]
        return math.atan2(dy, dx)


@dataclass(frozen=True, slots=True)
class Word:
    """A white-space-separated run of characters and where it stands.

    `confidence` is the recogniser's, in [0, 1]; 1.0 for words that were not read from pixels.
    """

    text: str
    quad: Quad
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """One upright page: its words in reading order.

    Attributes:
        number: counted from 1 within the document.
        width: of the upright page as processed, in pixels.
        height: likewise.
        words: in reading order for pages that docspade read; in the given order for words files,
            so that word ids always count in the order that the caller knows.
        rotation: the clockwise quarter turn (0, 90, 180, 270 degrees) in which the page was found
            and that was undone.
        skew: the remaining small angle that was undone, in degrees, clockwise positive.
        dpi: of the rendering, for PDF pages.
        source: where the words come from.
    """

    number: int
    width: int
    height: int
    words: tuple[Word, ...]
    rotation: int = 0
    skew: float = 0.0
    dpi: float | None = None
    source: PageSource = "ocr"
