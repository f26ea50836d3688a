"""Ideographs on a page without any are signs or blots; on a page with others they stay."""

from __future__ import annotations

import numpy as np

from ocr.engines.recogniser import ReadLine
from ocr.engines.stray_ideographs import without_stray_ideographs


def read(characters: str) -> ReadLine:
    places = np.linspace(0.1, 0.9, len(characters), dtype=np.float32)
    return ReadLine(tuple(characters), places, np.full(len(characters), 0.9, dtype=np.float32))


def texts(*lines: str) -> list[str]:
    found = without_stray_ideographs([read(line) for line in lines])
    assert all(len(it.characters) == len(it.positions) == len(it.scores) for it in found)
    return ["".join(it.characters) for it in found]


def test_signs_and_blots_among_latin_and_hangul() -> None:
    assert texts("山", "합계 日", "十/- 5 PCT", "区 YES") == ["", "합계 0", "+/- 5 PCT", "☒ YES"]


def test_a_page_with_an_ideograph_of_another_kind_is_left_alone() -> None:
    lines = ["山", "日本語", "7 MAY"]
    assert texts(*lines) == lines


def test_a_page_without_any_is_left_alone() -> None:
    assert texts("TOTAL 7.00", "합계") == ["TOTAL 7.00", "합계"]
    assert texts() == []
