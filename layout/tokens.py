"""From words with quads to the model's input: sub-word tokens and boxes in text heights.

The coordinate frame is the document's own: the origin is the corner of what is written, the unit is
the median height of its words, pages follow one another downwards. So neither the resolution nor
the margin around a photographed receipt matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from layout.word_shapes import word_shape
from ocr.reading_order import find_lines
from ocr.types import Page

MAX_TOKENS_PER_WORD = 12
"""Longer words (bar-code numbers) keep their first tokens."""
MAX_COORDINATE = 400.0
"""In text heights: about six pages of small print below one another."""
PAGE_GAP = 4.0
"""Between pages set below one another, in text heights."""
N_COORDINATES = 8

BoxForm = Literal["word_and_line", "corners", "word_twice"]
"""What a token's 8 coordinates are: its word's and its line's box, its word's corners (BROS), or
its word's box in place of the line's too."""

COLUMNS: dict[BoxForm, list[int]] = {
    "corners": [0, 1, 2, 1, 2, 3, 0, 3],
    "word_twice": [0, 1, 2, 3, 0, 1, 2, 3],
}
"""Columns of word's and line's box that make the other forms; corners clockwise."""

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TokenisedDocument:
    """A document of N words as T sub-word tokens, both in reading order.

    Attributes:
        word_ids: [N] which word of the document each row stands for; words without any token
            (white space, control characters) are left out.
        first_tokens: [N] position of each word's first token.
        n_tokens: [N] how many tokens each word has.
        input_ids: [T] vocabulary ids, no special tokens.
        boxes: [N, 8] coordinates in text heights: left, top, right, bottom of the word and of its
            line, or the word's corners.
        lines: [N] running number of the line that each word stands in.
        shapes: [N] how each word is written, see `layout.word_shapes`.
    """

    word_ids: Ints
    first_tokens: Ints
    n_tokens: Ints
    input_ids: Ints
    boxes: Floats
    lines: Ints
    shapes: Ints


class DocumentTokeniser:
    """Tokenises the words of pages; stateless apart from the vocabulary, safe for threads."""

    def __init__(self, tokenizer: Tokenizer, box_form: BoxForm = "word_and_line") -> None:
        """Take over a tokenizer.

        Args:
            tokenizer: WordPiece; its own truncation and padding are switched off.
            box_form: what the model was trained with.
        """
        self._box_form = box_form
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer

    def tokenise(self, pages: Sequence[Page]) -> TokenisedDocument:
        """Tokens and boxes of a document; words count over all pages in the pages' own order."""
        order, boxes, lines = _lay_out(pages)
        texts = [word.text for page in pages for word in page.words]
        encodings = self._tokenizer.encode_batch(
            [texts[i] for i in order], add_special_tokens=False
        )
        pieces = [encoding.ids[:MAX_TOKENS_PER_WORD] for encoding in encodings]
        kept = [row for row, ids in enumerate(pieces) if ids]
        if self._box_form in COLUMNS:
            boxes = boxes[:, COLUMNS[self._box_form]]
        n_tokens = np.array([len(pieces[row]) for row in kept], dtype=np.int64)
        return TokenisedDocument(
            word_ids=order[kept],
            first_tokens=np.cumsum(n_tokens) - n_tokens,
            n_tokens=n_tokens,
            input_ids=np.array([i for row in kept for i in pieces[row]], dtype=np.int64),
            boxes=boxes[kept],
            lines=lines[kept],
            shapes=np.array([word_shape(texts[order[row]]) for row in kept], dtype=np.int64),
        )


def _lay_out(pages: Sequence[Page]) -> tuple[Ints, Floats, Ints]:
    """Reading order [N], boxes [N, 8] in text heights, and line numbers [N] of all words."""
    heights = [word.quad.height for page in pages for word in page.words]
    unit = max(float(np.median(heights)), 1e-6) if heights else 1.0
    order: list[int] = []
    boxes: list[Floats] = []
    line_numbers: list[int] = []
    n_lines, n_words, below = 0, 0, 0.0
    for page in pages:
        if not page.words:
            continue
        lines = find_lines([word.quad for word in page.words])
        word_boxes = np.array([word.quad.box for word in page.words], dtype=np.float64)  # [n, 4]
        line_boxes = np.empty_like(word_boxes)
        for number, line in enumerate(lines):
            ids = list(line)
            line_boxes[ids, :2] = word_boxes[ids, :2].min(axis=0)
            line_boxes[ids, 2:] = word_boxes[ids, 2:].max(axis=0)
            order += [n_words + i for i in ids]
            line_numbers += [n_lines + number] * len(ids)
        origin = word_boxes[:, :2].min(axis=0)
        frame = np.concatenate([word_boxes, line_boxes], axis=1)  # [n, 8]
        frame = (frame - np.tile(origin, 4)) / unit
        frame[:, 1::2] += below
        below = float(frame[:, 1::2].max()) + PAGE_GAP
        boxes.append(frame[[i for line in lines for i in line]].astype(np.float32))
        n_lines += len(lines)
        n_words += len(page.words)
    if not boxes:
        empty = np.zeros(0, dtype=np.int64)
        return empty, np.zeros((0, N_COORDINATES), dtype=np.float32), empty
    return (
        np.array(order, dtype=np.int64),
        np.clip(np.concatenate(boxes), 0.0, MAX_COORDINATE),
        np.array(line_numbers, dtype=np.int64),
    )
