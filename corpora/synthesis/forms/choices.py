"""Check boxes: a choice is a question and its mark the answer, or the choice is the answer."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.synthesis.draft import Row, Span
from corpora.synthesis.forms.block import Block, Part, cell, row
from corpora.synthesis.forms.pairs import header_row
from corpora.synthesis.forms.style import Clerk

BOXES = ("☐", "☐", "[ ]", "( )", "___", "□", "", "O", "[]", "()")
TICKED = {
    "☐": ("☑", "☒", "X"), "[ ]": ("[X]", "[x]", "[X]", "[✓]"), "( )": ("(X)", "(x)", "(V)", "(✓)"),
    "___": ("X", "x", "__X__", "_X_", "✓"), "□": ("■", "☑", "V", "√"), "": ("X", "x", "✓"),
    "O": ("X", "●"), "[]": ("[X]", "X"), "()": ("(X)", "(O)"),
}  # fmt: skip


class _Ticker:
    """Sets the choices of one group alike."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk
        self._box = clerk.dice.pick(BOXES)
        self._is_before = clerk.dice.chance(0.75)

    def as_question(self, text: str, header: Span | None, *, ticked: bool) -> tuple[Part, ...]:
        """The choice as a question; a mark answers it, an empty box is part of it."""
        clerk = self._clerk
        is_solid = self._box in ("☐", "[ ]", "( )", "□")
        if not ticked and is_solid:
            text = f"{self._box} {text}" if self._is_before else f"{text} {self._box}"
        question = clerk.question(text, header, colon=clerk.dice.chance(0.06))
        if not ticked:
            blank = "" if is_solid else self._box
            return (blank, question) if self._is_before else (question, blank)
        mark = clerk.answer_of(clerk.dice.pick(TICKED[self._box]), question)
        return (mark, question) if self._is_before else (question, mark)

    def as_answer(self, text: str, question: Span, *, ticked: bool) -> tuple[Part, ...]:
        """The choice with its box as an answer to the group's question."""
        mark = self._clerk.dice.pick(TICKED[self._box]) if ticked else self._box
        text = f"{mark} {text}" if self._is_before else f"{text} {mark}"
        return (self._clerk.answer_of(text.strip(), question),)


def choice_block(clerk: Clerk) -> Block:
    """A question with choices to tick."""
    dice = clerk.dice
    title, _, rest = clerk.theme_text("check").partition("|")
    form = dice.weighted({"header": 58.0, "question": 24.0, "answers": 18.0})
    return _group(clerk, title, rest.split(";"), form)


def yes_no_block(clerk: Clerk) -> Block:
    """Questions that are answered by yes or no."""
    dice = clerk.dice
    texts = [clerk.theme_text("yesno") for _ in range(dice.pick((1, 1, 2, 3, 4)))]
    if len(texts) > 1 and dice.chance(0.6):
        texts = [text for text, _ in clerk.numbered([(text, "") for text in texts])]
    is_ticked = dice.chance(0.55)
    yes, no = (
        dice.pick((("예", "아니오"), ("유", "무"))) if clerk.style.is_korean else ("Yes", "No")
    )
    rows: list[Row] = []
    if is_ticked:
        form = dice.weighted({"header": 60.0, "answers": 40.0})
        for text in texts:
            rows += _group(clerk, text, [yes, no], form, is_wide=True).rows
    else:
        right = dice.real(0.5, 0.9)
        for text in texts:
            question = clerk.question(text)
            answer = clerk.answer("yes_no", question)
            split = dice.chance(0.5)
            if split:
                cells = [cell(question, left=0, right=right), cell(answer, left=right, right=1)]
            else:
                cells = [cell(question, answer, left=0, right=1)]
            rows.append(row(*cells, gap=clerk.style.row_gap))
    return Block(f"yesno{len(texts)}{'t' if is_ticked else ''}", tuple(rows))


def _group(
    clerk: Clerk, title: str, choices: Sequence[str], form: str, *, is_wide: bool = False
) -> Block:
    """A title and its choices: on one line, below it in columns, or one below the other."""
    dice = clerk.dice
    chosen = -1 if dice.chance(clerk.style.empty) else dice.between(0, len(choices) - 1)
    ticker = _Ticker(clerk)
    head = clerk.header(title) if form == "header" else clerk.question(title, colon=not is_wide)
    groups: list[tuple[Part, ...]] = []
    for i, choice in enumerate(choices):
        ticked = i == chosen or dice.chance(0.04)
        if form == "answers":
            groups.append(ticker.as_answer(choice, head, ticked=ticked))
        else:
            groups.append(
                ticker.as_question(choice, head if form == "header" else None, ticked=ticked)
            )
    place = dice.weighted({"line": 44.0, "columns": 26.0, "list": 22.0, "side_list": 8.0})
    return Block(f"check:{form}:{place}{len(choices)}", tuple(_placed(clerk, head, groups, place)))


def _placed(clerk: Clerk, head: Span, groups: Sequence[tuple[Part, ...]], place: str) -> list[Row]:
    dice, gap = clerk.dice, clerk.style.row_gap
    if place == "line":
        at = min(0.6, (len(head.text) + 3) / clerk.style.n_chars + dice.real(0.0, 0.1))
        step = min((1 - at) / len(groups), dice.real(0.12, 0.3))
        cells = [cell(head, left=0.0, right=at)]
        cells += [
            cell(*group, left=at + i * step, right=at + (i + 1) * step)
            for i, group in enumerate(groups)
        ]
        return [row(*cells, gap=gap)]
    if place == "side_list":
        at = dice.real(0.25, 0.5)
        first, *rest = groups
        rows = [row(cell(head, left=0.0, right=at), cell(*first, left=at, right=1.0), gap=gap)]
        return rows + [row(cell(*group, left=at, right=1.0)) for group in rest]
    rows = (
        [header_row(clerk, head)]
        if dice.chance(0.5)
        else [row(cell(head, left=0, right=1), gap=gap)]
    )
    indent = dice.pick((0.0, 0.03, 0.06, 0.12))
    if place == "list":
        return rows + [row(cell(*group, left=indent, right=1.0)) for group in groups]
    n_columns = dice.between(2, 4)
    step = (1 - indent) / n_columns
    for start in range(0, len(groups), n_columns):
        cells = [
            cell(*group, left=indent + i * step, right=indent + (i + 1) * step)
            for i, group in enumerate(groups[start : start + n_columns])
        ]
        rows.append(row(*cells))
    return rows
