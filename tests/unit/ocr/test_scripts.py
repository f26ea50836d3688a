"""Lines in a script that the recogniser does not know are noticed, others are left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr.engine import Image
from ocr.engines.recogniser import ReadLine
from ocr.engines.scripts import (
    LIKELY_HANGUL,
    is_better,
    is_doubtful,
    is_unread,
    unread_columns,
    with_surer_latin,
)

WIDTH = 400


def line(*marks: int) -> Image:
    """A white line with a black bar of 20 columns at each place."""
    picture = np.full((48, WIDTH, 3), 255, dtype=np.uint8)
    for x in marks:
        picture[10:38, x : x + 20] = 0
    return picture


def read(characters: str, places: list[int], score: float = 0.9) -> ReadLine:
    positions = np.array([(x + 10) / WIDTH for x in places], dtype=np.float32)
    return ReadLine(tuple(characters), positions, np.full(len(places), score, dtype=np.float32))


def test_a_line_read_from_end_to_end_is_read() -> None:
    picture = line(10, 60, 110)
    assert unread_columns(picture, read("ABC", [10, 60, 110])) == (0, 60)
    assert not is_unread(picture, read("ABC", [10, 60, 110]))


def test_ink_without_a_character_is_unread_however_sure_the_rest() -> None:
    picture = line(10, 60, 200, 250, 300)
    assert unread_columns(picture, read("12", [10, 60], score=1.0)) == (60, 100)
    assert is_unread(picture, read("12", [10, 60], score=1.0))


def test_a_blank_line_and_a_line_of_which_nothing_was_read() -> None:
    nothing = read("", [])
    assert unread_columns(line(), nothing) == (0, 0)
    assert not is_unread(line(), nothing)
    assert unread_columns(line(50), nothing) == (20, 20)


@pytest.mark.parametrize(("score", "expected"), [(0.95, False), (0.5, True)])
def test_an_ideograph_is_believed_only_where_it_is_sure(score: float, *, expected: bool) -> None:
    assert is_unread(line(10), read("合", [10], score=score)) is expected


def test_a_korean_reading_that_accounts_for_more_ink_is_better() -> None:
    picture = line(10, 60, 200, 250)
    first = read("12", [10, 60], score=1.0)
    assert is_better(picture, read("12합계", [10, 60, 200, 250], score=0.8), first)
    assert not is_better(picture, read("12AB", [10, 60, 200, 250], score=0.8), first)
    assert not is_better(picture, read("12합계", [10, 60, 200, 250], score=0.3), first)


def test_a_sure_latin_line_stays() -> None:
    picture = line(10, 60)
    assert not is_better(picture, read("가나", [10, 60], score=0.7), read("AB", [10, 60]))


@pytest.mark.parametrize(
    ("characters", "score", "expected"),
    [("0020", 0.7, True), ("1,980", 0.99, False), ("早:", 0.99, True), ("가12", 0.6, False)],
)
def test_beside_hangul_a_line_is_doubted(characters: str, score: float, *, expected: bool) -> None:
    places = [10 + 40 * i for i in range(len(characters))]
    assert is_doubtful(read(characters, places, score)) is expected


def test_digits_are_taken_from_the_reading_that_is_surer_of_them() -> None:
    picture = line(10, 60, 110, 160)
    korean = read("일2925", [10, 60, 80, 110, 160], 0.6)
    assert with_surer_latin(picture, korean, read("2x0:", [62, 78, 112, 160])).characters == (
        *"일2x05",
    )
    for other in (read("8", [110], 0.5), read("8", [95], 0.9)):  # less sure, elsewhere
        assert with_surer_latin(picture, korean, other).characters == korean.characters
    assert with_surer_latin(picture, korean, read("", [])) is korean


def test_unsure_syllables_are_believed_only_beside_sure_ones() -> None:
    picture = line(10, 60, 110)
    japanese, korean = read("本社", [10, 60], 0.9), read("냐찬12", [10, 60, 110, 130], 0.6)
    assert not is_better(picture, korean, japanese)
    assert is_better(picture, korean, japanese, least=LIKELY_HANGUL)
    digits_are_sure = replace(korean, scores=np.array([0.6, 0.6, 1.0, 1.0], dtype=np.float32))
    assert not is_better(picture, digits_are_sure, japanese)
