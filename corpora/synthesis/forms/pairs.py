"""Questions with one answer each, in columns, beside, above or below what was filled in."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Row, Span
from corpora.synthesis.forms.block import Block, cell, row, rule_row, squeezed
from corpora.synthesis.forms.style import Clerk, KeyPlace

N_COLUMNS = {1: 46.0, 2: 34.0, 3: 14.0, 4: 6.0}
LONG_RULES = frozenset({"comment", "sentence", "remark", "address"})
"""Rules of answers that want a row of their own."""
OTHER_PLACES: dict[KeyPlace, float] = {
    "inline": 30, "aligned": 34, "above": 18, "below": 6, "next_line": 12,
}  # fmt: skip

Pair = tuple[Span, Span | None]


def header_row(clerk: Clerk, header: Span) -> Row:
    """A section's header on a row of its own."""
    style = clerk.style
    placed = cell(header, left=0.0, right=1.0, align=style.header_align)
    return row(placed, scale=style.header_scale, gap=style.row_gap)


def pairs_block(
    clerk: Clerk,
    *,
    n_pairs: int | None = None,
    header: Span | None = None,
    first: Sequence[tuple[str, str]] = (),
) -> Block:
    """Some questions and answers, with a header or none.

    Args:
        clerk: who words them.
        n_pairs: how many; chosen if not given.
        header: above them; if not given, one is made up or left out.
        first: questions and their answers' rules that come before the others.
    """
    dice = clerk.dice
    if header is None and dice.chance(0.34):
        header = clerk.open_section()
    if n_pairs is None:
        n_pairs = dice.between(2, 5) + dice.pick((0, 0, 1, 3, 5, 8))
    entries = [*first, *(clerk.pair() for _ in range(n_pairs))]
    if dice.chance(0.12):
        entries = clerk.numbered(entries)
    place = clerk.style.key_place if dice.chance(0.8) else dice.weighted(OTHER_PLACES)
    n_columns = dice.weighted(N_COLUMNS)
    if clerk.style.is_korean and place == "aligned":
        n_columns = dice.weighted({1: 30.0, 2: 58.0, 3: 12.0})
    pairs = [(_asked(clerk, entry, header), entry[1]) for entry in entries]
    rows = _columned(clerk, pairs, place, n_columns)
    name = f"pairs:{place}{n_columns}{'h' if header else ''}"
    if header is None:
        return Block(name, tuple(rows))
    if dice.chance(0.4 if clerk.style.is_korean else 0.08):
        return Block(f"{name}s", tuple(_beside_header(header, rows, dice)), opens_section=True)
    return Block(name, (header_row(clerk, header), *rows), opens_section=True)


def _beside_header(header: Span, rows: Sequence[Row], dice: Dice) -> list[Row]:
    """The header in a narrow column before the rows."""
    at = dice.real(0.12, 0.22)
    rows = squeezed(rows, at, 1.0)
    line = dice.pick((0, (len(rows) - 1) // 2))
    placed = cell(header, left=0.0, right=at)
    first = row(placed, *rows[line].cells, scale=rows[line].scale, gap=rows[line].gap)
    return [*rows[:line], first, *rows[line + 1 :]]


def _asked(clerk: Clerk, entry: tuple[str, str], header: Span | None) -> Pair:
    question = clerk.question(entry[0], header)
    return question, clerk.answer(entry[1], question)


def _columned(
    clerk: Clerk, pairs: Sequence[tuple[Pair, str]], place: KeyPlace, n_columns: int
) -> list[Row]:
    """Pairs in columns, long ones on rows of their own."""
    style, dice = clerk.style, clerk.dice
    edges = _edges(n_columns, dice)
    key_share = dice.real(0.22, 0.5) if n_columns > 1 else dice.real(0.12, 0.42)
    rows: list[Row] = []
    waiting: list[Pair] = []

    def flush() -> None:
        if waiting:
            rows.extend(_line(clerk, waiting, place, edges, key_share))
            waiting.clear()
            if style.is_ruled and dice.chance(0.8):
                rows.append(rule_row())

    for pair, rule in pairs:
        if rule in LONG_RULES and n_columns > 1:
            flush()
            rows.extend(_line(clerk, [pair], place, [0.0, 1.0], key_share / n_columns))
            continue
        waiting.append(pair)
        if len(waiting) == n_columns or dice.chance(0.08):
            flush()
    flush()
    return rows


def _edges(n_columns: int, dice: Dice) -> list[float]:
    inner = [i / n_columns for i in range(1, n_columns)]
    if dice.chance(0.5):
        inner = [x + dice.real(-0.3, 0.3) / n_columns / 1.5 for x in inner]
    return [0.0, *inner, 1.0]


def _line(
    clerk: Clerk,
    pairs: Sequence[Pair],
    place: KeyPlace,
    edges: Sequence[float],
    key_share: float,
) -> list[Row]:
    """One line of pairs: a row of print, or two where questions and answers stand apart."""
    style = clerk.style
    stretches = list(zip(pairs, edges, edges[1:], strict=False))
    if place == "inline":
        cells = [cell(*_run(clerk, pair, b - a), left=a, right=b) for pair, a, b in stretches]
        return [row(*cells, gap=style.row_gap)]
    if place == "aligned":
        cells = []
        for (question, answer), a, b in stretches:
            middle = a + key_share * (b - a)
            cells.append(cell(question, left=a, right=middle))
            filled = answer or clerk.blank(round((b - middle) * style.n_chars * 0.6))
            cells.append(cell(filled, left=middle, right=b))
        return [row(*cells, gap=style.row_gap)]
    keys = [cell(pair[0], left=a, right=b) for pair, a, b in stretches]
    indent = 0.02 if place == "next_line" else 0.0
    answers = [
        cell(pair[1] or clerk.blank(round((b - a) * style.n_chars * 0.6)), left=a + indent, right=b)
        for pair, a, b in stretches
    ]
    if place == "below":
        below = row(*keys, scale=min(style.key_scale, 0.9))
        return [
            row(*answers, gap=style.row_gap + 0.6),
            *([rule_row()] if style.is_ruled else []),
            below,
        ]
    above = row(*keys, scale=1.0 if place == "next_line" else style.key_scale, gap=style.row_gap)
    filled_row = row(*answers)
    return [above, filled_row] if filled_row.cells else [above, Row((), scale=0.8)]


def _run(clerk: Clerk, pair: Pair, width: float) -> tuple[Span | str, ...]:
    """A question with what follows on the same line."""
    question, answer = pair
    style = clerk.style
    room = round(width * style.n_chars * 0.7) - len(question.text)
    if answer is None:
        return question, clerk.blank(min(max(room, 4), 40))
    if style.leader and clerk.dice.chance(0.7):
        room = max(2, min((room - len(answer.text)) // 2, 20))
        tail = style.leader * room if style.leader == "_" and clerk.dice.chance(0.5) else ""
        return question, style.leader * room, answer, tail
    return question, answer
