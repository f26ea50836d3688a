"""A page's places as Azure gives them: on the picture as it was sent, in its unit.

docspade counts on the upright page. Azure leaves the picture as it is and tells by an angle how the
text lies on it, so the turn and the skew that were undone are done again here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from layout.result import PageEntry

_DECIMALS: Final = 4  # of inches; pixels are rounded to whole ones
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PagePlane:
    """One page's picture as it was sent.

    Attributes:
        page: of the result.
        level_width: of the page before its skew was undone, turned upright, in pixels.
        level_height: likewise.
    """

    page: PageEntry
    level_width: float
    level_height: float

    @classmethod
    def of(cls, page: PageEntry) -> PagePlane:
        """The plane of a page.

        The picture was made larger when it was turned level, so as to hold every corner:
        W = w cos + h sin, H = w sin + h cos, here solved for w and h.
        """
        angle = abs(math.radians(page.skew))
        if angle == 0 or angle >= math.pi / 4:
            return cls(page, page.width, page.height)
        cos, sin, scale = math.cos(angle), math.sin(angle), math.cos(2 * angle)
        width = round((page.width * cos - page.height * sin) / scale)
        height = round((page.height * cos - page.width * sin) / scale)
        return cls(page, max(width, 1), max(height, 1))

    @property
    def unit(self) -> str:
        """Inches for what has a resolution, as pages of a PDF do; else pixels."""
        return "pixel" if self.page.dpi is None else "inch"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in the unit."""
        width, height = self.level_width, self.level_height
        if self.page.rotation in {90, 270}:
            width, height = height, width
        return self._in_unit(width), self._in_unit(height)

    @property
    def angle(self) -> float:
        """Of the text, in degrees, clockwise, above -180 and up to 180."""
        angle = (self.page.rotation + self.page.skew) % 360
        return round(angle - 360 if angle > 180 else angle, 2)

    def polygon(self, quad: Iterable[Point]) -> list[float]:
        """Four corners on the upright page as eight numbers on the picture as it was sent."""
        return [self._in_unit(value) for corner in quad for value in self._moved(corner)]

    def _moved(self, corner: Point) -> Point:
        width, height = self.level_width, self.level_height
        angle = math.radians(self.page.skew)
        cos, sin = math.cos(angle), math.sin(angle)
        x, y = corner[0] - self.page.width / 2, corner[1] - self.page.height / 2
        x, y = cos * x - sin * y + width / 2, sin * x + cos * y + height / 2
        match self.page.rotation:
            case 90:
                return height - y, x
            case 180:
                return width - x, height - y
            case 270:
                return y, width - x
        return x, y

    def _in_unit(self, pixels: float) -> float:
        if self.page.dpi is None:
            return round(pixels)
        return round(pixels / self.page.dpi, _DECIMALS)


def around(quads: Sequence[Sequence[Point]]) -> list[Point]:
    """The smallest upright box around quads, as four corners."""
    xs = [x for quad in quads for x, _ in quad]
    ys = [y for quad in quads for _, y in quad]
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
