"""Pictures of made-up documents: the size of their view, ink where the words' quads say."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from corpora.synthesis import fonts
from corpora.synthesis.receipts.generator import design
from corpora.synthesis.views import Photograph, photograph_of
from ocr.types import Quad


def _grey(photograph: Photograph) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(photograph.jpeg)) as image:
        return np.asarray(image.convert("L"))


def _darkness(grey: np.ndarray[tuple[int, int], np.dtype[np.uint8]], quad: Quad) -> float:
    """How much darker the darkest tenth of a word's place is than its brightest tenth."""
    left, top, right, bottom = (round(side) for side in quad.box)
    place = grey[max(0, top) : bottom, max(0, left) : right]
    return float(np.percentile(place, 90)) - float(np.percentile(place, 5))


@pytest.mark.parametrize("seed", [7, 108])
def test_words_stand_where_their_quads_say(seed: int) -> None:
    photograph = photograph_of(design(seed))
    page = photograph.document.pages[0]
    grey = _grey(photograph)
    assert grey.shape == (page.height, page.width)
    inked = [_darkness(grey, word.quad) for word in page.words if len(word.text) > 1]
    assert np.mean(np.array(inked) > 25) > 0.98
    between = [
        (a.quad.corners[1][0], b.quad.corners[0][0], a.quad, b.quad)
        for a, b in zip(page.words, page.words[1:], strict=False)
        if abs(a.quad.center[1] - b.quad.center[1]) < 0.3 * a.quad.height
        and b.quad.corners[0][0] - a.quad.corners[1][0] > 3 * a.quad.height
    ]
    for left, right, a, b in between:
        height = 0.3 * a.height
        y = (a.center[1] + b.center[1]) / 2
        gap = Quad.from_box((left + height, y - height, right - height, y + height))
        assert _darkness(grey, gap) < 60


def test_a_picture_is_the_same_again_and_needs_no_installed_font(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receipt = design(7)
    first = photograph_of(receipt)
    assert photograph_of(receipt).jpeg == first.jpeg
    monkeypatch.setattr(fonts, "FONT_DIRS", ())
    fonts.font_path.cache_clear()
    fonts.load_font.cache_clear()
    try:
        plain = photograph_of(receipt)
    finally:
        fonts.font_path.cache_clear()
        fonts.load_font.cache_clear()
    assert plain.document == first.document
    grey = _grey(plain)
    inked = [_darkness(grey, word.quad) for word in plain.document.words if len(word.text) > 1]
    assert np.mean(np.array(inked) > 25) > 0.98
