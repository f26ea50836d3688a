"""Pictures of single lines: of the recogniser's height, the same for a seed, never empty."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from corpora.synthesis.line_texts import (
    MAX_CHARACTERS,
    document_lines,
    foreign_texts,
    has_hangul,
    korean_texts,
    latin_texts,
)
from corpora.synthesis.text_lines import (
    HANGUL_FONTS,
    HEIGHT,
    IDEOGRAPH_FONTS,
    LATIN_FONTS,
    LineMaker,
    draw_line,
    installed_fonts,
)
from ocr.errors import SetupError

ASCII = [chr(code) for code in range(33, 127)]
CHARACTERS = ASCII + list("합계금액원가나다라")


def test_lines_hold_only_what_may_stand_on_them() -> None:
    allowed = frozenset(CHARACTERS)
    for text in itertools.islice(document_lines(0, allowed), 200):
        assert 0 < len(text) <= MAX_CHARACTERS
        assert set(text) <= allowed | {" "}
        assert text == " ".join(text.split())


def test_a_line_is_drawn_at_the_recognisers_height_with_ink_on_it() -> None:
    random = np.random.default_rng(0)
    for text in ("합계 12,500원", "TOTAL 9.00", "A", "사업자등록번호: 613-81-80546"):
        picture = draw_line(text, random, installed_fonts(HANGUL_FONTS))
        assert picture.shape[0] == HEIGHT
        assert picture.shape[1] >= 16
        assert picture.dtype == np.uint8
        assert picture.std() > 1.0


@pytest.mark.parametrize("fonts", [HANGUL_FONTS, LATIN_FONTS])
def test_equal_seeds_make_equal_lines_and_others_do_not(fonts: tuple[str, ...]) -> None:
    def first(seed: int) -> list[tuple[str, bytes]]:
        maker = LineMaker(seed, latin_texts(seed, ASCII), fonts)
        return [(line.text, line.picture.tobytes()) for line in (maker.line() for _ in range(6))]

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_rare_syllables_are_seen() -> None:
    texts = korean_texts(3, ["뷁"], [*CHARACTERS, "뷁"])
    assert any("뷁" in text for text in itertools.islice(texts, 40))


def test_latin_lines_have_either_case_spaces_and_marks_and_nothing_else() -> None:
    texts = list(itertools.islice(latin_texts(1, ASCII), 300))
    assert set("".join(texts)) <= {*ASCII, " "}
    assert all(text.strip() == text != "" for text in texts)
    assert any(text.isupper() for text in texts)
    assert any(text != text.upper() and " " in text for text in texts)
    assert any("," in text or "." in text for text in texts)


@pytest.mark.parametrize("is_ideographic", [False, True])
def test_foreign_lines_are_of_other_scripts_or_have_accents(*, is_ideographic: bool) -> None:
    texts = list(itertools.islice(foreign_texts(1, is_ideographic=is_ideographic), 200))
    assert texts == list(itertools.islice(foreign_texts(1, is_ideographic=is_ideographic), 200))
    assert any(map(has_hangul, texts)) == is_ideographic
    assert any(not text.isascii() for text in texts)
    assert all(0 < len(text) <= MAX_CHARACTERS for text in texts)


def test_the_fonts_that_are_needed_are_installed_or_missed() -> None:
    for fonts in (HANGUL_FONTS, LATIN_FONTS, IDEOGRAPH_FONTS):
        assert all(path.is_file() for path in installed_fonts(fonts))
    with pytest.raises(SetupError, match="nowhere"):
        installed_fonts(("nowhere/*.ttf",))


@pytest.mark.parametrize("seed", range(5))
def test_long_lines_stay_lines(seed: int) -> None:
    fonts = installed_fonts(HANGUL_FONTS)
    picture = draw_line("가" * MAX_CHARACTERS, np.random.default_rng(seed), fonts)
    assert picture.shape[1] > 5 * HEIGHT
