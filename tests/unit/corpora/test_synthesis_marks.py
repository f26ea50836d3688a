"""Lines, boxes, logos and stamps: where they are drawn, what they leave alone."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from corpora.synthesis.decoration import decorated
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Row, Span, text_row
from corpora.synthesis.flat_sheet import draw_flat
from corpora.synthesis.frames import PAD_EM, Frame
from corpora.synthesis.looks import LOOKS, Look, Stock, choose_look, random_stock
from corpora.synthesis.marks import Box, Colour, Mark
from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.sheet import Print, Sheet, print_rows
from corpora.synthesis.typefaces import Typeface
from corpora.synthesis.views import photograph_of
from layout.schema import schema_names

SHEET = Sheet(Typeface("sans"), em_px=20.0, width_px=500.0, leading=1.5)
STOCK = Stock((250, 250, 250), (20, 20, 20), None)
ROWS = [
    text_row("HEAD", scale=2.0),
    Row((Cell((Span("name"),)), Cell((Span("1.00"),), x=1.0, align="right")), gap=1.0),
    Row((Cell((Span("other"),)), Cell((Span("2.00"),), x=1.0, align="right"))),
    text_row("foot", gap=2.0),
]


def _flat(printed: Print) -> tuple[npt.NDArray[np.uint8], float]:
    """The drawing at one pixel a sheet pixel, and its margin."""
    flat = draw_flat(printed, SHEET, STOCK, 1.0)
    return np.asarray(flat.image), flat.margin_px


def _colour_at(printed: Print, x: float, y: float) -> tuple[int, ...]:
    image, margin = _flat(printed)
    return tuple(image[round(y + margin), round(x + margin)].tolist())


def test_a_frame_goes_around_its_rows_and_through_no_word() -> None:
    frame = Frame(1, 2, columns=(0.5,), is_ruled=True, head_colour=(40, 60, 90))
    printed = print_rows(ROWS, SHEET, [frame])
    kinds = [mark.kind for mark in printed.marks]
    assert kinds == ["fill", "frame", "line", "line"]
    (around,) = [mark.box for mark in printed.marks if mark.kind == "frame"]
    inside = {word.text for word in printed.words if _holds(around, word.box)}
    assert inside == {"name", "1.00", "other", "2.00"}
    assert around[0] == pytest.approx(-PAD_EM * 20.0)
    for mark in printed.marks:
        if mark.kind == "line":
            assert not any(_touches(mark.box, word.box) for word in printed.words)
    assert print_rows(ROWS, SHEET).words == printed.words


def _holds(outer: Box, inner: Box) -> bool:
    is_across = outer[0] <= inner[0] and inner[2] <= outer[2]
    return is_across and outer[1] <= inner[1] and inner[3] <= outer[3]


def _touches(line: Box, word: Box) -> bool:
    is_across = line[0] < word[2] and word[0] < line[2]
    return is_across and line[1] < word[3] and word[1] < line[3]


def test_a_frame_around_rows_that_are_not_there_is_refused() -> None:
    with pytest.raises(IndexError, match="rows 2 to 9 of 4"):
        print_rows(ROWS, SHEET, [Frame(2, 9)])


def test_print_on_a_dark_band_is_light_and_elsewhere_dark() -> None:
    printed = print_rows(ROWS, SHEET, [Frame(1, 2, head_colour=(20, 30, 60))])
    image, margin = _flat(printed)
    levels = image.max(axis=2)
    by_text = {word.text: word.box for word in printed.words}

    def brightest(text: str) -> int:
        left, top, right, bottom = (round(side + margin) for side in by_text[text])
        return int(levels[top:bottom, left:right].max())

    assert brightest("name") > 200
    left, top, right, bottom = (round(side + margin) for side in by_text["other"])
    assert levels[top:bottom, left:right].min() < 60


RED: Colour = (200, 30, 30)


def test_a_stamp_tints_the_paper_and_leaves_print_legible() -> None:
    mark = Mark("stamp", (200, 10, 300, 110), RED, shape="square")
    plain = print_rows(ROWS, SHEET)
    printed = Print(plain.words, plain.rules, plain.width_px, plain.height_px, (mark,))
    red, green, blue = _colour_at(printed, 208, 60)
    assert red > green + 80
    assert red > blue + 80
    assert _colour_at(printed, 250, 60) == STOCK.paper


@pytest.mark.parametrize("shape", ["square", "round", "triangle", "bars"])
def test_a_logo_is_drawn_in_its_colour(shape: str) -> None:
    mark = Mark("logo", (300, 0, 360, 60), RED, shape=shape)  # type: ignore[arg-type] # of Shape
    plain = print_rows(ROWS, SHEET)
    printed = Print(plain.words, plain.rules, plain.width_px, plain.height_px, (mark,))
    image, margin = _flat(printed)
    corner = round(300 + margin), round(margin)
    drawn = image[corner[1] : corner[1] + 60, corner[0] : corner[0] + 60]
    assert (drawn == RED).all(axis=2).mean() > 0.15


@pytest.mark.parametrize("type_name", sorted(DESIGNERS))
@pytest.mark.parametrize("look", ["thermal", "paper", "card", "scan"])
def test_decoration_leaves_the_words_alone(type_name: str, look: Look) -> None:
    n_marks = 0
    for seed in range(5):
        design = DESIGNERS[type_name](seed)
        more = decorated(design.printed, design.sheet, look, Dice(f"decoration:{seed}"))
        assert (more.words, more.rules) == (design.printed.words, design.printed.rules)
        own = len(design.printed.marks)
        assert more.marks[:own] == design.printed.marks
        for mark in more.marks[own:]:
            n_marks += 1
            if mark.kind == "logo":
                assert not any(_touches(mark.box, word.box) for word in more.words)
    assert n_marks or look != "paper"


def test_looks_follow_the_design_or_the_schema() -> None:
    assert choose_look("scan", "receipt", Dice("a")) == "scan"
    assert choose_look(None, "receipt", Dice("a")) == "thermal"
    assert set(LOOKS) <= set(schema_names())
    stocks = [random_stock("card", Dice(f"stock:{number}")) for number in range(60)]
    dark = [stock for stock in stocks if sum(stock.paper) < sum(stock.ink)]
    assert 3 <= len(dark) <= 25
    assert random_stock("scan", Dice("a")).table is None


@pytest.mark.parametrize("type_name", sorted(DESIGNERS))
def test_the_same_seed_gives_the_same_bytes(type_name: str) -> None:
    first = photograph_of(DESIGNERS[type_name](3), hardship=1.0)
    again = photograph_of(DESIGNERS[type_name](3), hardship=1.0)
    assert again.jpeg == first.jpeg
    assert again.document == first.document
    with Image.open(io.BytesIO(first.jpeg)) as image:
        page = first.document.pages[0]
        assert image.size == (page.width, page.height)
