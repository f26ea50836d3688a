"""Windows over documents longer than the model, and their scores stitched back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.tokens import N_COORDINATES, TokenisedDocument
from layout.windows import NEVER, Window, WindowScores, cut_windows, stitch

START, END = 101, 102
NO_TYPES = np.zeros(0, dtype=np.float32)
LABELS = ("a.x", "a.y")


def make_document(n_tokens: list[int]) -> TokenisedDocument:
    """A document whose word n has n_tokens[n] tokens, all with the id 1000 + n."""
    counts = np.array(n_tokens, dtype=np.int64)
    n_words = len(counts)
    return TokenisedDocument(
        word_ids=np.arange(n_words)[::-1].copy(),
        first_tokens=np.cumsum(counts) - counts,
        n_tokens=counts,
        input_ids=np.repeat(1000 + np.arange(n_words), counts),
        boxes=np.arange(n_words * N_COORDINATES, dtype=np.float32).reshape(n_words, N_COORDINATES),
        lines=np.arange(n_words),
        shapes=np.ones(n_words, dtype=np.int64),
    )


def cut(document: TokenisedDocument, max_tokens: int) -> list[Window]:
    return cut_windows(document, max_tokens=max_tokens, start_id=START, end_id=END)


def test_a_short_document_is_one_window() -> None:
    (window,) = cut(make_document([2, 1, 3]), 10)
    assert window.input_ids.tolist() == [START, 1000, 1000, 1001, 1002, 1002, 1002, END]
    assert window.word_starts.tolist() == [1, 3, 4]
    assert window.boxes[0].tolist() == window.boxes[-1].tolist() == [0.0] * N_COORDINATES
    assert window.boxes[3].tolist() == list(range(8, 16))


def test_an_empty_document_has_no_window() -> None:
    assert cut(make_document([]), 10) == []


@given(st.lists(st.integers(1, 12), min_size=1, max_size=60), st.integers(14, 40))
def test_windows_cover_all_words_within_the_bound(n_tokens: list[int], max_tokens: int) -> None:
    document = make_document(n_tokens)
    windows = cut(document, max_tokens)
    assert sorted({int(row) for w in windows for row in w.rows}) == list(range(len(n_tokens)))
    for window in windows:
        assert len(window.input_ids) <= max_tokens
        assert len(window.boxes) == len(window.input_ids)
        assert (window.input_ids[window.word_starts] == 1000 + window.rows).all()
    for before, after in pairwise(windows):
        assert after.rows[0] > before.rows[0]
        assert after.rows[-1] > before.rows[-1]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.integers(14, 40))
def test_stitching_gives_back_what_every_window_agrees_on(
    n_tokens: list[int], max_tokens: int
) -> None:
    document = make_document(n_tokens)
    n_words = len(n_tokens)
    rng = np.random.default_rng(n_words)
    initial = rng.normal(size=(2, n_words)).astype(np.float32)
    relation = rng.normal(size=(n_words, n_words)).astype(np.float32)
    windows = cut(document, max_tokens)
    scores = []
    for window in windows:
        ids = document.word_ids[window.rows]
        pairs = relation[np.ix_(ids, ids)]
        scores.append(WindowScores(initial[:, ids], pairs, -pairs, initial[0, ids], NO_TYPES))
    whole = stitch(document, windows, scores, labels=LABELS, n_words=n_words)
    assert np.array_equal(whole.initial, initial)
    assert np.array_equal(whole.key, initial[0])
    together = np.zeros((n_words, n_words), dtype=bool)
    for window in windows:
        ids = document.word_ids[window.rows]
        together[np.ix_(ids, ids)] = True
    assert whole.rel_s[together] == pytest.approx(relation[together], abs=1e-5)
    assert whole.rel_g[together] == pytest.approx(-relation[together], abs=1e-5)
    assert (whole.rel_s[~together] == NEVER).all()


def test_words_without_tokens_score_never() -> None:
    document = make_document([1, 1])
    windows = cut(document, 10)
    zeros = np.zeros((2, 2), dtype=np.float32)
    scores = [WindowScores(zeros, zeros, zeros, zeros[0], NO_TYPES)]
    whole = stitch(document, windows, scores, labels=LABELS, n_words=3)
    assert whole.n_words == 3
    assert (whole.initial[:, 2] == NEVER).all()
    assert (whole.rel_s[2] == NEVER).all()
