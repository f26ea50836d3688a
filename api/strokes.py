"""Smooth lines, arrows and polygons on a picture, and the ways of arrows between words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw

from ocr.types import Point, Quad

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0 to 255."""

_SUPERSAMPLING: Final = 4  # Pillow's lines have hard edges: drawn larger, then averaged
_BAND_PX: Final = 128  # so many rows at once: a whole large page would not fit
_N_CURVE_POINTS: Final = 24


@dataclass(frozen=True)
class Shape:
    """A polygon or, without `is_closed`, a line through points; in pixels of the canvas."""

    points: Sequence[Point]
    fill: Colour | None
    outline: Colour | None
    width_px: float = 0.0
    is_closed: bool = True


@dataclass(frozen=True)
class Curve:
    """A cubic Bézier curve from `start` to `end`."""

    start: Point
    out: Point
    into: Point
    end: Point

    def points(self) -> list[Point]:
        """Along the curve, both ends included."""
        found = []
        for step in range(_N_CURVE_POINTS + 1):
            t = step / _N_CURVE_POINTS
            u = 1 - t
            weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            corners = (self.start, self.out, self.into, self.end)
            x = sum(weight * point[0] for weight, point in zip(weights, corners, strict=True))
            y = sum(weight * point[1] for weight, point in zip(weights, corners, strict=True))
            found.append((x, y))
        return found


def arrow(curve: Curve, colour: Colour, width_px: float) -> list[Shape]:
    """A curve with a thin pale rim, so that it shows on text, and a head at its end."""
    points = curve.points()
    tip = points[-1]
    head_px = min(4.5 * width_px, 0.6 * sum(math.dist(a, b) for a, b in pairwise(points)))
    neck = next((p for p in reversed(points) if math.dist(p, tip) >= head_px), points[0])
    length = max(math.dist(neck, tip), 1e-6)
    along = ((tip[0] - neck[0]) / length, (tip[1] - neck[1]) / length)
    back = (tip[0] - head_px * along[0], tip[1] - head_px * along[1])
    side = (-along[1] * head_px * 0.42, along[0] * head_px * 0.42)
    head = (tip, (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1]))
    shaft = [*(p for p in points if math.dist(p, tip) > head_px), back]
    rim = (255, 255, 255, 150)
    return [
        Shape(shaft, None, rim, width_px * 1.9, is_closed=False),
        Shape(shaft, None, colour, width_px, is_closed=False),
        Shape(head, colour, None),
    ]


def paint(canvas: Image.Image, shapes: Sequence[Shape]) -> None:
    """Draw shapes in their order, with smooth edges; only the rows that they touch are redrawn."""
    n = _SUPERSAMPLING
    for top in range(0, canvas.height, _BAND_PX):
        bottom = min(top + _BAND_PX, canvas.height)
        touching = [shape for shape in shapes if _touches(shape, top, bottom)]
        if not touching:
            continue
        rows = canvas.crop((0, top, canvas.width, bottom))
        large = rows.resize((rows.width * n, rows.height * n), Image.Resampling.NEAREST)
        draw = ImageDraw.Draw(large, "RGBA")  # blends what is see-through
        for shape in touching:
            points = [(x * n, (y - top) * n) for x, y in shape.points]
            width = max(1, round(shape.width_px * n))
            if shape.is_closed:
                draw.polygon(points, shape.fill, shape.outline, width)
            else:
                draw.line(points, shape.outline, width, joint="curve")
        canvas.paste(large.reduce(n), (0, top))


def _touches(shape: Shape, top: int, bottom: int) -> bool:
    ys = [y for _, y in shape.points]
    return max(ys) + shape.width_px >= top and min(ys) - shape.width_px <= bottom


def to_follower(one: Quad, following: Quad) -> Curve:
    """Over the gap between two words of a line; else out of the one's right into the left."""
    start, end = _right(one), _left(following)
    reach = 0.35 * min(one.height, following.height)
    if start[0] - reach <= end[0] and abs(start[1] - end[1]) < max(one.height, following.height):
        inset_one, inset_other = min(reach, one.width / 3), min(reach, following.width / 3)
        return straight((start[0] - inset_one, start[1]), (end[0] + inset_other, end[1]))
    below, above = _middle(one.corners[3], one.corners[2]), _middle(*following.corners[:2])
    half = (above[1] - below[1]) / 2
    if half > 0:  # a line break: down, back, down
        return Curve(below, (below[0], below[1] + 2 * half), (above[0], above[1] - 2 * half), above)
    return straight(one.center, following.center)


def to_parent(child: Quad, parent: Quad, word_px: float) -> Curve:
    """An arch over a row; a bracket at the left of a column; else from row to row."""
    (x0, y0), (x1, y1) = child.center, parent.center
    if abs(y0 - y1) < word_px:
        start, end = _middle(*child.corners[:2]), _middle(*parent.corners[:2])
        lift = word_px * (0.55 + min(abs(x0 - x1) / (40 * word_px), 0.6))
        return Curve(start, (start[0], start[1] - lift), (end[0], end[1] - lift), end)
    start, end = _left(child), _left(parent)
    if abs(start[0] - end[0]) < 4 * word_px:
        out = min(start[0], end[0]) - word_px * (0.8 + min(abs(y0 - y1) / (10 * word_px), 2.0))
        out = max(out, 0.0)
        return Curve(start, (out, start[1]), (out, end[1]), end)
    bottom, top = (parent, child) if y0 > y1 else (child, parent)
    low, high = _middle(bottom.corners[3], bottom.corners[2]), _middle(*top.corners[:2])
    start, end = (high, low) if y0 > y1 else (low, high)
    half = (start[1] + end[1]) / 2
    return Curve(start, (start[0], half), (end[0], half), end)


def straight(start: Point, end: Point) -> Curve:
    """The shortest way."""
    return Curve(start, start, end, end)


def _left(quad: Quad) -> Point:
    return _middle(quad.corners[0], quad.corners[3])


def _right(quad: Quad) -> Point:
    return _middle(quad.corners[1], quad.corners[2])


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
