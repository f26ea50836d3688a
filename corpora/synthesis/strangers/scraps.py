"""What an engine reads where there is no document: in patterns, shop fronts, shelves, faces."""

from __future__ import annotations

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Row, spans_of
from corpora.synthesis.strangers.writer import Writer

SIGNS = "-_=.,:;'\"|/\\()[]<>~*+#&%!?•·"
LIKELY = "lI1i|oO0nmuTrtecsaSE"
HANGUL_FIRST, HANGUL_COUNT = 0xAC00, 11172
"""The block of whole syllables in Unicode."""
SCRIPTS = {"likely": 30.0, "letters": 22.0, "digits": 16.0, "signs": 14.0, "real": 18.0}


def scrap_rows(writer: Writer) -> list[Row]:
    """Short strings of no sense at random places, in random sizes."""
    dice = writer.dice
    rows = []
    for _ in range(dice.between(1, 24)):
        cells, x = [], dice.real(0.0, 0.6)
        for _ in range(dice.pick((1, 1, 1, 2, 3))):
            if x < 0.9:
                cells.append(Cell(spans_of([_scrap(writer)]), x=x, width=1.0))
            x += dice.real(0.1, 0.4)
        scale = dice.weighted({0.6: 20.0, 1.0: 40.0, 1.6: 20.0, 2.8: 12.0, 4.5: 8.0})
        rows.append(Row(tuple(cells), scale=scale, gap=dice.real(0.0, 3.0)))
    return rows


def _scrap(writer: Writer) -> str:
    dice = writer.dice
    script = dice.weighted(SCRIPTS)
    length = dice.pick((1, 1, 2, 2, 3, 4, 5, 7, 10))
    if script == "real":
        return writer.say("sparse")
    if script == "digits":
        return dice.digits(length)
    if writer.is_korean and dice.chance(0.5):
        return "".join(_syllable(dice) for _ in range(length))
    pool = {"likely": LIKELY, "signs": SIGNS}.get(script, "abcdefghiklmnoprstuvwxyzABCDEFGHKLMNRST")
    return "".join(dice.pick(pool) for _ in range(length))


def _syllable(dice: Dice) -> str:
    return chr(HANGUL_FIRST + dice.between(0, HANGUL_COUNT - 1))
