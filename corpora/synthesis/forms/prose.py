"""Running text on forms: titles, open questions, sentences with gaps, notices, furniture."""

from __future__ import annotations

from dataclasses import replace

from corpora.synthesis.draft import Align, Row, Span
from corpora.synthesis.forms.block import Block, cell, row, rule_row
from corpora.synthesis.forms.style import Clerk


def title_block(clerk: Clerk) -> Block:
    """Who issues the form, its number and its title."""
    dice = clerk.dice
    rows: list[Row] = []
    if dice.chance(0.14):
        rows.append(_free(clerk.say("transmission"), dice.pick(("left", "center")), scale=0.85))
    align: Align = dice.weighted({"center": 60, "left": 32, "right": 8})
    organisation = [_free(clerk.say("organisation"), align, scale=dice.pick((1.0, 1.2, 1.5)))]
    if dice.chance(0.3):
        organisation.append(_free(clerk.say("address"), align))
    has_organisation = dice.chance(0.45)
    is_above = dice.chance(0.85)
    if has_organisation and is_above:
        rows += organisation
    if dice.chance(0.25):
        rows.append(
            _free(clerk.say("furniture"), dice.pick(("left", "right", "right")), scale=0.85)
        )
    n_titles = dice.weighted({0: 10, 1: 78, 2: 12})
    scale = dice.pick((1.0, 1.0, 1.2, 1.4, 1.7, 2.0))
    for number in range(n_titles):
        text = clerk.theme_text("title")
        text = clerk.cased(text, "upper" if dice.chance(0.5) else clerk.style.header_case)
        title = clerk.with_style(header_case="as is", header_colon="").header(text)
        placed = cell(title, left=0.0, right=1.0, align=align)
        corner = None
        if number == 0 and align == "left" and dice.chance(0.25):
            corner = cell(clerk.say("furniture"), left=0.7, right=1.0, align="right")
            placed = cell(title, left=0.0, right=0.68)
        rows.append(row(placed, corner, scale=scale, gap=dice.real(0.0, 1.0)))
        scale = min(scale, 1.2)
    if has_organisation and not is_above:
        rows += organisation
    return Block(f"title{n_titles}{align}", tuple(rows))


def open_block(clerk: Clerk) -> Block:
    """A question with room for a longer answer, or for several."""
    dice = clerk.dice
    text, rule = clerk.pair() if dice.chance(0.6) else ("", "")
    if rule not in ("comment", "sentence", "remark"):
        text, rule = clerk.theme_text("open"), "comment"
    header = clerk.open_section() if dice.chance(0.12) else None
    question = clerk.question(text, header)
    rows = [row(cell(header, left=0.0, right=1.0), gap=clerk.style.row_gap)] if header else []
    form = dice.weighted({"below": 40.0, "inline": 24.0, "beside": 20.0, "list": 16.0})
    left = dice.pick((0.0, 0.02, 0.06))
    if form == "list":
        return Block("open:list", (*rows, *_list_rows(clerk, question)), header is not None)
    answer = clerk.answer(rule, question, empty=clerk.style.empty * 0.7)
    gap = clerk.style.row_gap
    if form == "inline":
        rows.append(row(cell(question, answer, left=0.0, right=1.0), gap=gap))
    elif form == "beside":
        at = dice.real(0.15, 0.4)
        rows.append(
            row(cell(question, left=0.0, right=at), cell(answer, left=at, right=1), gap=gap)
        )
    else:
        rows.append(row(cell(question, left=0.0, right=1.0), gap=gap))
        rows += [row(cell(answer, left=left, right=dice.real(0.8, 1.0)), gap=0.2)] if answer else []
    if answer is None and clerk.style.blank:
        line = clerk.style.blank * round(clerk.style.n_chars * 0.9)
        rows += [_free(line, "left") for _ in range(dice.between(1, 3))]
    name = f"open:{form}{'h' if header else ''}"
    return Block(name, tuple(rows), opens_section=header is not None)


def _list_rows(clerk: Clerk, question: Span) -> list[Row]:
    """A question with several answers below each other: names, companies, points."""
    dice = clerk.dice
    rule = dice.pick(("person", "company", "phrase", "goods", "sentence", "brand_name", "place"))
    answers = [clerk.answer(rule, question, empty=0.0) for _ in range(dice.between(2, 6))]
    if dice.chance(0.5):
        at = dice.real(0.1, 0.3)
        rows = [row(cell(question, left=0, right=at), cell(answers[0], left=at, right=1))]
        return rows + [row(cell(answer, left=at, right=1.0)) for answer in answers[1:]]
    left = dice.pick((0.0, 0.04))
    rows = [row(cell(question, left=0.0, right=1.0), gap=clerk.style.row_gap)]
    return rows + [row(cell(answer, left=left, right=1.0)) for answer in answers]


def gap_block(clerk: Clerk) -> Block:
    """A sentence with a gap: what stands before it asks, what stands in it answers."""
    sentence, _, rule = clerk.dice.pick(clerk.style.grammar.alternatives("fax_blank")).partition(
        "|"
    )
    before, _, after = sentence.partition("____")
    plain = clerk.with_style(key_case="as is", colon="")
    question = plain.question(before.strip(), colon=False)
    answer = clerk.answer(rule, question) or "_" * clerk.dice.between(3, 9)
    return Block("gap", (row(cell(question, answer, after, left=0.0, right=1.0)),))


def notice_block(clerk: Clerk) -> Block:
    """A paragraph that is no field."""
    align: Align = clerk.dice.pick(("left", "left", "center"))
    scale = clerk.dice.pick((1.0, 1.0, 0.85, 0.75))
    text = clerk.say("memo_notice" if clerk.style.theme == "memo" else "notice")
    return Block("notice", (_free(text, align, scale=scale),))


def stray_block(clerk: Clerk) -> Block:
    """A stamp, a note by hand, or a number without a question."""
    dice = clerk.dice
    align: Align = dice.pick(("left", "center", "right", "right"))
    if dice.chance(0.25):
        answer = clerk.answer(dice.pick(("code", "date", "initials", "remark")), None, empty=0.0)
        return Block("stray", (row(cell(answer, left=0.0, right=1.0, align=align)),))
    return Block("stamp", (_free(clerk.say("stamp"), align, scale=dice.pick((1.0, 1.3, 1.8))),))


def furniture_rows(clerk: Clerk) -> list[Row]:
    """What stands at the foot of a page."""
    dice = clerk.dice
    n_cells = dice.weighted({0: 22, 1: 44, 2: 28, 3: 6})
    if n_cells == 0:
        return []
    aligns: list[Align] = ["left", "center", "right"]
    if n_cells < 3:
        aligns = ["left", "right"] if n_cells == 2 else [dice.pick(("left", "center", "right"))]
    cells = [
        cell(clerk.say("furniture"), left=i / n_cells, right=(i + 1) / n_cells, align=align)
        for i, align in enumerate(aligns)
    ]
    rows = [rule_row()] if dice.chance(0.2) else []
    return [*rows, row(*cells, scale=dice.pick((1.0, 0.85, 0.75)), gap=dice.real(0.5, 3.0))]


def _free(text: str, align: Align, *, scale: float = 1.0) -> Row:
    free = cell(text, left=0.0, right=1.0, align=align)
    return replace(row(free), scale=scale)
