"""How a picture is taken: light, lens and file, from a good photograph to a bad one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpora.synthesis.dice import Dice
from corpora.synthesis.looks import Look


@dataclass(frozen=True, slots=True)
class Light:
    """How a picture was taken.

    Attributes:
        ink: strength of the print, from 0, none, to 1.
        shadow: how much darker the darkest corner is, 0 to 1.
        shadow_angle: where the darkness lies, in radians.
        cast: darkness of a shadow with an edge, as of a hand, 0 to 1.
        cast_angle: direction across that edge, in radians.
        cast_at: where the edge lies, from 0 to 1 along that direction.
        fading: how much paler the palest bands of the print are, 0 to 1.
        blur_px: radius of the blur.
        motion_px: length of the camera's movement.
        motion_angle: its direction, in radians.
        texture: of the paper, 0 none, 1 as photographs show it.
        grain: deviation of the sensor's noise, in grey levels.
        quality: of the JPEG.
        is_bilevel: black and white alone, as faxes are.
        is_grey: without colours.
    """

    ink: float
    shadow: float
    shadow_angle: float
    cast: float
    cast_angle: float
    cast_at: float
    fading: float
    blur_px: float
    motion_px: float
    motion_angle: float
    texture: float
    grain: float
    quality: int
    is_bilevel: bool
    is_grey: bool


def random_light(look: Look, em_px: float, hardship: float, dice: Dice) -> Light:
    """Light as in a shop, a kitchen or a scanner.

    Args:
        look: of the document.
        em_px: size of its type in the picture.
        hardship: how often something is wrong with the picture, 0 never, 1 as in bad ones.
        dice: to choose by.
    """

    def harm(probability: float, low: float, high: float) -> float:
        value = dice.real(low, high)
        return value if dice.chance(probability * hardship) else 0.0

    is_scan = look == "scan"
    fading = harm(0.35, 0.25, 0.6)
    quality = dice.between(72, 88)
    poor_quality = dice.between(25, 60)
    return Light(
        ink=dice.real(0.62, 0.9) if look == "thermal" else dice.real(0.8, 1.0),
        shadow=0.0 if is_scan else dice.real(0.05, 0.38),
        shadow_angle=dice.real(0, 2 * np.pi),
        cast=0.0 if is_scan else harm(0.35, 0.2, 0.5),
        cast_angle=dice.real(0, 2 * np.pi),
        cast_at=dice.real(0.25, 0.75),
        fading=fading if look == "thermal" else 0.0,
        blur_px=max(dice.real(0.3, 1.0), harm(0.25, 0.05, 0.1) * em_px),
        motion_px=0.0 if is_scan else harm(0.2, 0.1, 0.22) * em_px,
        motion_angle=dice.real(0, np.pi),
        texture=0.15 if is_scan else 1.0,
        grain=dice.real(0.3, 2.0) if is_scan else dice.real(1.5, 5.0) + harm(0.15, 3.0, 8.0),
        quality=poor_quality if dice.chance(0.3 * hardship) else quality,
        is_bilevel=is_scan and dice.chance(0.25),
        is_grey=is_scan and dice.chance(0.5),
    )
