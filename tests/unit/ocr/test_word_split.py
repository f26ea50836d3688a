from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engines.crops import cut_line, line_width
from ocr.engines.recogniser import ReadLine
from ocr.engines.word_split import ink_columns, narrow_forms, part_of, split_words
from ocr.types import Quad

GLYPH, KERN = 12, 4  # columns of one drawn character and of the usual gap after it
QUAD = Quad.from_box((100, 50, 500, 98))


def drawn(
    text: str, gaps: dict[int, int] | None = None
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], ReadLine, list[tuple[int, int]]]:
    """A line of black bars, one a visible character, as if it had been read.

    Args:
        text: spaces draw nothing, 16 columns wide.
        gaps: further columns after a character, by its place.
    """
    x, spans, middles = 20, [], []
    for i, character in enumerate(text):
        spans.append((x, x + GLYPH))
        middles.append(x + GLYPH / 2)
        x += GLYPH + (0 if character == " " else KERN) + (gaps or {}).get(i, 0)
    line = np.full((48, x + 20, 3), 255, dtype=np.uint8)
    for (start, end), character in zip(spans, text, strict=True):
        if character != " ":
            line[10:38, start:end] = 0
    positions = np.array([middle / line.shape[1] for middle in middles], dtype=np.float32)
    return line, ReadLine(tuple(text), positions, np.full(len(text), 0.9, np.float32)), spans


def test_words_part_at_spaces_and_their_boxes_hug_the_ink() -> None:
    line, read, spans = drawn("TOTAL 12.50")
    words = split_words(line, read, QUAD)
    assert [word.text for word in words] == ["TOTAL", "12.50"]
    scale = 400 / line.shape[1]
    for word, (first, last) in zip(words, ((0, 4), (6, 10)), strict=True):
        left, top, right, bottom = word.quad.box
        assert left == pytest.approx(100 + spans[first][0] * scale, abs=scale)
        assert right == pytest.approx(100 + spans[last][1] * scale, abs=scale)
        assert (top, bottom) == (50, 98)
        assert word.confidence == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("text", "gaps", "words"),
    [
        ("9.0018.00", {3: 16}, ["9.00", "18.00"]),
        ("TOTAL:9.00", {4: 14, 5: 14}, ["TOTAL", ":", "9.00"]),
        ("TOTAL:9.00", {4: 2}, ["TOTAL:9.00"]),
        ("WORD", {1: 10}, ["WORD"]),
        ("WORDWORD", {3: 40}, ["WORD", "WORD"]),
    ],
)
def test_wide_gaps_part_words_where_the_recogniser_saw_no_space(
    text: str, gaps: dict[int, int], words: list[str]
) -> None:
    line, read, _ = drawn(text, gaps)
    assert [word.text for word in split_words(line, read, QUAD)] == words


def test_a_line_of_spaces_has_no_words() -> None:
    line, read, _ = drawn("   ")
    assert split_words(line, read, QUAD) == ()
    assert not ink_columns(line).any()


@given(st.text(alphabet="AB1:. ", max_size=20), st.data())
def test_words_lie_in_order_on_the_line_and_lose_no_character(
    text: str, data: st.DataObject
) -> None:
    gaps = data.draw(st.dictionaries(st.integers(0, 19), st.integers(0, 50)))
    line, read, _ = drawn(text, gaps)
    words = split_words(line, read, QUAD)
    assert "".join(word.text for word in words) == text.replace(" ", "")
    edges = [x for word in words for x in word.quad.box[::2]]
    assert edges == sorted(edges)
    assert all(100 - 1e-6 <= x <= 500 + 1e-6 for x in edges)


@given(st.data())
def test_noise_instead_of_ink_does_no_harm(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="A1: ", min_size=1, max_size=12))
    _, read, _ = drawn(text)
    seed = data.draw(st.integers(0, 100))
    line = np.random.default_rng(seed).integers(0, 255, (48, 240, 3), dtype=np.uint8)
    words = split_words(line, read, QUAD)
    assert "".join(word.text for word in words) == text.replace(" ", "")


def test_full_width_latin_is_narrowed_unless_the_line_is_east_asian() -> None:
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in "SUN(6%)")
    assert "".join(narrow_forms(full_width)) == "SUN(6%)"
    assert "".join(narrow_forms("\u5408\u8a08" + full_width)) == "\u5408\u8a08" + full_width


def test_a_part_of_a_slanted_quad_lies_on_its_sides() -> None:
    quad = Quad(((0, 0), (100, 20), (98, 30), (-2, 10)))
    assert part_of(quad, 0.5, 1.0).corners == ((50, 10), (100, 20), (98, 30), (48, 20))


def test_cutting_straightens_a_leaning_line() -> None:
    page = np.full((200, 300, 3), 255, dtype=np.uint8)
    for x in range(20, 280):
        page[100 + x // 10 : 110 + x // 10, x] = 0  # a bar that falls by one in ten
    quad = Quad(((20, 97), (280, 123), (280, 143), (20, 117)))
    line = cut_line(page, quad)
    assert line.shape == (48, line_width(quad), 3)
    assert line.shape[1] % 8 == 0
    assert (line[24, 10:-10, 0] < 128).all()
    assert (line[3, 10:-10, 0] > 128).all()
    assert (line[-4, 10:-10, 0] > 128).all()


def test_a_large_line_is_averaged_not_sampled() -> None:
    rng = np.random.default_rng(3)
    page = rng.choice(np.array([0, 255], dtype=np.uint8), (600, 2400, 1)).repeat(3, axis=2)
    line = cut_line(page, Quad.from_box((0, 0, 2400, 600)))
    assert abs(float(line.mean()) - 127) < 5
    assert float(line.std()) < 25


def test_a_line_at_the_edge_of_the_page_is_cut_all_the_same() -> None:
    page = np.full((30, 30, 3), 200, dtype=np.uint8)
    assert (cut_line(page, Quad.from_box((-20, -5, 60, 15))) == 200).all()
    assert (cut_line(page, Quad.from_box((-500, -400, 90, 700))) == 200).all()
