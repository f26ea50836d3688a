"""Writes the lists of a credit: documents required and additional conditions, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Field, Row, Span

BULLETS = {
    "+": 34.0, "1.": 14.0, "1)": 10.0, "-": 12.0, "*": 3.0, "(1)": 3.0, "A.": 3.0, "01": 2.0,
    "": 19.0,
}  # fmt: skip
"""The first mark of a list."""


@dataclass(frozen=True, slots=True)
class ListForm:
    """How lists are written.

    Attributes:
        bullet: the first item's mark, "" for none.
        is_glued: the mark and the first word are one word.
        is_hanging: further lines of an item stand below its first word, not below its mark.
        gap: empty space between items, in lines.
    """

    bullet: str
    is_glued: bool
    is_hanging: bool
    gap: float

    @property
    def habit(self) -> str:
        """To tell structures apart."""
        return f"{self.bullet}{'g' if self.is_glued else ''}{'h' if self.is_hanging else ''}"


def random_list_form(dice: Dice) -> ListForm:
    """One of the usual ways of writing lists."""
    bullet = dice.weighted(BULLETS)
    is_glued = bool(bullet) and dice.chance(0.5 if bullet in "+-*" else 0.12)
    return ListForm(bullet, is_glued, dice.chance(0.5), dice.pick((0.0, 0.0, 0.0, 0.3)))


def list_rows(
    path: str, items: Sequence[str], form: ListForm, *, x: float, end: str = ""
) -> list[Row]:
    """A list's items, each a field of its own without its mark.

    Args:
        path: of the field.
        items: their texts.
        form: how the list is written.
        x: where it begins, as a share of the text block.
        end: a mark behind each item.
    """
    rows = []
    for number, item in enumerate(items):
        value = Span(item + end, Field(path))
        mark = _mark(form.bullet, number)
        width = 0.98 - x
        if not mark:
            cells: tuple[Cell, ...] = (Cell((value,), x=x, width=width),)
        elif form.is_glued:
            glued = Span(value.text, value.field, is_glued=True)
            cells = (Cell((Span(mark), glued), x=x, width=width),)
        elif form.is_hanging:
            cells = (Cell((Span(mark),), x=x), Cell((value,), x=x + 0.045, width=width - 0.045))
        else:
            cells = (Cell((Span(mark), value), x=x, width=width),)
        rows.append(Row(cells, gap=form.gap if number else 0.0))
    return rows


def _mark(bullet: str, number: int) -> str:
    if "1" in bullet:
        return bullet.replace("1", str(number + 1))
    return bullet.replace("A", "ABCDEFGHIJ"[number % 10])
