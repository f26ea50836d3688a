"""Cuts documents longer than the model into overlapping windows and stitches their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layout.graph import Floats, GraphScores
from layout.tokens import N_COORDINATES, Ints, TokenisedDocument

NEVER = np.float32(-30.0)
"""Logit of what no window could see together: a probability of 1e-13."""


@dataclass(frozen=True)
class Window:
    """What the model sees at once: n words as t tokens between the two special ones.

    Attributes:
        rows: [n] rows of the tokenised document (reading order) that the window holds.
        input_ids: [t + 2] with the special tokens at both ends.
        boxes: [t + 2, 8] in text heights; zeros at the special tokens.
        shapes: [t + 2] of the tokens' words; zeros at the special tokens.
        word_starts: [n] position in `input_ids` of each word's first token.
    """

    rows: Ints
    input_ids: Ints
    boxes: Floats
    shapes: Ints
    word_starts: Ints


@dataclass(frozen=True)
class WindowScores:
    """The model's output for one window of n words; logits relative to "none" at 0.

    Attributes:
        initial: [F, n].
        rel_s: [n, n].
        rel_g: [n, n].
        key: [n].
        types: [K] of the document types, only their differences count; K is 0 where the model does
            not tell types apart.
    """

    initial: Floats
    rel_s: Floats
    rel_g: Floats
    key: Floats
    types: Floats


def cut_windows(
    document: TokenisedDocument, *, max_tokens: int, start_id: int, end_id: int
) -> list[Window]:
    """Windows of whole words, each overlapping its predecessor by about a quarter.

    Args:
        document: with at least one word, or none (then there is no window).
        max_tokens: the model's length, the two special tokens included.
        start_id: vocabulary id of the first special token.
        end_id: vocabulary id of the last special token.
    """
    budget = max_tokens - 2
    n_words = len(document.word_ids)
    ends = document.first_tokens + document.n_tokens
    windows = []
    first = 0
    while first < n_words:
        limit = document.first_tokens[first] + budget
        stop = max(int(np.searchsorted(ends, limit, side="right")), first + 1)
        windows.append(_window(document, first, stop, (start_id, end_id)))
        if stop == n_words:
            break
        # Far enough on that the window reaches past this one, however long the next word is.
        start = max(ends[stop - 1] - budget // 4, ends[stop] - budget)
        first = max(int(np.searchsorted(document.first_tokens, start)), first + 1)
    return windows


def _window(document: TokenisedDocument, first: int, stop: int, special: tuple[int, int]) -> Window:
    rows = np.arange(first, stop, dtype=np.int64)
    start = int(document.first_tokens[first])
    end = int(document.first_tokens[stop - 1] + document.n_tokens[stop - 1])
    boxes = np.repeat(document.boxes[rows], document.n_tokens[rows], axis=0)  # [t, 8]
    shapes = np.repeat(document.shapes[rows], document.n_tokens[rows])  # [t]
    edge = np.zeros((1, N_COORDINATES), dtype=np.float32)
    return Window(
        rows=rows,
        input_ids=np.concatenate(
            [[special[0]], document.input_ids[start:end], [special[1]]]
        ).astype(np.int64),
        boxes=np.concatenate([edge, boxes, edge]),
        shapes=np.concatenate([[0], shapes, [0]]).astype(np.int64),
        word_starts=document.first_tokens[rows] - start + 1,
    )


def stitch(
    document: TokenisedDocument,
    windows: Sequence[Window],
    scores: Sequence[WindowScores],
    *,
    labels: tuple[str, ...],
    n_words: int,
    types: tuple[str, ...] = (),
) -> GraphScores:
    """One document's scores from its windows'.

    A word's own scores come from the window in which it stands furthest from an edge; a pair's are
    the mean over the windows that hold both words. The windows' words vote on the type.

    Args:
        document: as cut.
        windows: of the document.
        scores: of the windows, in their order.
        labels: names of the rows of `initial`.
        n_words: of the document, the ones without tokens included; those score `NEVER`.
        types: names of the K document types.
    """
    initial = np.full((len(labels), n_words), NEVER, dtype=np.float32)
    key = np.full(n_words, NEVER, dtype=np.float32)
    rel_s = np.zeros((n_words, n_words), dtype=np.float32)
    rel_g = np.zeros((n_words, n_words), dtype=np.float32)
    seen = np.zeros((n_words, n_words), dtype=np.float32)
    depth = np.full(n_words, -1)
    for window, score in zip(windows, scores, strict=True):
        ids = document.word_ids[window.rows]
        n = len(ids)
        depth_here = np.minimum(np.arange(n), np.arange(n)[::-1])
        deeper = depth_here > depth[ids]
        initial[:, ids[deeper]] = score.initial[:, deeper]
        key[ids[deeper]] = score.key[deeper]
        depth[ids[deeper]] = depth_here[deeper]
        pairs = np.ix_(ids, ids)
        rel_s[pairs] += score.rel_s
        rel_g[pairs] += score.rel_g
        seen[pairs] += 1
    unseen = seen == 0
    rel_s = np.where(unseen, NEVER, rel_s / np.maximum(seen, 1))
    rel_g = np.where(unseen, NEVER, rel_g / np.maximum(seen, 1))
    order = np.full(n_words, n_words, dtype=np.int64)
    order[document.word_ids] = np.arange(len(document.word_ids))
    return GraphScores(
        labels=labels,
        initial=initial,
        rel_s=rel_s,
        rel_g=rel_g,
        key=key,
        types=_vote(windows, scores, types),
        order=order,
    )


def _vote(
    windows: Sequence[Window], scores: Sequence[WindowScores], types: tuple[str, ...]
) -> dict[str, float]:
    """Probabilities of the document's types: the windows' means, each weighing as its words."""
    if not types or not windows:
        return {}
    logits = np.stack([score.types for score in scores]).astype(np.float64)  # [W, K]
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    mean = np.average(shares, axis=0, weights=[len(window.rows) for window in windows])
    return dict(zip(types, mean.tolist(), strict=True))
