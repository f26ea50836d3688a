"""Which printed words a read word covers: by where they lie and by what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from ocr.types import Word

LEAST_OVERLAP = 0.15
"""Share of the shorter word along the line from which two words are compared at all."""
LEAST_SCORE = 0.5
"""A word that lies wholly on another counts as covering it even if nothing of its text agrees."""
MAX_OFFSET = 0.55
"""Distance across the line, in heights of the taller word, up to which two words share a line."""
MISREAD_CREDIT = 0.5
"""Of a character that was read as another one in the same place."""

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cover:
    """A printed word that a read word covers, wholly or in part.

    Attributes:
        printed: its place among the printed words.
        n_characters: of it that the read word holds, misread ones counted by half.
        start: where in the printed word the read one begins, 0 at its start and 1 at its end.
    """

    printed: int
    n_characters: float
    start: float


def covers(read: Sequence[Word], printed: Sequence[Word]) -> list[tuple[Cover, ...]]:
    """For each read word the printed words that it covers, from its start to its end.

    Args:
        read: words as an engine found them.
        printed: words that stand on the page, in the same pixels.
    """
    if not read or not printed:
        return [() for _ in read]
    lines = _Line.of(read)
    starts, stops = _reaches(lines, printed)
    overlaps = np.minimum(stops, lines.width[:, None]) - np.maximum(starts, 0.0)
    of_read = np.clip(overlaps / lines.width[:, None], 0.0, 1.0)
    of_printed = np.clip(overlaps / np.maximum(stops - starts, 1e-6), 0.0, 1.0)
    share = np.maximum(of_read, of_printed)
    share[_offsets(lines, printed) > 1.0] = 0.0
    found = []
    for i, word in enumerate(read):
        near = np.flatnonzero(share[i] >= LEAST_OVERLAP)
        near = near[np.argsort(starts[i, near], kind="stable")]
        parts = _credits(word.text, [printed[j].text for j in near])
        found.append(
            tuple(
                Cover(int(j), credit, _start(starts[i, j], stops[i, j]))
                for j, credit in zip(near.tolist(), parts, strict=True)
                if _score(share[i, j], credit, word.text, printed[j].text) >= LEAST_SCORE
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    """Read words as pieces of lines, each [N] or [N, 2]: the left end's middle, direction, size."""

    origin: Shares
    along: Shares
    width: Shares
    height: Shares

    @classmethod
    def of(cls, words: Sequence[Word]) -> _Line:
        left, right = _ends(words)
        run = right - left
        width = np.maximum(np.hypot(run[:, 0], run[:, 1]), 1e-6)
        heights = np.array([max(word.quad.height, 1e-6) for word in words])
        return cls(left, run / width[:, None], width, heights)


def _ends(words: Sequence[Word]) -> tuple[Shares, Shares]:
    """Middles of the words' left and right sides, [N, 2] each."""
    corners = np.array([word.quad.corners for word in words])  # [N, 4, 2]
    return (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2


def _reaches(lines: _Line, printed: Sequence[Word]) -> tuple[Shares, Shares]:
    """Where along each read word each printed one starts and stops, [N, M], in pixels."""
    left, right = _ends(printed)
    zero = np.sum(lines.origin * lines.along, axis=1)[:, None]
    a, b = lines.along @ left.T - zero, lines.along @ right.T - zero
    return np.minimum(a, b), np.maximum(a, b)


def _offsets(lines: _Line, printed: Sequence[Word]) -> Shares:
    """How far across the line the printed words' middles lie, [N, M], as shares of the limit."""
    left, right = _ends(printed)
    across = np.column_stack([-lines.along[:, 1], lines.along[:, 0]])
    zero = np.sum(lines.origin * across, axis=1)[:, None]
    heights = np.array([word.quad.height for word in printed])
    away = np.abs(across @ ((left + right) / 2).T - zero)
    offsets: Shares = away / (MAX_OFFSET * np.maximum(lines.height[:, None], heights[None, :]))
    return offsets


def _credits(text: str, candidates: Sequence[str]) -> list[float]:
    """How many characters of each candidate the text holds, all candidates taken in a row."""
    owners = [number for number, candidate in enumerate(candidates) for _ in candidate]
    held = [0.0] * len(candidates)
    row = "".join(candidates)
    for step in Levenshtein.opcodes(row.casefold(), text.casefold()):
        credit = {"equal": 1.0, "replace": MISREAD_CREDIT}.get(step.tag, 0.0)
        for place in range(step.src_start, min(step.src_end, len(owners))):
            held[owners[place]] += credit
    return held


def _score(share: float, credit: float, text: str, printed: str) -> float:
    alike = credit / max(1, min(len(text), len(printed)))
    return 0.5 * share + 0.5 * min(1.0, alike)


def _start(start: float, stop: float) -> float:
    return min(1.0, max(0.0, -start / max(stop - start, 1e-6)))
