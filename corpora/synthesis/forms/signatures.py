"""The end of a form: signatures with dates, and boxes for the office."""

from __future__ import annotations

from dataclasses import replace

from corpora.synthesis.draft import Row, Span
from corpora.synthesis.forms.block import Block, cell, row, rule_row
from corpora.synthesis.forms.pairs import header_row, pairs_block
from corpora.synthesis.forms.style import Clerk

SIGNATURE_GAP = (1.0, 2.2)
"""Above signatures that are in no section, in line heights."""


def signature_block(clerk: Clerk) -> Block:
    """Lines to sign on, one below the other or side by side, with dates."""
    dice = clerk.dice
    header = clerk.open_section() if dice.chance(0.3) else None
    if header is None:
        clerk.section = None
    n_keys = dice.weighted({1: 34, 2: 34, 3: 18, 4: 14})
    keys = list(dict.fromkeys(clerk.say("sign_key") for _ in range(n_keys)))
    has_dates = dice.chance(0.65)
    form = dice.weighted({"rows": 50.0, "below": 26.0, "table": 24.0})
    rows = [header_row(clerk, header)] if header else []
    if form == "table":
        rows += _approval_table(clerk, keys, header)
    elif form == "below":
        rows += _signed_above(clerk, keys, header, has_dates=has_dates)
    else:
        for key in keys:
            rows.append(_signed_row(clerk, key, header, has_date=has_dates))
    if header is None:  # set off from the last section, of which it is no part
        first, *others = rows
        rows = [replace(first, gap=first.gap + dice.real(*SIGNATURE_GAP)), *others]
    name = f"sign:{form}{len(keys)}{'d' if has_dates else ''}"
    return Block(name, tuple(rows), opens_section=header is not None)


def _date_key(clerk: Clerk) -> str:
    return clerk.dice.pick(("일자", "날짜", "작성일")) if clerk.style.is_korean else "Date"


def _signed(clerk: Clerk, key: str, header: Span | None, rule: str) -> tuple[Span, Span | None]:
    question = clerk.question(key, header)
    rule = "initials" if rule == "person" and clerk.dice.chance(0.2) else rule
    return question, clerk.answer(rule, question)


def _signed_row(clerk: Clerk, key: str, header: Span | None, *, has_date: bool) -> Row:
    dice = clerk.dice
    right = dice.real(0.5, 0.75) if has_date else 1.0
    question, answer = _signed(clerk, key, header, "person")
    cells = [cell(question, answer or clerk.blank(dice.between(8, 26)), left=0.0, right=right)]
    if has_date:
        asked, day = _signed(clerk, _date_key(clerk), header, "date")
        cells.append(cell(asked, day or clerk.blank(dice.between(6, 12)), left=right, right=1.0))
    return row(*cells, gap=clerk.style.row_gap + dice.real(0.0, 0.8))


def _signed_above(
    clerk: Clerk, keys: list[str], header: Span | None, *, has_dates: bool
) -> list[Row]:
    """Names above a line, what they are below it."""
    asked = [(key, "person") for key in keys[:2]]
    if has_dates:
        asked = [each for key in asked for each in (key, (_date_key(clerk), "date"))]
    pairs = [_signed(clerk, key, header, rule) for key, rule in asked]
    step = 1 / len(pairs)
    above = [
        cell(answer or clerk.blank(10), left=i * step, right=(i + 1) * step)
        for i, (_, answer) in enumerate(pairs)
    ]
    below = [cell(q, left=i * step, right=(i + 1) * step) for i, (q, _) in enumerate(pairs)]
    line = [rule_row()] if clerk.style.is_ruled else []
    return [row(*above, gap=1.0), *line, row(*below, scale=clerk.style.key_scale)]


def _approval_table(clerk: Clerk, keys: list[str], header: Span | None) -> list[Row]:
    """Keys in a row, what was signed and when below them."""
    step = 1 / max(2, len(keys))
    left = 1.0 - step * len(keys) if clerk.dice.chance(0.5) else 0.0
    questions = [clerk.question(key, header, colon=False) for key in keys]
    rules = ["initials", "date"][: clerk.dice.between(1, 2)]
    lines: list[list[Span | None]] = [list(questions)]
    lines += [[clerk.answer(rule, question) for question in questions] for rule in rules]
    rows = [
        row(
            *(
                cell(span, left=left + i * step, right=left + (i + 1) * step)
                for i, span in enumerate(line)
            ),
            gap=0.2,
        )
        for line in lines
    ]
    return [each for each in rows if each.cells]


def office_block(clerk: Clerk) -> Block:
    """A box that the office fills in, most often empty yet."""
    dice = clerk.dice
    header = clerk.open_section(clerk.say("office_header"))
    empty = dice.pick((0.9, 0.6, 0.2))
    office = clerk.with_style(empty=empty, theme="office")
    inner = pairs_block(office, n_pairs=dice.between(2, 5), header=header)
    rule = [rule_row()] if dice.chance(0.4) else []
    return Block(f"office:{inner.name}", (*rule, *inner.rows), opens_section=True)
