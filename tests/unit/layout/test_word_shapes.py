"""How words are written, beside what an uncased vocabulary sees of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.word_shapes import ENDS_IN_COLON, N_SHAPES, word_shape


def test_each_kind_has_a_number_of_its_own() -> None:
    words = ["total", "Total", "TOTAL", "eBay", "1234", "12.50", "A4", "***", "합계"]
    shapes = [word_shape(word) for word in words]
    assert len(set(shapes)) == len(words)
    assert all(0 < shape < ENDS_IN_COLON for shape in shapes)


@pytest.mark.parametrize("word", ["Total", "DATE", "12", "합계"])
def test_a_colon_at_the_end_is_told_apart_from_the_kind(word: str) -> None:
    assert word_shape(f"{word}:") == word_shape(word) + ENDS_IN_COLON - 1


@given(st.text())
def test_every_text_has_a_shape(text: str) -> None:
    assert 0 < word_shape(text) < N_SHAPES
