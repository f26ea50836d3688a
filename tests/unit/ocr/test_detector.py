from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engines.detector import TextBox, find_boxes
from ocr.engines.ppocr import level_quads, probe_lines, runs_along, trimmed, turned_round
from ocr.types import Quad


def box(
    x: float, y: float, width: float, height: float, degrees: float = 0, score: float = 0.9
) -> TextBox:
    return TextBox((x, y), (width, height), math.radians(degrees), score)


def heat_of(
    *rectangles: tuple[tuple[float, float], tuple[float, float], float],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    heat = np.zeros((200, 300), dtype=np.float32)
    for rectangle in rectangles:
        cv2.fillPoly(heat, [cv2.boxPoints(rectangle).astype(np.int32)], (0.95,))
    return heat


@pytest.mark.parametrize("degrees", [-20.0, 0.0, 3.0, 40.0])
def test_a_blob_becomes_a_box_grown_to_the_whole_line(degrees: float) -> None:
    (found,) = find_boxes(heat_of(((150, 100), (120, 10), degrees)), (2.0, 2.0))
    assert found.center == pytest.approx((300, 200), abs=4)
    long, short = max(found.size), min(found.size)
    assert 2 * 130 < long < 2 * 146  # grown by about 0.8 of its height on each side
    assert 2 * 20 < short < 2 * 33
    lengthwise = found.angle if found.size[0] == long else found.angle + math.pi / 2
    assert math.degrees(lengthwise - math.radians(degrees) + 1e-9) % 180 == pytest.approx(
        0, abs=2
    ) or math.degrees(lengthwise - math.radians(degrees)) % 180 == pytest.approx(180, abs=2)


def test_faint_and_tiny_blobs_are_no_text() -> None:
    assert find_boxes(heat_of(((150, 100), (120, 10), 0)) * 0.4, (1, 1)) == []
    assert find_boxes(heat_of(((150, 100), (1, 1), 0)), (1, 1)) == []
    assert find_boxes(heat_of(), (1, 1)) == []


def test_the_shapes_of_long_boxes_tell_a_page_on_its_side() -> None:
    lines = [box(50, 10 * i, 80, 8, 2) for i in range(5)]
    digits = [box(90, 10 * i, 6, 8) for i in range(9)]  # tall, but only single characters
    assert not runs_along([*lines, *digits])
    assert runs_along([box(b.center[0], b.center[1], b.size[1], b.size[0]) for b in lines])
    assert not runs_along([])


@given(
    lean=st.floats(-40, 40),
    turned=st.integers(0, 3),
    is_sideways=st.booleans(),
)
def test_every_box_gets_the_direction_of_the_page(
    lean: float,
    turned: int,
    is_sideways: bool,  # noqa: FBT001
) -> None:
    base = 90 if is_sideways else 0
    # The same rectangle described from another of its sides.
    sizes = [(80, 8), (8, 80), (80, 8), (8, 80)]
    width, height = sizes[turned]
    degrees = base + lean - 90 * turned
    (quad,) = level_quads([box(50, 50, width, height, degrees)], is_sideways=is_sideways)
    assert (quad.width, quad.height) == pytest.approx((80, 8))
    difference = math.degrees(quad.angle) - base - lean
    assert (difference + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


def test_a_single_character_follows_the_lines_around_it() -> None:
    lines = [box(50, 10 * i, 80, 8, 3) for i in range(4)]
    *_, digit = level_quads([*lines, box(95, 20, 8, 5, 93)])
    assert math.degrees(digit.angle) == pytest.approx(3)
    assert digit.height == pytest.approx(8)


def test_quads_turn_round_in_place() -> None:
    quad = Quad.from_box((0, 0, 10, 4))
    assert turned_round(quad).corners == ((10, 4), (0, 4), (0, 0), (10, 0))
    assert turned_round(turned_round(quad, 1), 3) == quad


def test_the_margin_above_and_below_is_taken_off() -> None:
    left, top, right, bottom = trimmed(Quad.from_box((0, 0, 100, 50))).box
    assert (left, right) == (0, 100)
    assert 0 < top < 10
    assert bottom == pytest.approx(50 - top)


def test_long_but_not_endless_lines_are_probed() -> None:
    quads = [Quad.from_box((0, 0, 10 * n, 10)) for n in (1, 40, 3, 8, 12)]
    assert probe_lines(quads) == [4, 3, 2, 1]
