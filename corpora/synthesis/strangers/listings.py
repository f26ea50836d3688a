"""Pages of short texts: menus, tickets, timetables, contents, labels, posters, chats, code."""

from __future__ import annotations

from itertools import pairwise

from corpora.synthesis.draft import Align, Cell, Row, spans_of
from corpora.synthesis.strangers.writer import Writer, columns, even, line


def menu_rows(writer: Writer) -> list[Row]:
    """Dishes with prices under headings, in one or two columns."""
    dice = writer.dice
    rows = [line(writer.say("brand"), "center", scale=dice.pick((1.0, 1.6, 2.2)))]
    n_columns = dice.pick((1, 1, 2))
    edges = even(n_columns)
    leader = dice.pick(("", "", "." * 6, "." * 14))
    for _ in range(dice.between(1, 4)):
        heads = [writer.say("course") for _ in range(n_columns)]
        rows.append(columns(heads, edges, scale=1.2, gap=0.8))
        for _ in range(dice.between(2, 7)):
            cells: list[Cell] = []
            for left, right in pairwise(edges):
                price_at = right - 0.03
                text = f"{writer.say('dish')} {leader}"
                cells.append(Cell(spans_of([text]), x=left, width=(price_at - left) * 0.74))
                price = spans_of([writer.say("price")])
                cells.append(Cell(price, x=price_at, align="right", width=0.2))
            rows.append(Row(tuple(cells)))
            if dice.chance(0.2):
                rows.append(columns([writer.say("dish_note")], edges, scale=0.8))
    return rows


def ticket_rows(writer: Writer) -> list[Row]:
    """A ticket for an event or a train, or a boarding pass."""
    dice = writer.dice
    kind = dice.pick(("event", "board", "train"))
    rows: list[Row] = []
    if kind == "event":
        rows += [line(writer.say("event"), dice.pick(("left", "center")), scale=1.6)]
    elif kind == "board":
        rows += [columns([writer.say("airport"), writer.say("airport")], even(2), scale=1.8)]
    word = {"event": "ticket_word", "board": "board_word", "train": "train_word"}[kind]
    n_columns = dice.between(1, 4)
    for _ in range(dice.between(2, 6)):
        texts = [
            writer.say("seat" if kind == "event" and dice.chance(0.3) else word)
            for _ in range(n_columns)
        ]
        scale = dice.pick((0.8, 1.0, 1.0, 1.4))
        rows.append(columns(texts, even(n_columns), scale=scale, gap=dice.real(0.0, 0.8)))
    return rows


def timetable_rows(writer: Writer) -> list[Row]:
    """Stops, or hours, with times in columns."""
    dice = writer.dice
    n_columns = dice.between(3, 9)
    edges = [0.0, *even(n_columns, left=dice.real(0.15, 0.35))]
    rows = [line(writer.say("table_title"), dice.pick(("left", "center")), scale=1.5)]
    if dice.chance(0.5):
        heads = [writer.say("weekday") for _ in range(n_columns)]
        rows.append(columns(["", *heads], edges))
    hour, is_school = dice.between(5, 12), dice.chance(0.25)
    for i in range(dice.between(4, 14)):
        if is_school:
            texts = [f"{hour + i}:00", *(writer.say("subject") for _ in range(n_columns))]
        else:
            minute = dice.between(0, 40) + i
            times = [f"{(hour + j) % 24:02d}:{minute % 60:02d}" for j in range(n_columns)]
            times = [t if dice.chance(0.9) else dice.pick(("-", "|", "")) for t in times]
            texts = [writer.say("stop"), *times]
        rows.append(columns(texts, edges))
    return rows


def contents_rows(writer: Writer) -> list[Row]:
    """A table of contents or an index."""
    dice = writer.dice
    title = "목 차" if writer.is_korean else dice.pick(("Contents", "TABLE OF CONTENTS", "Index"))
    rows = [line(title, dice.pick(("left", "center")), scale=1.5)]
    page, leader = 1, dice.pick((" ", " .......... ", " . . . . . . ", " ___ "))
    for i in range(dice.between(6, 22)):
        page += dice.between(1, 20)
        mark = dice.pick((f"{i + 1}. ", f"{i // 3 + 1}.{i % 3 + 1} ", ""))
        left = Cell(spans_of([f"{mark}{writer.say('chapter')}{leader}"]), width=0.85)
        number = Cell(spans_of([str(page)]), x=1.0, align="right", width=0.1)
        rows.append(Row((left, number)))
    return rows


def label_rows(writer: Writer) -> list[Row]:
    """What stands on a package or a type plate."""
    dice = writer.dice
    align: Align = dice.pick(("left", "left", "center"))
    rows = [line(writer.say("brand"), align, scale=dice.real(1.2, 3.0))]
    return rows + [
        line(text, align, scale=dice.pick((0.7, 1.0, 1.0, 1.4)))
        for text in writer.several("label_word", 3, 12)
    ]


def poster_rows(writer: Writer) -> list[Row]:
    """Few large words."""
    dice = writer.dice
    align: Align = dice.pick(("left", "center", "center", "right"))
    return [
        line(text, align, scale=dice.real(0.8, 4.0), gap=dice.real(0.0, 0.6))
        for text in writer.several("poster", 3, 9)
    ]


def slide_rows(writer: Writer) -> list[Row]:
    """A slide of a talk: a title and points."""
    dice = writer.dice
    mark = dice.pick(("•", "-", "▪", "*", ""))
    rows = [line(writer.say("headline"), dice.pick(("left", "center")), scale=1.8)]
    for text in writer.several("slide", 2, 8):
        indent = dice.pick((0.02, 0.02, 0.08))
        cell = Cell(spans_of([f"{mark} {text}"]), x=indent, width=1 - indent)
        rows.append(Row((cell,), gap=dice.real(0.1, 0.7)))
    return rows


def chat_rows(writer: Writer) -> list[Row]:
    """Messages with names and times, at the left and at the right."""
    dice = writer.dice
    names = writer.several("chat_name", 2, 2)
    form = dice.pick(("bubbles", "log", "bubbles"))
    rows = [line(names[0], "center", scale=1.1)] if dice.chance(0.5) else []
    for text in writer.several("chat", 4, 16):
        who, time = dice.between(0, 1), writer.say("time")
        if form == "log":
            rows.append(line(f"[{time}] {names[who]}: {text}"))
            continue
        x = 0.0 if who == 0 else 0.4
        cells = (Cell(spans_of([text]), x=x, width=0.58),)
        rows.append(Row(cells, gap=0.4))
        if dice.chance(0.5):
            rows.append(Row((Cell(spans_of([time]), x=x, width=0.5),), scale=0.7))
    return rows


def code_rows(writer: Writer) -> list[Row]:
    """Source code, indented."""
    dice = writer.dice
    rows, depth, is_numbered = [], 0, dice.chance(0.3)
    for i, text in enumerate(writer.several("code_line", 6, 28), 1):
        x = min(0.05 * depth, 0.4) + 0.06 * is_numbered
        cells = [Cell(spans_of([text]), x=x, width=max(0.4, 1 - x))]
        if is_numbered:
            cells.insert(0, Cell(spans_of([str(i)]), x=0.0, width=0.05))
        rows.append(Row(tuple(cells), gap=0.8 * dice.chance(0.1)))
        depth = max(0, depth + (1 if text[-1] in ":{" else dice.pick((0, 0, -1))))
    return rows


def sparse_rows(writer: Writer) -> list[Row]:
    """Hardly anything."""
    dice = writer.dice
    return [
        line(
            text,
            dice.pick(("left", "center", "right")),
            scale=dice.real(0.8, 3.0),
            gap=dice.real(0.0, 8.0),
        )
        for text in writer.several("sparse", 1, 4)
    ]
