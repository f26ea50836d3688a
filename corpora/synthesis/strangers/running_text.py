"""Pages of running text: letters, articles, books, contracts, certificates, recipes."""

from __future__ import annotations

from corpora.synthesis.draft import Align, Row
from corpora.synthesis.strangers.writer import Writer, columns, even, line


def letter_rows(writer: Writer) -> list[Row]:
    """A letter, private or of business, or a note to colleagues."""
    dice = writer.dice
    rows: list[Row] = []
    if dice.chance(0.6):
        align: Align = dice.pick(("left", "center", "right"))
        rows.append(line(writer.say("organisation"), align, scale=dice.pick((1.0, 1.4, 1.8))))
        rows.append(line(writer.say("address"), align, scale=dice.pick((1.0, 0.85))))
        if dice.chance(0.4):
            rows.append(line(f"{writer.say('phone')} {writer.say('email')}", align, scale=0.85))
    rows.append(line(writer.say("date"), dice.pick(("left", "right")), gap=1.5))
    if dice.chance(0.6):
        rows.append(line(writer.say("person"), gap=1.0))
        rows += [line(writer.say("company")), line(writer.say("address"))]
    rows.append(line(writer.say("greeting"), gap=1.0))
    for i in range(dice.between(1, 5)):
        rows.append(line(writer.text("letter", 2, 5), gap=0.6 + 0.2 * (i == 0)))
    rows.append(line(writer.say("closing"), dice.pick(("left", "right")), gap=1.0))
    rows.append(line(writer.say("person"), rows[-1].cells[0].align, gap=dice.real(0.0, 2.0)))
    if dice.chance(0.3):
        rows.append(line(f"cc: {writer.say('person')}", gap=1.0, scale=0.9))
    return rows


def memo_rows(writer: Writer) -> list[Row]:
    """Minutes or a note: a headline, points, paragraphs."""
    dice = writer.dice
    rows = [line(writer.say("headline"), dice.pick(("left", "center")), scale=1.2)]
    rows.append(line(f"{writer.say('person')}, {writer.say('date')}", gap=0.3))
    mark = dice.pick(("- ", "* ", "• ", ""))
    for _ in range(dice.between(2, 6)):
        if dice.chance(0.4):
            rows.append(line(writer.text("para", 1, 2), gap=0.7))
        else:
            rows += [line(f"{mark}{text}") for text in writer.several("sentence", 2, 5)]
    return rows


def article_rows(writer: Writer) -> list[Row]:
    """A page of a newspaper or a journal in one to three columns."""
    dice = writer.dice
    n_columns = dice.weighted({1: 30.0, 2: 44.0, 3: 26.0})
    edges = even(n_columns)
    rows = [columns(writer.several("kicker", 2, 2), even(2), scale=0.8)]
    rows.append(line(writer.say("headline"), dice.pick(("left", "center")), scale=2.0, gap=0.6))
    if dice.chance(0.5):
        rows.append(line(writer.say("person"), scale=0.9, gap=0.4))
    if dice.chance(0.3):
        rows.append(line(writer.say("para"), scale=0.9, gap=0.6))
    for i in range(dice.between(1, 4)):
        texts = [writer.text("para", 1, 3) for _ in range(n_columns)]
        rows.append(columns(texts, edges, gap=0.8 * (i == 0)))
    if dice.chance(0.4):
        rows.append(line(writer.say("kicker"), "center", scale=0.8, gap=0.6))
    return rows


def book_rows(writer: Writer) -> list[Row]:
    """A page of a book."""
    dice = writer.dice
    rows = [line(writer.say("chapter"), dice.pick(("left", "center", "right")), scale=0.85)]
    rows += [line(writer.text("para", 2, 4), gap=0.2) for _ in range(dice.between(1, 4))]
    return [*rows, line(str(dice.between(1, 600)), dice.pick(("center", "right")), gap=1.0)]


def contract_rows(writer: Writer) -> list[Row]:
    """A page of a contract: numbered clauses with headings."""
    dice = writer.dice
    rows: list[Row] = []
    number = dice.between(1, 14)
    for _ in range(dice.between(2, 6)):
        heading = writer.say("clause_head")
        heading = heading if writer.is_korean else f"{number}. {heading}"
        rows.append(line(heading, gap=0.8))
        for i, clause in enumerate(writer.several("clause", 1, 4), 1):
            mark = dice.pick((f"{number}.{i} ", f"({'abcdef'[i]}) ", f"{i}. ", ""))
            rows.append(line(f"{mark}{clause} {writer.say('clause') if dice.chance(0.5) else ''}"))
        number += 1
    return [*rows, line(f"- {dice.between(2, 30)} -", "center", scale=0.85, gap=1.0)]


def certificate_rows(writer: Writer) -> list[Row]:
    """A certificate or an award: few lines, centred."""
    dice = writer.dice
    rows = [line(writer.say("certificate"), "center", scale=dice.real(1.2, 2.4))]
    person = dice.between(1, 3)
    for i in range(dice.between(4, 8)):
        text = writer.say("person" if i == person else "certificate")
        rows.append(line(text, "center", scale=dice.pick((1.0, 1.0, 1.5)), gap=dice.real(0.3, 1.6)))
    return rows


def recipe_rows(writer: Writer) -> list[Row]:
    """A recipe: what is needed and what to do."""
    dice = writer.dice
    rows = [line(writer.say("dish"), dice.pick(("left", "center")), scale=1.6)]
    needed = writer.several("ingredient", 4, 10)
    if dice.chance(0.4):
        edges = even(2)
        rows += [columns(needed[i : i + 2], edges) for i in range(0, len(needed), 2)]
    else:
        rows += [line(text) for text in needed]
    for i, step in enumerate(writer.several("step", 3, 8), 1):
        rows.append(line(f"{i}. {step}" if dice.chance(0.8) else step, gap=0.5 * (i == 1)))
    return rows
