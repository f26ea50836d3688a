"""Where the names of fields go on a page's picture, so that none hides another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

_GAP_PX: Final = 2
_LABEL_WEIGHT: Final = 10.0  # of what is hidden of a label, by what is hidden of a field
_MAX_LINES: Final = 6  # that a label may move up or down


class Box(NamedTuple):
    """A rectangle in pixels of the picture."""

    left: float
    top: float
    right: float
    bottom: float


def lead_line(label: Box, field: Box) -> tuple[float, float, float, float] | None:
    """A line from a label that stands off to its field; None for one that stands beside it."""
    gap_px = max(field.top - label.bottom, label.top - field.bottom)
    if gap_px <= 2 * _GAP_PX:
        return None
    is_above = label.bottom < field.top
    x = max(label.left, field.left)
    return (x, label.bottom, x, field.top) if is_above else (x, field.bottom, x, label.top)


def shared_area(box: Box, others: npt.NDArray[np.float64]) -> float:
    """How much of others a box covers.

    Args:
        box: to look at.
        others: left, top, right and bottom of each, (n, 4).
    """
    left_top = np.maximum(others[:, :2], box[:2])
    sides = np.minimum(others[:, 2:], box[2:]) - left_top  # (n, 2)
    return float(sides.clip(min=0.0).prod(axis=1).sum())


def label_of(path: str) -> str:
    """What is written beside a leaf: inside groups the last part of its path alone."""
    return path.rpartition(".")[2]


class LabelPlaces:
    """Gives labels their places, one after the other.

    Args:
        width_px: of the picture.
        height_px: of the picture.
        fields: around every field's place; labels keep off these where they can.
    """

    def __init__(self, width_px: int, height_px: int, fields: Sequence[Box]) -> None:
        self._width_px = width_px
        self._height_px = height_px
        self._fields = np.array(fields, dtype=np.float64).reshape(-1, 4)
        self._taken = np.empty((0, 4))

    def take(self, field: Box, width_px: float, height_px: float) -> Box:
        """The place of a label: the first near its field that is free, else the freest one.

        Args:
            field: around the field's place.
            width_px: of the label.
            height_px: of the label.
        """
        best, least = field, math.inf
        for left, top in _corners(field, width_px, height_px):
            box = self._inside(left, top, width_px, height_px)
            hidden = _LABEL_WEIGHT * shared_area(box, self._taken) + shared_area(box, self._fields)
            if hidden < least:
                best, least = box, hidden
            if hidden == 0:
                break
        self._taken = np.vstack([self._taken, best])
        return best

    def _inside(self, left: float, top: float, width_px: float, height_px: float) -> Box:
        left = max(0.0, min(left, self._width_px - width_px))
        top = max(0.0, min(top, self._height_px - height_px))
        return Box(left, top, left + width_px, top + height_px)


def _corners(field: Box, width_px: float, height_px: float) -> Iterator[tuple[float, float]]:
    """Left top corners, the best first: above, below, beside, then line by line further off."""
    above, below = field.top - height_px - _GAP_PX, field.bottom + _GAP_PX
    yield field.left, above
    yield field.left, below
    yield field.right + _GAP_PX, field.top
    yield field.left - width_px - _GAP_PX, field.top
    for n_lines in range(1, _MAX_LINES):
        yield field.left, above - n_lines * height_px
        yield field.left, below + n_lines * height_px
