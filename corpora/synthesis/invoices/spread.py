"""Sets an invoice's blocks one below the other, over a whole page or its upper part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Row

NamedRows = tuple[str, list[Row]]
"""A block's name and its rows."""

Spread = Literal["top", "footer", "totals", "even"]
SPREADS: dict[Spread, float] = {"top": 30, "footer": 36, "totals": 16, "even": 18}
"""Where the page's empty space goes: below everything, above a block, between all of them."""


def joined(blocks: Sequence[NamedRows], dice: Dice, *, n_lines: float) -> list[Row]:
    """All rows, parted by space or drawn lines.

    Args:
        blocks: in printing order; empty ones are left out.
        dice: to choose by.
        n_lines: that have room on the page.
    """
    gap = dice.real(0.5, 2.5)
    has_rules = dice.chance(0.25)
    kept = [(name, rows) for name, rows in blocks if rows]
    extra = _extra_gaps(kept, dice, n_lines=n_lines)
    made: list[Row] = []
    for (_, block), more in zip(kept, extra, strict=True):
        if made and has_rules and dice.chance(0.6):
            made.append(Row((), scale=0.7, rule=dice.pick("--=_")))
        first, *rest = block
        own = gap * dice.real(0.4, 1.3) + more if made else 0.0
        made += [replace(first, gap=own), *rest]
    return made


def _extra_gaps(blocks: Sequence[NamedRows], dice: Dice, *, n_lines: float) -> list[float]:
    """Empty lines above each block, beyond the usual ones."""
    used = sum(row.gap + row.scale for _, rows in blocks for row in rows) + 3.0 * len(blocks)
    spare = max(0.0, n_lines - used) * dice.real(0.4, 0.95)
    spread = dice.weighted(SPREADS)
    gaps = [0.0] * len(blocks)
    if spread == "even":
        return [0.0, *(spare * dice.real(0.3, 1.0) / len(blocks) for _ in blocks[1:])]
    at = [i for i, (name, _) in enumerate(blocks) if name.startswith(spread) and i > 0]
    if at:
        gaps[at[-1]] = spare
    return gaps
