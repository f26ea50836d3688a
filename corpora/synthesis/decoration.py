"""Adds to a print what its generator did not: table rules, boxes around blocks, logos, stamps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpora.synthesis.dice import Dice
from corpora.synthesis.looks import Look
from corpora.synthesis.marks import Box, Colour, Mark, Shape
from corpora.synthesis.sheet import Print, Sheet

FRAMED: Mapping[Look, float] = {"thermal": 0.04, "paper": 0.45, "card": 0.06, "scan": 0.45}
"""How often a block is framed or ruled where the generator drew nothing itself."""
WITH_LOGO: Mapping[Look, float] = {"thermal": 0.08, "paper": 0.3, "card": 0.5, "scan": 0.25}
STAMPED: Mapping[Look, float] = {"thermal": 0.05, "paper": 0.22, "card": 0.0, "scan": 0.18}
BLOCK_GAP = 0.9
"""Space between two lines, in heights of the upper one, that parts blocks."""
COLUMN_GAP = 0.8
"""Space in em without any word in a block that has room for a vertical rule."""
N_TRIALS = 12
"""Places tried for a logo."""
STAMP_COLOURS: tuple[Colour, ...] = ((206, 40, 44), (188, 30, 60), (220, 60, 40), (70, 70, 170))
LOGO_COLOURS: tuple[Colour, ...] = (
    (190, 40, 40), (30, 80, 160), (30, 120, 80), (220, 140, 30), (50, 50, 54), (110, 60, 140),
)  # fmt: skip
BANDS: tuple[Colour, ...] = ((226, 228, 232), (210, 222, 236), (236, 228, 210), (44, 62, 96))
STAMP_TEXTS = ("PAID", "RECD", "OK", "")
KOREAN_STAMP_TEXTS = ("대표이사", "회사인", "영수", "인", "지출필", "")


def decorated(printed: Print, sheet: Sheet, look: Look, dice: Dice) -> Print:
    """The print with some more marks; its words stay where they are.

    Args:
        printed: a generator that drew marks itself gets no further frames.
        sheet: how it was set.
        look: of the document.
        dice: to choose by.
    """
    if not printed.words:
        return printed
    marks: list[Mark] = []
    if not printed.marks and dice.chance(FRAMED[look]):
        blocks = _blocks(printed)
        for block in dice.sample(blocks, dice.between(1, 2)):
            marks += _block_marks(block, sheet.em_px, dice)
    if dice.chance(WITH_LOGO[look]):
        marks += _logo(printed, sheet.em_px, dice)
    if dice.chance(STAMPED[look]):
        marks.append(_stamp(printed, sheet.em_px, dice))
    if look == "thermal":
        marks = [replace(mark, colour=_grey(mark.colour)) for mark in marks]
    return replace(printed, marks=(*printed.marks, *marks))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of print close below each other: the box and the words' boxes of each line."""

    lines: tuple[tuple[Box, ...], ...]
    room: tuple[float, float]

    @property
    def box(self) -> Box:
        """Around all the words."""
        return _around([box for line in self.lines for box in line])


def _blocks(printed: Print) -> list[_Block]:
    """Blocks of at least two lines, with the free space above and below each."""
    lines = _lines([word.box for word in printed.words])
    edges = [(min(b[1] for b in line), max(b[3] for b in line)) for line in lines]
    gaps = [lower[0] - upper[1] for upper, lower in pairwise(edges)]
    gaps = [edges[0][1] - edges[0][0], *gaps, edges[-1][1] - edges[-1][0]]
    starts = [
        number
        for number in range(len(lines))
        if number == 0 or gaps[number] > BLOCK_GAP * (edges[number - 1][1] - edges[number - 1][0])
    ]
    stops = [*starts[1:], len(lines)]
    return [
        _Block(tuple(lines[start:stop]), (max(0.0, gaps[start]), max(0.0, gaps[stop])))
        for start, stop in zip(starts, stops, strict=True)
        if stop - start > 1
    ]


def _lines(boxes: Sequence[Box]) -> list[tuple[Box, ...]]:
    """Boxes by lines, from the top: one whose middle lies above a line's foot belongs to it."""
    lines: list[list[Box]] = []
    bottom = float("-inf")
    for box in sorted(boxes, key=lambda box: (box[1] + box[3]) / 2):
        if not lines or (box[1] + box[3]) / 2 > bottom:
            lines.append([])
            bottom = box[3] - 0.2 * (box[3] - box[1])
        lines[-1].append(box)
    return [tuple(line) for line in lines]


def _block_marks(block: _Block, em: float, dice: Dice) -> list[Mark]:
    left, top, right, bottom = block.box
    pad = 0.4 * em
    frame = (
        left - pad, top - min(pad, 0.45 * block.room[0]),
        right + pad, bottom + min(pad, 0.45 * block.room[1]),
    )  # fmt: skip
    level = dice.between(30, 150)
    ink, line_px = (level, level, level), dice.real(0.04, 0.12) * em
    edges = [_around(line) for line in block.lines]
    marks = []
    if dice.chance(0.25):
        head = (frame[0], frame[1], frame[2], (edges[0][3] + edges[1][1]) / 2)
        marks.append(Mark("fill", head, dice.pick(BANDS)))
    if dice.chance(0.6):
        marks.append(Mark("frame", frame, ink, line_px))
    if dice.chance(0.4):
        middles = [(a[3] + b[1]) / 2 for a, b in pairwise(edges)]
        marks += [Mark("line", (frame[0], y, frame[2], y), ink, line_px) for y in middles]
    if dice.chance(0.4):
        columns = _free_columns([box for line in block.lines for box in line], COLUMN_GAP * em)
        marks += [Mark("line", (x, frame[1], x, frame[3]), ink, line_px) for x in columns]
    return marks


def _free_columns(boxes: Sequence[Box], least: float) -> list[float]:
    """Middles of the gaps that no box crosses."""
    columns = []
    reach = float("inf")
    for box in sorted(boxes):
        if box[0] - reach > least:
            columns.append((reach + box[0]) / 2)
        reach = box[2] if reach == float("inf") else max(reach, box[2])
    return columns


def _logo(printed: Print, em: float, dice: Dice) -> list[Mark]:
    """A figure in a free place, the upper half tried first; none where nothing is free."""
    shapes: tuple[Shape, ...] = ("square", "round", "triangle", "bars")
    side = dice.real(2.0, 5.0) * em
    shape, colour = dice.pick(shapes), dice.pick(LOGO_COLOURS)
    text = dice.letters(1) if dice.chance(0.5) else ""
    for trial in range(N_TRIALS):
        reach = 0.35 if trial < N_TRIALS // 2 else 1.0
        x = dice.real(0, max(1.0, printed.width_px - side))
        y = dice.real(0, max(1.0, reach * printed.height_px - side))
        box = (x, y, x + side, y + side)
        if box[3] <= printed.height_px and not any(
            _touch(box, word.box, 0.4 * em) for word in printed.words
        ):
            return [Mark("logo", box, colour, shape=shape, text=text)]
    return []


def _stamp(printed: Print, em: float, dice: Dice) -> Mark:
    """A stamp over a word, rather in the lower half."""
    words = printed.words[len(printed.words) // 2 :] if dice.chance(0.7) else printed.words
    box = dice.pick(words).box
    is_korean = any("가" <= char <= "힣" for word in printed.words for char in word.text)
    side = dice.real(2.6, 5.5) * em
    x = (box[0] + box[2]) / 2 + dice.normal(1.0) * em
    y = (box[1] + box[3]) / 2 + dice.normal(1.0) * em
    return Mark(
        "stamp",
        (x - side / 2, y - side / 2, x + side / 2, y + side / 2),
        dice.pick(STAMP_COLOURS),
        shape=dice.pick(("round", "square")),
        text=dice.pick(KOREAN_STAMP_TEXTS if is_korean else STAMP_TEXTS),
        angle=dice.normal(9.0),
    )


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def _touch(a: Box, b: Box, space: float) -> bool:
    is_beside = a[2] + space < b[0] or b[2] + space < a[0]
    return not is_beside and not (a[3] + space < b[1] or b[3] + space < a[1])


def _grey(colour: Colour) -> Colour:
    level = sum(colour) // 3
    return level, level, level
