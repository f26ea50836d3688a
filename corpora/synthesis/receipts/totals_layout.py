"""Where the totals' key words and amounts stand in their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Row, Span
from corpora.synthesis.receipts.style import Style
from corpora.synthesis.receipts.totals import Line

Arrangement = Literal[
    "spread", "inset", "right_keys", "inline_right", "inline_left", "inline_center", "next_line"
]

ARRANGEMENTS: dict[Arrangement, float] = {
    "spread": 50,
    "inset": 22,
    "right_keys": 14,
    "inline_right": 5,
    "inline_left": 4,
    "inline_center": 2,
    "next_line": 3,
}


@dataclass(frozen=True, slots=True)
class TotalsLayout:
    """The arrangement of key words and amounts; places are shares of the text block.

    Attributes:
        arrangement: of a row.
        key_x: where key words begin, or end when they are set flush right.
        value_x: where amounts end.
        sign_x: of a column of currency signs of its own, None for none.
        colon_x: of a column of colons, None for none.
    """

    arrangement: Arrangement
    key_x: float
    value_x: float
    sign_x: float | None
    colon_x: float | None

    def row(self, line: Line, sign: str) -> list[Row]:
        """The rows of one line of the totals."""
        if not line.value:
            return [Row((Cell(line.key, x=self.key_x if self.arrangement == "inset" else 0.0),))]
        if self.arrangement.startswith("inline"):
            x = {"inline_right": 1.0, "inline_left": 0.0, "inline_center": 0.5}[self.arrangement]
            cell = Cell((*line.key, *line.value), x=x, align=_side(x))
            return [Row((cell,), scale=line.scale)]
        key = self._key_cell(line)
        value = Cell(line.value, x=self.value_x, align="right")
        if self.arrangement == "next_line":
            return [Row((key,), scale=line.scale), Row((value,), scale=line.scale)]
        middle = []
        if self.colon_x is not None:
            middle.append(Cell((Span(":"),), x=self.colon_x))
        if self.sign_x is not None:
            middle.append(Cell((Span(sign),), x=self.sign_x))
        return [Row((key, *middle, value), scale=line.scale)]

    def _key_cell(self, line: Line) -> Cell:
        if self.arrangement == "right_keys":
            return Cell(line.key, x=self.key_x, align="right")
        return Cell(line.key, x=self.key_x if self.arrangement == "inset" else 0.0)


def random_totals_layout(style: Style, value_x: float, dice: Dice) -> TotalsLayout:
    """A layout whose amounts end below the items' amounts more often than not.

    Args:
        style: of the receipt.
        value_x: where the items' amounts end.
        dice: to choose by.
    """
    arrangement = dice.weighted(ARRANGEMENTS)
    key_x = dice.real(0.55, 0.72) if arrangement == "right_keys" else dice.real(0.1, 0.42)
    has_sign_column = style.sign_use == "never" and dice.chance(0.12)
    has_colons = style.separator == "" and dice.chance(0.15)
    return TotalsLayout(
        arrangement=arrangement,
        key_x=key_x,
        value_x=value_x if dice.chance(0.75) else dice.real(0.85, 1.0),
        sign_x=dice.real(0.62, 0.72) if has_sign_column else None,
        colon_x=dice.real(0.55, 0.62) if has_colons else None,
    )


def totals_rows(lines: Sequence[Line], layout: TotalsLayout, style: Style, dice: Dice) -> list[Row]:
    """The rows of all lines; some receipts are ruled, some set lines side by side."""
    rows: list[Row] = []
    is_ruled = dice.chance(0.15)
    is_paired = dice.chance(0.08)
    waiting = list(lines)
    while waiting:
        line = waiting.pop(0)
        if is_ruled and dice.chance(0.25):
            rows.append(Row((), scale=0.6, rule=dice.pick("-=_")))
        if is_paired and waiting and _fit(line, waiting[0], style.n_chars) and dice.chance(0.5):
            left = Cell((*line.key, *line.value))
            other = waiting.pop(0)
            rows.append(Row((left, Cell((*other.key, *other.value), x=1.0, align="right"))))
        else:
            rows += layout.row(line, style.money.sign)
    return rows


def _fit(left: Line, right: Line, n_chars: int) -> bool:
    """Whether two lines of usual size have room side by side."""
    spans = (*left.key, *left.value, *right.key, *right.value)
    length = sum(len(span.text) + 1 for span in spans)
    return left.scale == right.scale == 1.0 and length < n_chars - 2


def _side(x: float) -> Literal["left", "center", "right"]:
    return "left" if x == 0.0 else "right" if x == 1.0 else "center"
