"""Tokens and boxes: the frame is the document's own, whatever the resolution and the margins."""

from __future__ import annotations

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace

from layout.tokens import DocumentTokeniser
from ocr.types import Page, Quad, Word


@pytest.fixture
def tokeniser() -> DocumentTokeniser:
    return DocumentTokeniser(_word_pieces())


def _word_pieces() -> Tokenizer:
    pieces = ["[PAD]", "[UNK]", "to", "##tal", "9", ".", "00", "cash", "##9"]
    model = WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]")  # noqa: S106
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = Whitespace()
    return tokenizer


def make_page(scale: float = 1.0, shift: float = 0.0, number: int = 1) -> Page:
    """ "9.00" stands to the right of "total", "cash" on the line below; in jumbled order."""
    boxes = [("9.00", (300, 10, 340, 30)), ("cash", (10, 40, 50, 60)), ("total", (10, 10, 60, 30))]
    words = tuple(
        Word(text, Quad.from_box((x0 * scale + shift, y0 * scale + shift,
                                  x1 * scale + shift, y1 * scale + shift)))
        for text, (x0, y0, x1, y1) in boxes
    )  # fmt: skip
    return Page(number, 1000, 1000, words)


def test_words_come_in_reading_order(tokeniser: DocumentTokeniser) -> None:
    document = tokeniser.tokenise([make_page()])
    assert document.word_ids.tolist() == [2, 0, 1]
    assert document.n_tokens.tolist() == [2, 3, 1]
    assert document.input_ids.tolist() == [2, 3, 4, 5, 6, 7]
    assert document.first_tokens.tolist() == [0, 2, 5]
    assert len(set(document.lines.tolist())) == 3


def test_boxes_are_text_heights_from_the_first_word(tokeniser: DocumentTokeniser) -> None:
    boxes = tokeniser.tokenise([make_page()]).boxes
    assert boxes[0, :4].tolist() == pytest.approx([0.0, 0.0, 2.5, 1.0])
    assert boxes[1, :4].tolist() == pytest.approx([14.5, 0.0, 16.5, 1.0])
    assert boxes[0, 4:].tolist() == boxes[0, :4].tolist()


def test_resolution_and_margin_do_not_matter(tokeniser: DocumentTokeniser) -> None:
    one = tokeniser.tokenise([make_page()])
    other = tokeniser.tokenise([make_page(scale=3.7, shift=210.0)])
    assert np.allclose(one.boxes, other.boxes, atol=1e-4)


def test_pages_lie_below_one_another(tokeniser: DocumentTokeniser) -> None:
    document = tokeniser.tokenise([make_page(), make_page(number=2)])
    assert document.word_ids.tolist() == [2, 0, 1, 5, 3, 4]
    assert document.boxes[3:, 1].min() > document.boxes[:3, 3].max()
    assert len(set(document.lines.tolist())) == 6


def test_corners_stand_for_lines_where_asked() -> None:
    boxes = DocumentTokeniser(_word_pieces(), "corners").tokenise([make_page()]).boxes
    assert boxes[0].tolist() == pytest.approx([0, 0, 2.5, 0, 2.5, 1, 0, 1])


def test_blank_pages_and_blank_words(tokeniser: DocumentTokeniser) -> None:
    assert len(tokeniser.tokenise([Page(1, 10, 10, ())]).word_ids) == 0
    blank = Word(" ", Quad.from_box((0, 0, 5, 5)))
    page = Page(1, 100, 100, (blank, Word("cash", Quad.from_box((10, 0, 30, 10)))))
    assert tokeniser.tokenise([page]).word_ids.tolist() == [1]


def test_long_words_keep_their_first_tokens(tokeniser: DocumentTokeniser) -> None:
    word = Word("9" * 40, Quad.from_box((0, 0, 100, 10)))
    document = tokeniser.tokenise([Page(1, 100, 100, (word,))])
    assert document.n_tokens.tolist() == [12]
