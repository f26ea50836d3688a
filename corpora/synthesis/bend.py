"""Paper that does not lie flat: where its points are seen by a camera above it.

The paper's height over the table is a sum of long waves (a curling page), short ones (crumples) and
creases (folds). A point that lies higher is seen further from the point below the camera, and
shifted where the camera does not look straight down. All of it is smooth, so that it can be
undone, and words and pixels go through the same map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpora.synthesis.dice import Dice
from ocr.types import Point

Points = npt.NDArray[np.float64]
"""[N, 2] float64, pixels."""

N_ITERATIONS = 24
"""The map is a contraction by a half or better: the remaining error is far below a pixel."""


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave in the paper.

    Attributes:
        height: of its crest over its middle, in camera heights.
        across: waves a sheet size along x and along y.
        phase: in radians.
    """

    height: float
    across: tuple[float, float]
    phase: float


@dataclass(frozen=True, slots=True)
class Crease:
    """A fold that was opened again: the paper rises to both sides of a straight line.

    Attributes:
        slope: camera heights a sheet size.
        angle: of the line's normal, in radians.
        at: distance of the line from the middle, in sheet sizes.
        width: of the rounded edge, in sheet sizes.
    """

    slope: float
    angle: float
    at: float
    width: float = 0.02


@dataclass(frozen=True, slots=True)
class Bend:
    """The shape of a sheet of paper and the camera's place above it.

    Attributes:
        size_px: the sheet size that the other lengths count in, in pixels of the sheet.
        centre: the sheet's point below the camera, in pixels of the sheet.
        lean: shift of a point at the camera's height, in sheet sizes: how far the camera looks
            from the side.
        waves: added up.
        creases: likewise.
    """

    size_px: float
    centre: Point
    lean: tuple[float, float] = (0.0, 0.0)
    waves: tuple[Wave, ...] = ()
    creases: tuple[Crease, ...] = ()

    def heights(self, points: Points) -> npt.NDArray[np.float64]:
        """How high points of the sheet lie, [N], in camera heights."""
        x, y = self._scaled(points)
        heights = np.zeros(len(points))
        for wave in self.waves:
            heights += wave.height * np.sin(_along(wave, x, y))
        for crease in self.creases:
            off = np.cos(crease.angle) * x + np.sin(crease.angle) * y - crease.at
            heights += crease.slope * np.sqrt(off**2 + crease.width**2)
        return heights

    def slopes(self, points: Points) -> Points:
        """How steeply the paper rises along x and y, [N, 2], in camera heights a sheet size."""
        x, y = self._scaled(points)
        slopes = np.zeros((len(points), 2))
        for wave in self.waves:
            steep = 2 * np.pi * wave.height * np.cos(_along(wave, x, y))
            slopes += steep[:, None] * np.array(wave.across)
        for crease in self.creases:
            normal = np.array((np.cos(crease.angle), np.sin(crease.angle)))
            off = normal[0] * x + normal[1] * y - crease.at
            steep = crease.slope * off / np.sqrt(off**2 + crease.width**2)
            slopes += steep[:, None] * normal
        return slopes

    def seen(self, points: Points) -> Points:
        """Where points of the sheet would be seen on a flat one."""
        heights = self.heights(points)[:, None]
        shift = self.size_px * np.array(self.lean) * heights
        centre = np.array(self.centre)
        seen: Points = centre + (points - centre + shift) / (1 - heights)
        return seen

    def laid(self, seen: Points) -> Points:
        """The points of the sheet that are seen at some places: the inverse of `seen`."""
        points = seen.copy()
        for _ in range(N_ITERATIONS):
            points += seen - self.seen(points)
        return points

    def _scaled(self, points: Points) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        offset = (points - np.array(self.centre)) / self.size_px
        return offset[:, 0], offset[:, 1]


def _along(wave: Wave, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Points:
    along: Points = 2 * np.pi * (wave.across[0] * x + wave.across[1] * y) + wave.phase
    return along


@dataclass(frozen=True, slots=True)
class Wear:
    """What a sheet of paper has been through.

    Attributes:
        is_curled: bent in a long curve.
        is_crumpled: pressed together and smoothed out again.
        n_folds: creases of folding.
    """

    is_curled: bool = False
    is_crumpled: bool = False
    n_folds: int = 0


def random_bend(width_px: float, height_px: float, wear: Wear, dice: Dice) -> Bend | None:
    """The shape of a worn sheet; None for a flat one.

    Args:
        width_px: of the sheet.
        height_px: likewise.
        wear: what it has been through.
        dice: to choose by.
    """
    waves: list[Wave] = []
    if wear.is_curled:
        along, aside = dice.real(0.25, 0.8), dice.normal(0.05)
        across = (along, aside) if dice.chance(0.6) else (aside, along)
        waves.append(Wave(dice.real(0.02, 0.055), across, dice.real(0, 2 * np.pi)))
    if wear.is_crumpled:
        for _ in range(dice.between(4, 8)):
            turn, often = dice.real(0, 2 * np.pi), dice.real(1.5, 5.0)
            across = (often * np.cos(turn), often * np.sin(turn))
            waves.append(Wave(dice.real(0.002, 0.008) / often, across, dice.real(0, 2 * np.pi)))
    creases = [_random_crease(dice, dice.pick((0.0, np.pi / 2))) for _ in range(wear.n_folds)]
    if wear.is_crumpled:
        creases += [_random_crease(dice, dice.real(0, np.pi)) for _ in range(dice.between(3, 7))]
    if not waves and not creases:
        return None
    return Bend(
        size_px=max(width_px, height_px),
        centre=(width_px * dice.real(0.4, 0.6), height_px * dice.real(0.4, 0.6)),
        lean=(dice.normal(0.1), dice.normal(0.1)),
        waves=tuple(waves),
        creases=tuple(creases),
    )


def _random_crease(dice: Dice, angle: float) -> Crease:
    slope = dice.real(0.008, 0.03) * dice.pick((-1, 1))
    return Crease(slope, angle + dice.normal(0.02), dice.real(-0.35, 0.35), dice.real(0.006, 0.02))
