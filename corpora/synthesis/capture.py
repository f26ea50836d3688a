"""Where a printed sheet comes to lie in the picture: one projective map for words and pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpora.synthesis.dice import Dice
from corpora.synthesis.sheet import Box, Print
from ocr.types import Point, Quad, Word

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Capture:
    """A view of a sheet.

    Attributes:
        matrix: [3, 3] float64, maps homogeneous sheet pixels to page pixels.
        width: of the page, pixels.
        height: of the page, pixels.
    """

    matrix: Matrix
    width: int
    height: int

    def point(self, x: float, y: float) -> Point:
        """Where a point of the sheet lies on the page, in pixels."""
        u, v, w = self.matrix @ (x, y, 1.0)
        return float(u / w), float(v / w)

    def quad(self, box: Box) -> Quad:
        """Where a box (left, top, right, bottom) of the sheet lies on the page."""
        left, top, right, bottom = box
        return Quad(
            (
                self.point(left, top),
                self.point(right, top),
                self.point(right, bottom),
                self.point(left, bottom),
            )
        )


def random_capture(
    printed: Print, dice: Dice, *, margins: tuple[float, float] = (0.01, 0.12)
) -> Capture:
    """A view from above with margins, a slight turn and a slight perspective.

    Args:
        printed: the sheet.
        dice: to choose by.
        margins: the narrowest and the widest margin, as shares of the sheet's width.
    """
    width, height = printed.width_px, printed.height_px
    left_px, top_px, right_px, bottom_px = (dice.real(*margins) * width for _ in range(4))
    skew = np.radians(dice.normal(0.5) if dice.chance(0.5) else dice.normal(1.2))
    cos, sin = np.cos(skew), np.sin(skew)
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    tilt = np.eye(3)
    if dice.chance(0.4):
        tilt[2, 0] = dice.normal(0.03) / width
        tilt[2, 1] = dice.normal(0.03) / height
        tilt[0, 1] = dice.normal(0.01)
    view = tilt @ turn
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) @ view.T
    flat = corners[:, :2] / corners[:, 2:]
    left, top = flat.min(axis=0)
    right, bottom = flat.max(axis=0)
    shift = np.array([[1, 0, left_px - left], [0, 1, top_px - top], [0, 0, 1.0]])
    return Capture(
        shift @ view,
        int(np.ceil(right - left + left_px + right_px)),
        int(np.ceil(bottom - top + top_px + bottom_px)),
    )


def seen_words(printed: Print, capture: Capture, dice: Dice | None = None) -> tuple[Word, ...]:
    """The sheet's words with their quads on the page.

    Args:
        printed: the sheet.
        capture: its view.
        dice: if given, boxes are a little off, as detectors' boxes are: alike along a stretch of
            text, and a little word by word.
    """
    quads = _project(capture, [word.box for word in printed.words])
    if dice is not None:
        quads = _shaken(quads, [word.cell for word in printed.words], dice)
    return tuple(
        Word(word.text, Quad(_corners(quad)))
        for word, quad in zip(printed.words, quads.tolist(), strict=True)
    )


def _corners(quad: list[list[float]]) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((round(x, 2), round(y, 2)) for x, y in quad)
    return a, b, c, d


def _project(capture: Capture, boxes: list[Box]) -> npt.NDArray[np.float64]:
    sides = np.array(boxes).reshape(-1, 4)
    corners = sides[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)  # [4 N, 2]
    mapped = np.column_stack([corners, np.ones(len(corners))]) @ capture.matrix.T
    flat: npt.NDArray[np.float64] = mapped[:, :2] / mapped[:, 2:]
    return flat.reshape(-1, 4, 2)


def _shaken(
    quads: npt.NDArray[np.float64], cells: list[int], dice: Dice
) -> npt.NDArray[np.float64]:
    height = float(np.median(quads[:, 3, 1] - quads[:, 0, 1])) if len(quads) else 0.0
    line_shake, word_shake = dice.real(0.0, 0.06) * height, dice.real(0.0, 0.04) * height
    random = np.random.default_rng(dice.between(0, 2**31))
    line_edges = random.normal(0.0, line_shake, (max(cells, default=0) + 1, 2))[cells]  # [N, 2]
    edges = line_edges + random.normal(0.0, word_shake, (len(cells), 2))
    sides = random.normal(0.0, word_shake, (len(cells), 2))
    shaken = quads.copy()
    shaken[:, [0, 1], 1] += edges[:, :1]
    shaken[:, [2, 3], 1] += edges[:, 1:]
    shaken[:, [0, 3], 0] += sides[:, :1]
    shaken[:, [1, 2], 0] += sides[:, 1:]
    return shaken
