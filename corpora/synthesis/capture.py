"""Where a printed sheet comes to lie in the picture: one map for words and pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpora.synthesis.bend import Bend, Points
from corpora.synthesis.dice import Dice
from corpora.synthesis.marks import Box
from corpora.synthesis.sheet import Print
from ocr.types import Point, Quad, Word

Matrix = npt.NDArray[np.float64]
QuarterTurn = Literal[0, 90, 180, 270]

N_EDGE_POINTS = 33
"""Points of each edge of a bent sheet that are looked at to find how far it reaches."""


@dataclass(frozen=True)
class Capture:
    """A view of a sheet.

    Attributes:
        matrix: [3, 3] float64, maps homogeneous sheet pixels to page pixels.
        width: of the page, pixels.
        height: of the page, pixels.
        bend: the sheet's shape; it is applied before the matrix.
    """

    matrix: Matrix
    width: int
    height: int
    bend: Bend | None = None

    def points(self, points: Points) -> Points:
        """Where points of the sheet lie on the page, [N, 2] to [N, 2], in pixels."""
        return _mapped(self.matrix, points if self.bend is None else self.bend.seen(points))

    def sheet_points(self, points: Points) -> Points:
        """Which points of the sheet lie at points of the page: the inverse of `points`."""
        flat = _mapped(np.linalg.inv(self.matrix).astype(np.float64), points)
        return flat if self.bend is None else self.bend.laid(flat)

    def point(self, x: float, y: float) -> Point:
        """Where a point of the sheet lies on the page, in pixels."""
        ((u, v),) = self.points(np.array([[x, y]])).tolist()
        return u, v

    def quad(self, box: Box) -> Quad:
        """Where a box (left, top, right, bottom) of the sheet lies on the page."""
        ((a, b, c, d),) = _project(self, [box]).tolist()
        return Quad(((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1])))

    def scaled(self, scale: float) -> Capture:
        """The view in a picture of another size."""
        return Capture(
            np.diag([scale, scale, 1.0]) @ self.matrix,
            round(self.width * scale),
            round(self.height * scale),
            self.bend,
        )

    def turned(self, turn: QuarterTurn) -> Capture:
        """The view in a picture that lies turned clockwise."""
        matrix, width, height = self.matrix, self.width, self.height
        for _ in range(turn // 90):
            matrix = np.array([[0.0, -1, height], [1, 0, 0], [0, 0, 1]]) @ matrix
            width, height = height, width
        return Capture(matrix, width, height, self.bend)


@dataclass(frozen=True, slots=True)
class Pose:
    """How far a view is from a good one.

    Attributes:
        turn: further turn, in degrees, clockwise.
        tilt: how much further away the sheet's right and lower edges are, as shares of the
            distance.
        bend: the sheet's shape.
        quarter_turn: in which the picture lies.
    """

    turn: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    bend: Bend | None = None
    quarter_turn: QuarterTurn = 0


LEVEL = Pose()


def random_capture(
    printed: Print,
    dice: Dice,
    *,
    margins: tuple[float, float] = (0.01, 0.12),
    pose: Pose = LEVEL,
) -> Capture:
    """A view from above with margins, a slight turn and a slight perspective.

    Args:
        printed: the sheet.
        dice: to choose by.
        margins: the narrowest and the widest margin, as shares of the sheet's width.
        pose: what comes on top; its quarter turn is left to `Capture.turned`.
    """
    width, height = printed.width_px, printed.height_px
    left_px, top_px, right_px, bottom_px = (dice.real(*margins) * width for _ in range(4))
    skew = dice.normal(0.5) if dice.chance(0.5) else dice.normal(1.2)
    tilt = np.eye(3)
    if dice.chance(0.4):
        tilt[2, 0] = dice.normal(0.03) / width
        tilt[2, 1] = dice.normal(0.03) / height
        tilt[0, 1] = dice.normal(0.01)
    further = np.eye(3)
    further[2, 0], further[2, 1] = pose.tilt[0] / width, pose.tilt[1] / height
    view = tilt @ _rotation(skew)
    if pose != LEVEL:
        view = _rotation(pose.turn) @ further @ view
    outline = _outline(width, height, 2 if pose.bend is None else N_EDGE_POINTS)
    seen = _mapped(view, outline if pose.bend is None else pose.bend.seen(outline))
    left, top = seen.min(axis=0)
    right, bottom = seen.max(axis=0)
    shift = np.array([[1, 0, left_px - left], [0, 1, top_px - top], [0, 0, 1.0]])
    return Capture(
        shift @ view,
        int(np.ceil(right - left + left_px + right_px)),
        int(np.ceil(bottom - top + top_px + bottom_px)),
        pose.bend,
    )


def _rotation(degrees: float) -> Matrix:
    """Turns clockwise."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def _outline(width: float, height: float, n_points: int) -> Points:
    """Points along the sheet's four edges, [4 N, 2]."""
    along = np.linspace(0.0, 1.0, n_points)
    low, high = np.zeros(n_points), np.ones(n_points)
    sides = [(along, low), (along, high), (low, along), (high, along)]
    return np.concatenate([np.column_stack(side) for side in sides]) * (width, height)


def _mapped(matrix: Matrix, points: Points) -> Points:
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    flat: Points = mapped[:, :2] / mapped[:, 2:]
    return flat


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
    return capture.points(corners).reshape(-1, 4, 2)


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
