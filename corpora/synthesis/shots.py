"""Chooses how a sheet is photographed: its view, its paper and its light."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.synthesis.bend import Wear, random_bend
from corpora.synthesis.capture import Capture, Pose, QuarterTurn, random_capture
from corpora.synthesis.dice import Dice
from corpora.synthesis.light import Light, random_light
from corpora.synthesis.looks import MARGINS, Look, Stock, random_stock
from corpora.synthesis.sheet import Print, Sheet
from corpora.synthesis.typefaces import has_hangul

PAGE_WIDTHS = (900, 1400)
"""Width of the picture in pixels, about."""
LEAST_EM = 12.0
"""Pixels of the type in a picture of good resolution."""
LEAST_EM_OF_HANGUL = 16.0
"""The same of Hangul, whose syllables have several letters on that square."""
LOW_EMS = (9.5, 13.0)
"""Pixels of the type in a picture of low resolution."""
MOST_PIXELS = 5_000_000
QUARTER_TURNS: tuple[QuarterTurn, ...] = (90, 180, 270)


@dataclass(frozen=True)
class Shot:
    """How a sheet is photographed.

    Attributes:
        view: where it lies in the picture.
        stock: what it is made of.
        light: how the picture is taken.
    """

    view: Capture
    stock: Stock
    light: Light


def take_shot(printed: Print, sheet: Sheet, look: Look, *, name: str, hardship: float) -> Shot:
    """A view of a sheet and its light, in the pixels of the picture to be rendered.

    Args:
        printed: what stands on the sheet.
        sheet: how it was set.
        look: what it is made of and how it is seen.
        name: of the document, from which everything random follows.
        hardship: how often something is wrong with the picture, 0 never, 1 as in bad ones.
    """
    dice, chance = Dice(f"photograph:{name}"), Dice(f"shot:{name}")
    pose = random_pose(printed, look, hardship, chance)
    view = random_capture(printed, dice, margins=MARGINS[look], pose=pose)
    is_korean = any(has_hangul(word.text) for word in printed.words)
    least = (LEAST_EM_OF_HANGUL if is_korean else LEAST_EM) / sheet.em_px
    scale = max(dice.between(*PAGE_WIDTHS) / view.width, least)
    low = chance.real(*LOW_EMS) / sheet.em_px
    if chance.chance(0.2 * hardship):
        scale = min(scale, low)
    elif view.width * view.height * scale**2 > MOST_PIXELS:
        most = (MOST_PIXELS / (view.width * view.height)) ** 0.5
        scale = max(most, least)
    light = random_light(look, sheet.em_px * scale, hardship, chance)
    return Shot(view.scaled(scale).turned(pose.quarter_turn), random_stock(look, chance), light)


def random_pose(printed: Print, look: Look, hardship: float, dice: Dice) -> Pose:
    """How far from good a view is; a scanner sees sheets flat and from above."""

    def happens(probability: float) -> bool:
        return dice.chance(probability * hardship)

    turn = max(-12.0, min(12.0, dice.normal(4.0)))
    turn = turn if happens(0.35) else 0.0
    quarter_turn = dice.pick(QUARTER_TURNS)
    quarter_turn = quarter_turn if happens(0.12) else 0
    if look == "scan":
        return Pose(turn=turn / 3, quarter_turn=quarter_turn)
    tilt = (dice.normal(0.14), dice.normal(0.14))
    tilt = tilt if happens(0.4) else (0.0, 0.0)
    wear = Wear(
        is_curled=look != "card" and happens(0.35),
        is_crumpled=look != "card" and happens(0.2),
        n_folds=dice.between(1, 3) if look != "card" and happens(0.25) else 0,
    )
    bend = random_bend(printed.width_px, printed.height_px, wear, dice)
    return Pose(turn, tilt, bend, quarter_turn)
