"""From a line's characters to its words and their places.

The recogniser says in which column each character has its middle; the ink of the line says where
between two words the gap is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

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

Spans = list[tuple[float, float]]


def split_words(line: Image, read: ReadLine, quad: Quad) -> tuple[Word, ...]:
    """Split a line at its white space and place each word.

    Args:
        line: the straightened line, RGB uint8 [48, W, 3].
        read: its characters.
        quad: the line's place on the page.

    Returns:
        The words from left to right, their quads in pixels of the page.
    """
    runs = _runs(read.characters)
    if not runs:
        return ()
    spans = _spans(runs, read.positions, ink_columns(line))
    return tuple(
        Word(
            text="".join(read.characters[first:last]),
            quad=part_of(quad, start, end),
            confidence=float(np.clip(read.scores[first:last].mean(), 0.0, 1.0)),
        )
        for (first, last), (start, end) in zip(runs, spans, strict=True)
    )


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


def ink_columns(line: Image) -> npt.NDArray[np.bool_]:
    """Which columns of a straightened line, uint8 [48, W, 3], hold ink: bool [W]."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY).astype(np.float32)
    inner = grey[4:-4]  # the neighbouring lines' tails reach into the outermost rows
    deviation = np.abs(inner - np.median(inner))
    contrast = float(np.percentile(deviation, 98))
    if contrast < MIN_CONTRAST:
        return np.zeros(line.shape[1], dtype=np.bool_)
    dark: npt.NDArray[np.bool_] = (deviation > INK_CONTRAST * contrast).sum(axis=0) >= MIN_INK_ROWS
    return dark


def _runs(characters: Sequence[str]) -> list[tuple[int, int]]:
    """First and past-the-last index of each run without white space."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for i, character in enumerate([*characters, " "]):
        if character.isspace():
            if start is not None:
                runs.append((start, i))
            start = None
        elif start is None:
            start = i
    return runs


def _spans(
    runs: Sequence[tuple[int, int]],
    positions: npt.NDArray[np.float32],
    ink: npt.NDArray[np.bool_],
) -> Spans:
    """Where each word starts and ends, as fractions of the line."""
    half = _half_character(runs, positions)
    edges = [0.0]
    for (_, last), (first, _) in itertools.pairwise(runs):
        left, right = float(positions[last - 1]), float(positions[first])
        edges.extend(_gap(left, right, min(half, (right - left) / 2), ink))
    edges.append(1.0)
    first_middle, last_middle = float(positions[runs[0][0]]), float(positions[runs[-1][1] - 1])
    edges[0] = _gap(0.0, first_middle, min(half, first_middle), ink, is_left_end=True)[1]
    edges[-1] = _gap(last_middle, 1.0, min(half, 1.0 - last_middle), ink, is_right_end=True)[0]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _half_character(runs: Sequence[tuple[int, int]], positions: npt.NDArray[np.float32]) -> float:
    """Half the usual distance between neighbouring characters, as a fraction of the line."""
    steps = np.concatenate([np.diff(positions[first:last]) for first, last in runs])
    if len(steps):
        return float(np.median(steps)) / 2
    return min(float(positions[0]), 1.0 - float(positions[-1]))


def _gap(
    left: float,
    right: float,
    half: float,
    ink: npt.NDArray[np.bool_],
    *,
    is_left_end: bool = False,
    is_right_end: bool = False,
) -> tuple[float, float]:
    """The blank between two characters' middles: its start and end as fractions of the line.

    The widest run of columns without ink; where there is none, half a character from each middle.
    """
    guess = (left if is_left_end else left + half, right if is_right_end else right - half)
    width = len(ink)
    low, high = int(left * width), int(np.ceil(right * width))
    blank = np.flatnonzero(~ink[low:high]) + low
    if not len(blank):
        return guess
    groups = np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1)
    widest = max(groups, key=len)
    return max(left, widest[0] / width), min(right, (widest[-1] + 1) / width)
