"""What documents are made of and how they are seen: thermal rolls, paper, cards, scans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corpora.synthesis.dice import Dice
from corpora.synthesis.marks import Colour

Look = Literal["thermal", "paper", "card", "scan"]

LOOKS: Mapping[str, Mapping[Look, float]] = {
    "receipt": {"thermal": 1.0},
    "business_card": {"card": 0.9, "scan": 0.1},
    "letter_of_credit": {"scan": 0.7, "paper": 0.3},
    "invoice": {"scan": 0.5, "paper": 0.5},
    "form": {"scan": 0.6, "paper": 0.4},
}
"""By the schema's name: how often its documents look how."""
MARGINS: Mapping[Look, tuple[float, float]] = {
    "thermal": (0.14, 0.26),
    "paper": (0.12, 0.22),
    "card": (0.14, 0.3),
    "scan": (0.03, 0.12),
}
"""The narrowest and the widest margin around the text block, as shares of its width."""
TABLES: tuple[Colour, ...] = (
    (92, 74, 58), (120, 116, 110), (60, 62, 66), (150, 128, 100), (176, 172, 164), (40, 38, 36),
    (104, 110, 98),
)  # fmt: skip
"""Colours of what the sheet lies on."""
CARD_STOCKS: tuple[Colour, ...] = (
    (238, 230, 208), (226, 234, 240), (232, 240, 228), (244, 226, 214), (214, 206, 190),
    (236, 220, 120), (190, 214, 226),
)  # fmt: skip
DARK_STOCKS: tuple[Colour, ...] = (
    (34, 36, 42), (26, 48, 84), (96, 24, 32), (28, 70, 56), (70, 60, 54), (84, 40, 96),
)  # fmt: skip
LIGHT_INKS: tuple[Colour, ...] = ((246, 244, 238), (226, 198, 130), (206, 214, 222))
DARK_INKS: tuple[Colour, ...] = ((24, 24, 24), (24, 24, 24), (30, 40, 84), (60, 44, 36))


@dataclass(frozen=True, slots=True)
class Stock:
    """Sheet, ink and table.

    Attributes:
        paper: the sheet's colour.
        ink: of the print.
        table: colour of what the sheet lies on; None where the sheet fills the picture.
    """

    paper: Colour
    ink: Colour
    table: Colour | None


def choose_look(wanted: Look | None, schema: str, dice: Dice) -> Look:
    """How a document looks: as its design says, else as documents of its schema do."""
    drawn = dice.weighted(LOOKS.get(schema, {"paper": 1.0}))
    return drawn if wanted is None else wanted


def random_stock(look: Look, dice: Dice) -> Stock:
    """Sheet and ink of a look."""
    white = dice.between(222, 246)
    warmth = dice.between(0, 14)
    paper: Colour = (white, white - warmth // 3, white - warmth)
    table = dice.pick(TABLES)
    ink = dice.pick(DARK_INKS)
    if look == "scan":
        level = dice.between(240, 255)
        return Stock((level, level, level), (20, 20, 20), None)
    if look == "card":
        kind = dice.weighted({"white": 50.0, "coloured": 32.0, "dark": 18.0})
        if kind == "dark":
            return Stock(dice.pick(DARK_STOCKS), dice.pick(LIGHT_INKS), table)
        return Stock(dice.pick(CARD_STOCKS) if kind == "coloured" else paper, ink, table)
    return Stock(paper, (24, 24, 24) if look == "thermal" else ink, table)
