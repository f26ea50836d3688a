from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import Image, TextLine
from ocr.righting import TURNS, clip_words, read_by_trial, undo_skew, undo_turn
from ocr.types import Quad, Word

WHITE = np.full((60, 100, 3), 255, dtype=np.uint8)


def line(text: str, confidence: float, box: tuple[float, float, float, float]) -> TextLine:
    quad = Quad.from_box(box)
    return TextLine(quad, (Word(text, quad, confidence),), confidence)


@pytest.mark.parametrize("turn", TURNS)
def test_a_turn_is_undone(turn: int) -> None:
    image = np.random.default_rng(1).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    found = np.rot90(image, -turn // 90)  # clockwise
    assert np.array_equal(undo_turn(found, turn), image)  # type: ignore[arg-type]


@given(
    x=st.floats(0, 100),
    y=st.floats(0, 60),
    width=st.floats(1, 50),
    degrees=st.floats(-45, 45),
)
def test_undoing_skew_levels_words_and_keeps_their_size(
    x: float, y: float, width: float, degrees: float
) -> None:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    corners = tuple(
        (x + cos * u - sin * v, y + sin * u + cos * v)
        for u, v in ((0, 0), (width, 0), (width, 8), (0, 8))
    )
    word = Word("word", Quad(corners))  # type: ignore[arg-type]
    image, (level,) = undo_skew(WHITE, [word], angle)
    assert level.quad.angle == pytest.approx(0, abs=1e-6)
    assert level.quad.width == pytest.approx(width)
    assert level.quad.height == pytest.approx(8)
    assert image.shape[0] >= 60 * cos - 1
    assert image.shape[1] >= 100 * cos - 1


@given(degrees=st.floats(-30, 30))
def test_words_stay_on_their_pixels_when_skew_is_undone(degrees: float) -> None:
    image = WHITE.copy()
    image[28:33, 48:53] = 0
    spot = Word("x", Quad.from_box((48, 28, 53, 33)))
    turned, (moved,) = undo_skew(image, [spot], math.radians(degrees))
    x, y = moved.quad.center
    assert turned[round(y - 0.5), round(x - 0.5)].max() < 60


def test_corners_outside_are_moved_onto_the_edge() -> None:
    (word,) = clip_words([Word("x", Quad.from_box((-3, 2, 120, 9)))], 100, 60)
    assert word.quad.box == (0, 2, 100, 9)


class Trial:
    """Reads well only in the turn whose picture has its mark in the top left corner."""

    def __init__(self, sideways: bool) -> None:  # noqa: FBT001
        self.n_calls = 0
        self.sideways = sideways

    def read(self, image: Image) -> tuple[TextLine, ...]:
        self.n_calls += 1
        if image[0, 0, 0] == 0:
            return (line("a long line of text", 0.97, (0, 0, 90, 10)),)
        if self.sideways:
            return (line("a long line of text", 0.97, (0, 0, 10, 90)),)
        return (line("gne1 a", 0.6, (0, 0, 90, 10)),)


@pytest.mark.parametrize("sideways", [False, True])
@pytest.mark.parametrize("turn", TURNS)
def test_pages_are_righted_by_trial(turn: int, sideways: bool) -> None:  # noqa: FBT001
    image = WHITE.copy()
    image[0, 0] = 0
    trial = Trial(sideways)
    righted = read_by_trial(trial.read, np.ascontiguousarray(np.rot90(image, -turn // 90)))
    assert righted.turn == turn
    assert trial.n_calls == (1 if turn == 0 else 4)


def test_a_blank_page_is_taken_as_it_lies() -> None:
    righted = read_by_trial(lambda _: (), WHITE)
    assert righted.turn == 0
    assert righted.lines == ()
