"""Lines and reading order from geometry alone, the same for OCR, PDF text and words files.

A *line* (segment) is a run of words that stand side by side without a column's gap; a *row* is all
lines at one height. Pages are read row by row from the top, each row from the left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ocr.types import Quad

MAX_GAP_IN_HEIGHTS = 1.0
"""Words further apart than this many text heights belong to different lines (a column's gap)."""
MIN_VERTICAL_OVERLAP = 0.5
"""Share of the smaller height that two words must have in common to stand in one row."""

Floats = npt.NDArray[np.float64]


def find_lines(quads: Sequence[Quad]) -> tuple[tuple[int, ...], ...]:
    """Group words into lines, the lines in reading order, each line's words from left to right.

    Args:
        quads: of the words, in any order, in pixels of one page.

    Returns:
        Word indices, one tuple a line; every word stands in exactly one line.
    """
    if not quads:
        return ()
    boxes = _deskewed_boxes(quads)  # [N, 4] left, top, right, bottom
    chains = _chain_words(boxes)
    hulls = np.array(
        [[*boxes[chain, :2].min(axis=0), *boxes[chain, 2:].max(axis=0)] for chain in chains]
    )
    return tuple(tuple(chains[i]) for row in _rows(hulls) for i in row)


def reading_order(quads: Sequence[Quad]) -> tuple[int, ...]:
    """Word indices in the order in which the page is read."""
    return tuple(i for line in find_lines(quads) for i in line)


def dominant_angle(quads: Sequence[Quad]) -> float:
    """The text's direction in radians: the median over the words, long ones counting more."""
    if not quads:
        return 0.0
    angles = np.array([quad.angle for quad in quads])
    weights = np.array([max(quad.width - quad.height, 0.0) + 1e-6 for quad in quads])
    order = np.argsort(angles)
    cumulated = np.cumsum(weights[order])
    return float(angles[order][np.searchsorted(cumulated, cumulated[-1] / 2)])


def _deskewed_boxes(quads: Sequence[Quad]) -> Floats:
    """Boxes [N, 4] after turning the page so that the dominant direction runs to the right."""
    angle = dominant_angle(quads)
    centers = np.array([quad.center for quad in quads])
    if abs(angle) > math.radians(0.2):
        cos, sin = math.cos(-angle), math.sin(-angle)
        centers = centers @ np.array([[cos, sin], [-sin, cos]])
        half = np.array([[quad.width, quad.height] for quad in quads]) / 2
        return np.hstack([centers - half, centers + half])
    return np.array([quad.box for quad in quads], dtype=np.float64)


def _chain_words(boxes: Floats) -> list[list[int]]:
    """Link each word to its nearest right-hand neighbour and follow the links."""
    n_words = len(boxes)
    left, top, right, bottom = boxes.T
    height = np.maximum(bottom - top, 1e-6)
    center = (left + right) / 2
    follower = np.full(n_words, -1)
    best_gap = np.full(n_words, np.inf)  # of the link that ends in the word
    leader = np.full(n_words, -1)
    for i in np.argsort(left, kind="stable"):
        overlap = np.minimum(bottom[i], bottom) - np.maximum(top[i], top)
        smaller = np.minimum(height[i], height)
        gap = left - right[i]
        near = (
            (center > center[i])
            & (overlap >= MIN_VERTICAL_OVERLAP * smaller)
            & (gap <= MAX_GAP_IN_HEIGHTS * smaller)
            & (gap > -0.5 * smaller)
        )
        near[i] = False
        candidates = np.flatnonzero(near)
        if not len(candidates):
            continue
        j = int(candidates[np.argmin(gap[candidates])])
        if gap[j] < best_gap[j]:
            if leader[j] >= 0:
                follower[leader[j]] = -1
            follower[i], leader[j], best_gap[j] = j, i, gap[j]
    chains = []
    for first in np.flatnonzero(leader < 0):
        chain = [int(first)]
        while follower[chain[-1]] >= 0:
            chain.append(int(follower[chain[-1]]))
        chains.append(chain)
    return chains


def _rows(hulls: Floats) -> list[list[int]]:
    """Group boxes [N, 4] into rows from the top; within a row from the left."""
    left, top, _, bottom = hulls.T
    rows: list[list[int]] = []
    for i in np.argsort((top + bottom) / 2, kind="stable"):
        for row in reversed(rows[-3:]):
            nearest = min(row, key=lambda j: abs(left[j] - left[i]))
            overlap = min(bottom[i], bottom[nearest]) - max(top[i], top[nearest])
            smaller = min(bottom[i] - top[i], bottom[nearest] - top[nearest])
            if overlap >= MIN_VERTICAL_OVERLAP * smaller:
                row.append(int(i))
                break
        else:
            rows.append([int(i)])
    return [sorted(row, key=lambda j: left[j]) for row in rows]
