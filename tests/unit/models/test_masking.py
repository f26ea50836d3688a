"""Hidden words: whole, with their shapes, and with what they were kept for the guess."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layout.windows import Window
from layout.word_shapes import ENDS_IN_COLON
from models.masking import NO_GUESS, MaskingConfig, draw_masked, mask_window

START, END, MASK, COLON = 101, 102, 103, 1024


def make_window(n_tokens: list[int]) -> Window:
    """Words in a row, each one text height wide, their last token a colon."""
    counts = np.array(n_tokens)
    starts = np.cumsum(counts) - counts + 1
    ids = np.arange(int(counts.sum())) + 2000
    ids[starts + counts - 2] = COLON
    word_boxes = np.zeros((len(counts), 8), dtype=np.float32)
    word_boxes[:, 0], word_boxes[:, 2] = np.arange(len(counts)), np.arange(len(counts)) + 1
    word_boxes[:, 3] = 1
    edge = np.zeros((1, 8), dtype=np.float32)
    return Window(
        rows=np.arange(len(counts)),
        input_ids=np.concatenate([[START], ids, [END]]),
        boxes=np.concatenate([edge, np.repeat(word_boxes, counts, axis=0), edge]),
        shapes=np.concatenate([[0], np.full(len(ids), ENDS_IN_COLON + 1), [0]]),
        word_starts=starts,
    )


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40), st.integers(0, 1000))
def test_words_are_hidden_whole_and_remembered(n_tokens: list[int], seed: int) -> None:
    window = make_window(n_tokens)
    config = MaskingConfig(words=0.4)
    masked, guesses = mask_window(
        window, config, mask_id=MASK, colon_id=COLON, rng=np.random.default_rng(seed)
    )
    hidden = guesses != NO_GUESS
    assert (guesses[hidden] == window.input_ids[hidden]).all()
    assert (masked.input_ids[~hidden] == window.input_ids[~hidden]).all()
    assert (masked.shapes[~hidden] == window.shapes[~hidden]).all()
    assert not hidden[0]
    assert not hidden[-1]
    for start, n in zip(window.word_starts, n_tokens, strict=True):
        assert len(set(hidden[start : start + n].tolist())) == 1
    assert (masked.shapes[masked.input_ids == MASK] == 0).all()


def test_most_hidden_tokens_are_masked_and_some_are_kept_or_replaced() -> None:
    window = make_window([1] * 2000)
    masked, guesses = mask_window(
        window,
        MaskingConfig(words=0.5),
        mask_id=MASK,
        colon_id=None,
        rng=np.random.default_rng(0),
    )
    hidden = guesses != NO_GUESS
    assert 0.45 < hidden.mean() < 0.55
    assert 0.76 < (masked.input_ids[hidden] == MASK).mean() < 0.84


def test_an_area_is_hidden_as_a_whole() -> None:
    boxes = make_window([1] * 300).boxes[1:-1]
    config = MaskingConfig(words=0.0, areas=0.1, area_width=20.0)
    masked = draw_masked(boxes, config, np.random.default_rng(1))
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], masked, [0]]))))[::2]
    assert masked.sum() >= 30
    assert runs.max() >= 10


def test_a_hidden_colon_leaves_the_word_and_its_kind() -> None:
    window = make_window([3] * 50)
    config = MaskingConfig(words=0.0, colons=0.5)
    masked, guesses = mask_window(
        window, config, mask_id=MASK, colon_id=COLON, rng=np.random.default_rng(2)
    )
    gone = masked.input_ids == MASK
    assert 10 < gone.sum() < 40
    assert (window.input_ids[gone] == COLON).all()
    assert (guesses[gone] == COLON).all()
    start = window.word_starts[window.word_starts + 2 == np.flatnonzero(gone)[0]][0]
    assert masked.shapes[start : start + 3].tolist() == [2, 2, 2]
