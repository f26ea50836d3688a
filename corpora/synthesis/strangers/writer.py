"""What all kinds of documents of no known type are written with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corpora.synthesis.countries import grammar_of
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Align, Cell, Row, spans_of

GUTTER = 0.03
"""Between columns of text, as a share of the text block."""


class Writer:
    """Words one document.

    Args:
        dice: of the document.
        is_korean: rather than English.
    """

    def __init__(self, dice: Dice, *, is_korean: bool) -> None:
        self.dice = dice
        self.is_korean = is_korean
        name = "strangers_korean" if is_korean else "strangers_english"
        self._grammar = grammar_of((name,))

    def say(self, rule: str) -> str:
        """A text of a rule of the vocabulary."""
        return self._grammar.expand(rule, self.dice)

    def several(self, rule: str, low: int, high: int) -> list[str]:
        """Between `low` and `high` texts of a rule."""
        return [self.say(rule) for _ in range(self.dice.between(low, high))]

    def text(self, rule: str, low: int, high: int) -> str:
        """Several texts of a rule in one."""
        return " ".join(self.several(rule, low, high))


PageWriter = Callable[[Writer], list[Row]]
"""Writes the rows of one kind of document."""


def line(text: str, align: Align = "left", *, scale: float = 1.0, gap: float = 0.0) -> Row:
    """A text over the whole width, broken into lines."""
    x = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    return Row((Cell(spans_of([text]), x=x, align=align, width=1.0),), scale=scale, gap=gap)


def columns(
    texts: Sequence[str],
    edges: Sequence[float],
    *,
    align: Align = "left",
    scale: float = 1.0,
    gap: float = 0.0,
) -> Row:
    """Texts side by side, each broken within its column.

    Args:
        texts: "" for an empty column.
        edges: of the columns, as shares of the text block; one more than there are texts.
        align: of every text in its column.
        scale: of the type.
        gap: empty space above, in lines.
    """
    cells = []
    for text, left, right in zip(texts, edges, edges[1:], strict=False):
        width = max(0.03, right - left - GUTTER)
        x = {"left": left, "center": left + width / 2, "right": left + width}[align]
        if text.strip():
            cells.append(Cell(spans_of([text]), x=x, align=align, width=width))
    return Row(tuple(cells), scale=scale, gap=gap)


def even(n_columns: int, *, left: float = 0.0) -> list[float]:
    """Edges of columns of one width."""
    return [left + (1 - left) * i / n_columns for i in range(n_columns + 1)]
