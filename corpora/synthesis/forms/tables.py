"""Tables: column heads are questions, row heads too, and a cell answers both.

In the tree of fields it stands under its column's head alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Align, Cell, Row, Span
from corpora.synthesis.forms.block import Block, cell, row, rule_row
from corpora.synthesis.forms.pairs import header_row
from corpora.synthesis.forms.style import Clerk

NUMBER_RULES = frozenset({"money", "plain_money", "count", "percent", "measure"})


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    right: float
    align: Align


def table_block(clerk: Clerk) -> Block:
    """A table of records, or a matrix with row heads."""
    return _matrix(clerk) if clerk.dice.chance(0.42) else _records(clerk)


def _records(clerk: Clerk) -> Block:
    """Column heads above what was filled in; a cell answers its column's head."""
    dice = clerk.dice
    heads, _, rules = clerk.alternative("table").partition("|")
    titles = clerk.style.grammar.fill(heads, dice).split(";")
    kinds = rules.split(";")
    header = clerk.open_section() if dice.chance(0.3) else None
    columns = _columns(kinds, 0.0, dice)
    questions = [_column_head(clerk, title) for title in titles]
    rows = [_cells_row(questions, columns, gap=clerk.style.row_gap)]
    n_rows = dice.weighted({0: 4, 1: 12, 2: 20, 3: 22, 4: 16, 5: 12, 7: 8, 10: 6})
    number = dice.pick((0, 0, 1))
    rows += [
        _record(clerk, kinds, questions, columns, i + 1 if number else 0) for i in range(n_rows)
    ]
    if kinds[-1] in NUMBER_RULES and dice.chance(0.3):
        rows.append(_sum_row(clerk, kinds, questions, columns))
    rows = _ruled(clerk, rows)
    return _headed(clerk, f"records{len(kinds)}x{n_rows}", header, rows)


def _headed(clerk: Clerk, name: str, header: Span | None, rows: Sequence[Row]) -> Block:
    """The table as a block, below the section's header that it opens, if it opens one."""
    if header is None:
        return Block(name, tuple(rows))
    return Block(f"{name}h", (header_row(clerk, header), *rows), opens_section=True)


def _record(
    clerk: Clerk,
    kinds: Sequence[str],
    questions: Sequence[Span],
    columns: Sequence[_Column],
    number: int,
) -> Row:
    empty = clerk.style.empty * 0.6
    answers = [
        clerk.answer_of(str(number), question)
        if number and kind == "count" and i == 0
        else clerk.answer(kind, question, empty=empty)
        for i, (kind, question) in enumerate(zip(kinds, questions, strict=True))
    ]
    return _cells_row(answers, columns, gap=clerk.style.row_gap / 2)


def _sum_row(
    clerk: Clerk, kinds: Sequence[str], questions: Sequence[Span], columns: Sequence[_Column]
) -> Row:
    """The last row: a question of its own at the left of a sum."""
    total = clerk.question(
        "합계" if clerk.style.is_korean else clerk.dice.pick(("Total", "Totals"))
    )
    place = 0 if len(kinds) < 3 or clerk.dice.chance(0.5) else len(kinds) - 2
    amount = clerk.answer(kinds[-1], questions[-1], total, empty=0.1)
    cells: list[Span | None] = [None] * len(kinds)
    cells[place] = total
    cells[-1] = amount
    return _cells_row(cells, columns)


def _matrix(clerk: Clerk) -> Block:
    """Row heads and column heads; a cell answers both."""
    dice = clerk.dice
    titles = clerk.theme_text("columns").split(";")
    stubs = clerk.theme_text("rows").split(";")
    kind = clerk.say("common_number")
    header = clerk.open_section() if dice.chance(0.5) else None
    stub_width = dice.real(0.18, 0.42)
    columns = [
        _Column(0.0, stub_width, "left"),
        *_columns([kind] * len(titles), stub_width, dice),
    ]
    span_head = (
        clerk.header(clerk.theme_text("title")) if header is None and dice.chance(0.2) else None
    )
    questions = [_column_head(clerk, title, span_head) for title in titles]
    corner = None
    if dice.chance(0.3):
        corner = clerk.question(clerk.say("detail"), colon=False)
    rows = [_cells_row([corner, *questions], columns, gap=clerk.style.row_gap)]
    if span_head:
        rows.insert(0, row(cell(span_head, left=stub_width, right=1.0, align="center")))
    for stub in stubs:
        question = clerk.question(stub, colon=dice.chance(0.3))
        empty = clerk.style.empty * 0.5
        answers = [clerk.answer(kind, q, question, empty=empty) for q in questions]
        rows.append(_cells_row([question, *answers], columns, gap=clerk.style.row_gap / 2))
    rows = _ruled(clerk, rows)
    marks = f"{'c' if corner else ''}{'s' if span_head else ''}"
    return _headed(clerk, f"matrix{len(titles)}x{len(stubs)}{marks}", header, rows)


def _column_head(clerk: Clerk, text: str, header: Span | None = None) -> Span:
    return clerk.question(text, header, colon=clerk.dice.chance(0.1))


def _columns(kinds: Sequence[str], left: float, dice: Dice) -> list[_Column]:
    """Columns of random widths; those of numbers narrower, most flush right or centred."""
    weights = [dice.real(0.6, 1.0) if k in NUMBER_RULES else dice.real(0.9, 1.7) for k in kinds]
    aligns: dict[Align, float] = {"right": 40, "center": 35, "left": 25}
    number_align = dice.weighted(aligns)
    scale = (1.0 - left) / sum(weights)
    columns = []
    for kind, weight in zip(kinds, weights, strict=True):
        right = min(1.0, left + weight * scale)
        align: Align = number_align if kind in NUMBER_RULES else "left"
        columns.append(_Column(left, right, align))
        left = right
    return columns


def _cells_row(
    spans: Sequence[Span | None], columns: Sequence[_Column], *, gap: float = 0.0
) -> Row:
    cells: list[Cell | None] = [
        cell(span, left=column.left, right=column.right, align=column.align)
        for span, column in zip(spans, columns, strict=True)
    ]
    return row(*cells, gap=gap)


def _ruled(clerk: Clerk, rows: Sequence[Row]) -> list[Row]:
    """With lines between all rows, below the head, or none; rows without print become space."""
    form = clerk.dice.pick(("all", "head", "none") if clerk.style.is_ruled else ("none", "head"))
    ruled: list[Row] = []
    for i, each in enumerate(rows):
        ruled.append(each if each.cells else Row((), scale=0.7))
        if form == "all" or (form == "head" and i == 0):
            ruled.append(rule_row())
    return ruled
