"""From a line's characters to its words and their places.

The recogniser says in which column each character has its middle; the ink of the line says where
between two characters the gap is, and how wide. Recognisers leave out many a space that is plain
to see, above all around colons and between columns of figures: a gap that is wide for its kind
of neighbours parts words too.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.engine import Image
from ocr.engines.recogniser import ReadLine
from ocr.types import Point, Quad, Word

INK_CONTRAST = 0.35
"""A pixel is ink if it stands out from the ground by this share of the line's contrast."""
MIN_CONTRAST = 16.0
"""Grey levels below which a line is taken to have no ink at all."""
MIN_INK_ROWS = 2
HOLLOW = 0.75
"""Share of half a character around its middle where no gap is sought: an O is empty inside."""
MIN_USUAL_GAP = 3.0
"""Columns; letters that touch would else make every gap look wide."""

# A gap parts words from `factor` times the line's usual gap plus `columns` of the 48-row line,
# fitted on every eighth SROIE training page.
_BETWEEN_LETTERS = (2.0, 18.0)
_BETWEEN_DIGITS = (2.0, 6.0)
_LETTER_AND_DIGIT = (0.0, 14.0)
_BEFORE_COLON = (1.0, 8.0)
_AFTER_COLON = (0.0, 10.0)
_BEFORE_STOP = (2.0, 18.0)
_AFTER_STOP = (2.0, 6.0)
_ELSE = (1.0, 10.0)

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Gap:
    """The blank columns between two neighbouring characters.

    Attributes:
        start: as a fraction of the line.
        end: likewise.
        columns: its width in columns of the line; 0 where ink leaves none.
    """

    start: float
    end: float
    columns: int


@dataclass(frozen=True, slots=True)
class _Run:
    """The characters of one word: from `first` up to but without `last`."""

    first: int
    last: int
    start: float
    end: float


def split_words(line: Image, read: ReadLine, quad: Quad) -> tuple[Word, ...]:
    """Split a line into white-space-separated words and place each.

    Args:
        line: the straightened line, RGB uint8 [48, W, 3].
        read: its characters.
        quad: the line's place on the page.

    Returns:
        The words from left to right, their quads in pixels of the page.
    """
    characters = narrow_forms(read.characters)
    visible = [i for i, character in enumerate(characters) if not character.isspace()]
    if not visible:
        return ()
    ink = ink_columns(line)
    return tuple(
        Word(
            text="".join(characters[run.first : run.last]),
            quad=part_of(quad, run.start, run.end),
            confidence=float(np.clip(read.scores[run.first : run.last].mean(), 0.0, 1.0)),
        )
        for run in _runs(characters, visible, read.positions, ink)
    )


def narrow_forms(characters: Sequence[str]) -> tuple[str, ...]:
    """Full-width Latin forms as plain ones, unless the line holds East Asian text."""
    if any(unicodedata.category(c[:1] or " ") == "Lo" for c in characters):
        return tuple(characters)
    return tuple(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in characters)


def part_of(quad: Quad, start: float, end: float) -> Quad:
    """The part of a line's quad between two fractions of its length."""
    top_left, top_right, bottom_right, bottom_left = quad.corners

    def between(a: Point, b: Point, share: float) -> Point:
        return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share

    return Quad(
        (
            between(top_left, top_right, start),
            between(top_left, top_right, end),
            between(bottom_left, bottom_right, end),
            between(bottom_left, bottom_right, start),
        )
    )


def ink_columns(line: Image) -> Bools:
    """Which columns of a straightened line, uint8 [48, W, 3], hold ink: bool [W]."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY).astype(np.float32)
    inner = grey[4:-4]  # the neighbouring lines' tails reach into the outermost rows
    deviation = np.abs(inner - np.median(inner))
    contrast = float(np.percentile(deviation, 98))
    if contrast < MIN_CONTRAST:
        return np.zeros(line.shape[1], dtype=np.bool_)
    dark: Bools = (deviation > INK_CONTRAST * contrast).sum(axis=0) >= MIN_INK_ROWS
    return dark


def _runs(
    characters: Sequence[str],
    visible: Sequence[int],
    positions: npt.NDArray[np.float32],
    ink: Bools,
) -> list[_Run]:
    """The words of a line with their extent along it."""
    pairs = list(itertools.pairwise(visible))
    half = _half_character(pairs, positions)
    gaps = [_gap(float(positions[a]), float(positions[b]), half, ink) for a, b in pairs]
    inner = [gap.columns for gap, (a, b) in zip(gaps, pairs, strict=True) if b == a + 1]
    usual = max(float(np.median(inner)), MIN_USUAL_GAP) if inner else MIN_USUAL_GAP
    first, start = visible[0], _start(float(positions[visible[0]]), half, ink)
    runs = []
    for gap, (a, b) in zip(gaps, pairs, strict=True):
        if b > a + 1 or _is_wide(gap.columns, usual, characters[a], characters[b]):
            runs.append(_Run(first, a + 1, start, gap.start))
            first, start = b, gap.end
    end = 1.0 - _start(1.0 - float(positions[visible[-1]]), half, ink[::-1])
    return [*runs, _Run(first, visible[-1] + 1, start, end)]


def _is_wide(columns: int, usual: float, before: str, after: str) -> bool:
    """Whether a gap between these two characters parts words."""
    factor, offset = _gap_kind(before, after)
    return columns > factor * usual + offset


def _gap_kind(before: str, after: str) -> tuple[float, float]:
    stops = {".", ","}
    if before.isalpha() and after.isalpha():
        return _BETWEEN_LETTERS
    if before.isdigit() and after.isdigit():
        return _BETWEEN_DIGITS
    if before.isalnum() and after.isalnum():
        return _LETTER_AND_DIGIT
    if ":" in (before, after):
        return _BEFORE_COLON if after == ":" else _AFTER_COLON
    if stops & {before, after}:
        return _BEFORE_STOP if after in stops else _AFTER_STOP
    return _ELSE


def _half_character(pairs: Sequence[tuple[int, int]], positions: npt.NDArray[np.float32]) -> float:
    """Half the usual distance between neighbouring characters, as a fraction of the line."""
    steps = [float(positions[b] - positions[a]) for a, b in pairs if b == a + 1]
    return float(np.median(steps)) / 2 if steps else 0.5


def _gap(left: float, right: float, half: float, ink: Bools) -> _Gap:
    """The widest run of columns without ink between two characters' middles.

    Where ink leaves none, the gap has no width and stands half-way.
    """
    blank = _blanks(left, right, ink)
    if not blank:
        middle = (left + right) / 2
        spare = max((right - left) / 2 - half, 0.0)  # beyond the characters' own halves
        return _Gap(middle - spare, middle + spare, 0)
    low, high = max(blank, key=lambda span: span[1] - span[0])
    return _Gap(max(left, low / len(ink)), min(right, high / len(ink)), high - low)


def _start(middle: float, half: float, ink: Bools) -> float:
    """Where a line's first character starts, as a fraction of the line."""
    half = min(half, middle)
    blank = _blanks(0.0, middle - HOLLOW * half, ink)
    return blank[-1][1] / len(ink) if blank else middle - half


def _blanks(left: float, right: float, ink: Bools) -> list[tuple[int, int]]:
    """The runs of columns without ink between two fractions of the line: [start, end)."""
    width = len(ink)
    low, high = int(left * width), int(np.ceil(right * width))
    edges = np.diff((~ink[low:high]).astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1) + low, np.flatnonzero(edges == -1) + low
    return [(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]
