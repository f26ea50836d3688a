"""Pictures of single lines: of the recogniser's height, the same for a seed, never empty."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from corpora.synthesis.text_lines import (
    HEIGHT,
    MAX_CHARACTERS,
    LineMaker,
    document_lines,
    draw_line,
    korean_fonts,
)

CHARACTERS = [chr(code) for code in range(33, 127)] + list("합계금액원가나다라")


def test_lines_hold_only_what_may_stand_on_them() -> None:
    allowed = frozenset(CHARACTERS)
    for text in itertools.islice(document_lines(0, allowed), 200):
        assert 0 < len(text) <= MAX_CHARACTERS
        assert set(text) <= allowed | {" "}
        assert text == " ".join(text.split())


def test_a_line_is_drawn_at_the_recognisers_height_with_ink_on_it() -> None:
    random = np.random.default_rng(0)
    for text in ("합계 12,500원", "TOTAL 9.00", "A", "사업자등록번호: 613-81-80546"):
        picture = draw_line(text, random)
        assert picture.shape[0] == HEIGHT
        assert picture.shape[1] >= 16
        assert picture.dtype == np.uint8
        assert picture.std() > 1.0


def test_equal_seeds_make_equal_lines_and_others_do_not() -> None:
    def first(seed: int) -> list[tuple[str, bytes]]:
        maker = LineMaker(seed, list("가나다라"), CHARACTERS)
        return [(line.text, line.picture.tobytes()) for line in (maker.line() for _ in range(6))]

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_rare_syllables_are_seen() -> None:
    maker = LineMaker(3, ["뷁"], [*CHARACTERS, "뷁"])
    assert any("뷁" in maker.line().text for _ in range(40))


def test_there_is_a_font_with_hangul() -> None:
    assert all(path.is_file() for path in korean_fonts())


@pytest.mark.parametrize("seed", range(5))
def test_long_lines_stay_lines(seed: int) -> None:
    picture = draw_line("가" * MAX_CHARACTERS, np.random.default_rng(seed))
    assert picture.shape[1] > 5 * HEIGHT
