"""Views of bent, tilted and turned sheets: maps that are undone, quads that lie on the ink."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from corpora.synthesis.bend import Bend, Crease, Wave, Wear, random_bend
from corpora.synthesis.capture import Capture, Pose, QuarterTurn, random_capture, seen_words
from corpora.synthesis.dice import Dice
from corpora.synthesis.light import Light, random_light
from corpora.synthesis.looks import Stock
from corpora.synthesis.marks import Box, Mark
from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.render import render
from corpora.synthesis.sheet import Print, PrintedWord, Sheet
from corpora.synthesis.shots import Shot
from corpora.synthesis.typefaces import Typeface
from corpora.synthesis.views import photograph_of

SEEDS = st.integers(min_value=0, max_value=10**6)
SHEET = Sheet(Typeface("mono"), em_px=24.0, width_px=600.0, leading=1.4)
WIDTH, HEIGHT = 600.0, 900.0
CURL = Bend(900.0, (300.0, 420.0), (0.05, -0.1), (Wave(0.05, (0.3, 0.7), 0.4),))
FOLD = Bend(900.0, (300.0, 450.0), (0.0, 0.1), (), (Crease(0.03, 1.5, 0.1),))


def _blank(words: tuple[PrintedWord, ...] = ()) -> Print:
    return Print(words, (), WIDTH, HEIGHT)


@given(SEEDS, st.builds(Wear, st.booleans(), st.booleans(), st.integers(0, 3)))
@settings(max_examples=30)
def test_a_bend_is_undone(seed: int, wear: Wear) -> None:
    bend = random_bend(WIDTH, HEIGHT, wear, Dice(f"bend:{seed}"))
    assert (bend is None) == (wear == Wear())
    if bend is None:
        return
    points = np.random.default_rng(seed).uniform((-60, -60), (WIDTH + 60, HEIGHT + 60), (50, 2))
    assert np.abs(bend.laid(bend.seen(points)) - points).max() < 0.02
    step = 0.01
    for axis in (0, 1):
        ahead = points.copy()
        ahead[:, axis] += step
        rise = (bend.heights(ahead) - bend.heights(points)) / (step / bend.size_px)
        assert np.allclose(rise, bend.slopes(points)[:, axis], atol=2e-3)


@given(SEEDS, st.sampled_from([0, 90, 180, 270]), st.sampled_from([None, CURL, FOLD]))
@settings(max_examples=30)
def test_the_whole_sheet_lies_in_the_picture_and_is_found_again(
    seed: int, turn: QuarterTurn, bend: Bend | None
) -> None:
    dice = Dice(f"view:{seed}")
    pose = Pose(dice.normal(5.0), (dice.real(-0.3, 0.3), dice.real(-0.3, 0.3)), bend, turn)
    view = random_capture(_blank(), dice, pose=pose).scaled(1.4).turned(pose.quarter_turn)
    points = np.random.default_rng(seed).uniform((0, 0), (WIDTH, HEIGHT), (50, 2))
    seen = view.points(points)
    assert (seen > 0).all()
    assert (seen < (view.width, view.height)).all()
    assert np.abs(view.sheet_points(seen) - points).max() < 0.02


def test_a_quarter_turn_runs_clockwise() -> None:
    upright = Capture(np.eye(3), 600, 900)
    turned = upright.turned(90)
    assert (turned.width, turned.height) == (900, 600)
    assert turned.point(0.0, 0.0) == pytest.approx((900.0, 0.0))  # the top left comes to the right
    assert turned.point(600.0, 0.0) == pytest.approx((900.0, 600.0))


def _block_boxes() -> list[Box]:
    """Boxes all over the sheet, one at each corner."""
    return [
        (x, y, x + 30.0, y + 16.0)
        for y in (0.0, 221.0, 442.0, 663.0, 884.0)
        for x in (0.0, 190.0, 380.0, 570.0)
    ]


def _clear_light() -> Light:
    light = random_light("scan", 24.0, 0.0, Dice("light"))
    return replace(light, blur_px=0.3, grain=0.0, texture=0.0, quality=95, is_bilevel=False)


def _ink(printed: Print, view: Capture) -> npt.NDArray[np.bool_]:
    shot = Shot(view, Stock((250, 250, 250), (20, 20, 20), None), _clear_light())
    with Image.open(io.BytesIO(render(printed, SHEET, shot, Dice("texture")))) as image:
        return np.asarray(image.convert("L")) < 140


BENT_AND_TILTED = Pose(turn=-5.0, tilt=(-0.2, 0.1), bend=CURL)


@pytest.mark.parametrize(
    ("pose", "turn"),
    [
        (Pose(), 0),
        (Pose(turn=7.0), 0),
        (Pose(tilt=(0.25, -0.2)), 0),
        (Pose(bend=CURL), 0),
        (Pose(bend=FOLD), 0),
        (BENT_AND_TILTED, 0),
        (BENT_AND_TILTED, 90),
        (BENT_AND_TILTED, 180),
        (BENT_AND_TILTED, 270),
    ],
)
def test_ink_lies_where_the_quads_say(pose: Pose, turn: QuarterTurn) -> None:
    boxes = _block_boxes()
    words = tuple(PrintedWord("", box, None, 0) for box in boxes)
    fills = tuple(Mark("fill", box, (20, 20, 20)) for box in boxes)
    view = random_capture(_blank(), Dice("view"), margins=(0.1, 0.1), pose=pose).turned(turn)
    ink = _ink(replace(_blank(), marks=fills), view)
    corners = np.array([word.quad.corners for word in seen_words(_blank(words), view)])
    for quad in corners:
        (left, top), (right, bottom) = quad.min(axis=0) - 8, quad.max(axis=0) + 8
        x, y = max(0, round(left)), max(0, round(top))
        rows, columns = np.nonzero(ink[y : round(bottom), x : round(right)])
        points = np.column_stack([columns + x + 0.5, rows + y + 0.5])
        assert points.mean(axis=0) == pytest.approx(quad.mean(axis=0), abs=1.0)
        area = cv2.contourArea(quad.astype(np.float32))
        assert len(points) == pytest.approx(area, rel=0.2)


@pytest.mark.parametrize("type_name", ["receipt", "business_card"])
def test_print_is_inside_its_quads_in_bad_pictures(type_name: str) -> None:
    """Pixels that differ from the paper around them lie in the words' places."""
    for seed in (3, 4):
        photograph = photograph_of(DESIGNERS[type_name](seed), hardship=1.0)
        page = photograph.document.pages[0]
        with Image.open(io.BytesIO(photograph.jpeg)) as image:
            grey = np.asarray(image.convert("L"), np.float32)
        contrasts = []
        for word in page.words:
            left, top, right, bottom = word.quad.box
            place = grey[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)]
            if len(word.text) > 1 and place.size:
                contrasts.append(np.percentile(place, 95) - np.percentile(place, 5))
        assert np.mean(np.array(contrasts) > 15) > 0.95
