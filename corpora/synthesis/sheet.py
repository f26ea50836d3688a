"""Sets rows of cells in type: from a draft to words with boxes on a flat sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora.synthesis.draft import Cell, Field, Row
from corpora.synthesis.frames import Frame, frame_marks
from corpora.synthesis.marks import Box, Mark
from corpora.synthesis.typefaces import ASCENT, DESCENT, Typeface

CELL_GAP_EM = 0.5
"""The least space between two cells of a row."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a document is set.

    Attributes:
        typeface: of the whole document.
        em_px: size of the type.
        width_px: of the text block.
        leading: distance of base lines, in em.
    """

    typeface: Typeface
    em_px: float
    width_px: float
    leading: float


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """A word on the flat sheet: its advance box (left, top, right, bottom) in pixels of the sheet.

    `cell` numbers the stretch of text (one line of one cell) it belongs to.
    """

    text: str
    box: Box
    field: Field | None
    cell: int


@dataclass(frozen=True, slots=True)
class PrintedRule:
    """A drawn line across the sheet, in pixels."""

    x: tuple[float, float]
    y: float
    character: str


@dataclass(frozen=True, slots=True)
class Print:
    """A document set in type. The sheet begins at (0, 0); words are in reading order.

    Attributes:
        words: in reading order.
        rules: lines across the text block.
        width_px: of the sheet without its margins.
        height_px: likewise.
        marks: what else is drawn.
    """

    words: tuple[PrintedWord, ...]
    rules: tuple[PrintedRule, ...]
    width_px: float
    height_px: float
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class _SetCell:
    """A cell broken into lines, with the left edge and width of its first line, in pixels."""

    cell: Cell
    lines: tuple[tuple[_Token, ...], ...]


class _Press:
    """Sets one document row by row."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._words: list[PrintedWord] = []
        self._rules: list[PrintedRule] = []
        self._edges: list[tuple[float, float]] = []
        self._y = 0.0
        self._n_cells = 0

    def finish(self, frames: Sequence[Frame]) -> Print:
        right = max((word.box[2] for word in self._words), default=0.0)
        over = max(0.0, -min((word.box[0] for word in self._words), default=0.0))
        width = over + max(right, self._sheet.width_px)
        words = tuple(replace(word, box=_moved(word.box, over)) for word in self._words)
        rules = tuple(replace(rule, x=(rule.x[0] + over, rule.x[1] + over)) for rule in self._rules)
        block, em = self._sheet.width_px, self._sheet.em_px
        drawn = (frame_marks(frame, self._edges, block, em) for frame in frames)
        marks = tuple(mark.moved(over) for marks in drawn for mark in marks)
        return Print(words, rules, width, self._y, marks)

    def set_row(self, row: Row) -> None:
        em = self._sheet.em_px * row.scale
        line_height = em * self._sheet.leading
        self._y += row.gap * self._sheet.em_px * self._sheet.leading
        if row.rule:
            y = self._y + line_height / 2
            self._rules.append(PrintedRule((0.0, self._sheet.width_px), y, row.rule))
        cells = [self._break(row.cells, i, em) for i in range(len(row.cells))]
        n_lines = max((len(cell.lines) for cell in cells), default=1)
        for number in range(n_lines):
            base = self._y + (number + 0.5) * line_height + 0.3 * em
            self._set_line([(c.cell, c.lines[number : number + 1]) for c in cells], base, em)
        self._edges.append((self._y, self._y + n_lines * line_height))
        self._y += n_lines * line_height

    def _set_line(
        self, cells: Sequence[tuple[Cell, tuple[tuple[_Token, ...], ...]]], base: float, em: float
    ) -> None:
        end = -CELL_GAP_EM * em
        for cell, lines in cells:
            for tokens in lines:
                left = self._left(cell, tokens, em)
                if end > 0 or cell.align != "left":
                    left = max(left, end + CELL_GAP_EM * em)
                end = self._set_tokens(tokens, left, base, em)

    def _set_tokens(self, tokens: Sequence[_Token], left: float, base: float, em: float) -> float:
        self._n_cells += 1
        for token in tokens:
            right = left + em * self._sheet.typeface.width(token.text)
            box = (left, base - ASCENT * em, right, base + DESCENT * em)
            self._words.append(PrintedWord(token.text, box, token.field, self._n_cells))
            left = right + em * self._sheet.typeface.width(" ")
        return right

    def _left(self, cell: Cell, tokens: Sequence[_Token], em: float) -> float:
        x = cell.x * self._sheet.width_px
        width = self._width(tokens, em)
        return {"left": x, "center": x - width / 2, "right": x - width}[cell.align]

    def _width(self, tokens: Sequence[_Token], em: float) -> float:
        return em * self._sheet.typeface.width(" ".join(token.text for token in tokens))

    def _break(self, cells: Sequence[Cell], index: int, em: float) -> _SetCell:
        cell = cells[index]
        tokens = _tokens(cell)
        limit = self._limit(cells, index, em)
        if cell.is_cut:
            return _SetCell(cell, (self._cut(tokens, limit, em),))
        lines: list[tuple[_Token, ...]] = []
        line: list[_Token] = []
        for token in tokens:
            if line and self._width([*line, token], em) > limit:
                lines.append(tuple(line))
                line = []
            line.append(token)
        return _SetCell(cell, (*lines, tuple(line)) if line else tuple(lines))

    def _limit(self, cells: Sequence[Cell], index: int, em: float) -> float:
        """The width at which a cell's text is broken, in pixels."""
        cell, block = cells[index], self._sheet.width_px
        if cell.width is not None:
            return cell.width * block
        if cell.align != "left":
            return block if len(cells) == 1 else float("inf")
        if index + 1 == len(cells):
            return (1 - cell.x) * block
        following = cells[index + 1]
        return self._left(following, _tokens(following), em) - cell.x * block - CELL_GAP_EM * em

    def _cut(self, tokens: Sequence[_Token], limit: float, em: float) -> tuple[_Token, ...]:
        """What fits into the limit, but at least a beginning of every field."""
        kept: list[_Token] = []
        is_full = False
        for token in tokens:
            is_new = not kept or token.field not in {None, *(other.field for other in kept)}
            text = "" if is_full else token.text
            while text and self._width([*kept, _Token(text, None)], em) > limit:
                text = text[:-1]
            if text or is_new:
                kept.append(_Token(text or token.text[:4], token.field))
            is_full = is_full or text != token.text
        return tuple(kept)


def print_rows(rows: Sequence[Row], sheet: Sheet, frames: Sequence[Frame] = ()) -> Print:
    """Set rows one below the other.

    Text that does not fit before the next cell runs on in further lines of its own cell; numbers
    that would run into each other push the later one to the right, beyond the block if need be.

    Args:
        rows: from the top.
        sheet: how they are set.
        frames: boxes and table rules around some of them.
    """
    press = _Press(sheet)
    for row in rows:
        press.set_row(row)
    return press.finish(frames)


def _moved(box: Box, right: float) -> Box:
    return box[0] + right, box[1], box[2] + right, box[3]


def _tokens(cell: Cell) -> list[_Token]:
    tokens: list[_Token] = []
    for span in cell.spans:
        for number, text in enumerate(span.text.split()):
            if number == 0 and span.is_glued and tokens:
                before = tokens.pop()
                tokens.append(_Token(before.text + text, before.field or span.field))
            else:
                tokens.append(_Token(text, span.field))
    return tokens
