"""Quarter turns and skew: the geometry of putting a page upright."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from ocr.engine import Image, QuarterTurn, RightedLines, TextLine
from ocr.types import Point, Quad, Word

TURNS: tuple[QuarterTurn, ...] = (0, 90, 180, 270)
SURE = 0.9
"""A mean line confidence from which nobody asks whether the page lies wrongly: upside-down or
sideways text is read with far less."""

MIN_TELLING_LENGTH = 3
"""Characters from which a line's shape tells whether it runs across the page."""


def undo_turn(image: Image, turn: QuarterTurn) -> Image:
    """Turn a picture back that was found turned clockwise by `turn` degrees."""
    return np.ascontiguousarray(np.rot90(image, turn // 90)) if turn else image


def read_by_trial(
    read: Callable[[Image], tuple[TextLine, ...]], image: Image, *, sure: float = SURE
) -> RightedLines:
    """Right a page with an engine of which nothing is known: read it in all four turns.

    A page that reads well as it lies costs nothing extra.

    Args:
        read: of the engine.
        image: RGB uint8 [H, W, 3].
        sure: mean confidence with which the picture is taken to be upright at once.
    """
    best = RightedLines(0, read(image))
    best_weight, confidence = _evidence(best.lines)
    if confidence >= sure:
        return best
    for turn in TURNS[1:]:
        lines = read(undo_turn(image, turn))
        weight, _ = _evidence(lines)
        if weight > best_weight:
            best, best_weight = RightedLines(turn, lines), weight
    return best


def _evidence(lines: Sequence[TextLine]) -> tuple[float, float]:
    """How much was read, confident characters counting more; and the mean confidence.

    Lines that run up or down count nothing: some engines read them, but the page lies wrongly.
    """
    n_characters = sum(len(line.text) for line in lines)
    across = [line for line in lines if _runs_across(line)]
    weight = sum(len(line.text) * line.confidence**3 for line in across)
    total = sum(len(line.text) * line.confidence for line in across)
    return weight, total / max(n_characters, 1)


def _runs_across(line: TextLine) -> bool:
    left, top, right, bottom = line.quad.box
    return right - left >= bottom - top or len(line.text) < MIN_TELLING_LENGTH


def undo_skew(image: Image, words: Sequence[Word], angle: float) -> tuple[Image, tuple[Word, ...]]:
    """Turn a page and its words by a small angle so that the text lies level.

    Args:
        image: RGB uint8 [H, W, 3].
        words: in pixels of it.
        angle: of the text in radians, clockwise positive; it becomes 0.

    Returns:
        The turned picture, large enough to hold every corner, what was outside white; the words
        in its pixels.
    """
    height, width = image.shape[:2]
    cos, sin = math.cos(angle), math.sin(angle)
    new_width = math.ceil(width * abs(cos) + height * abs(sin))
    new_height = math.ceil(width * abs(sin) + height * abs(cos))
    shift_x = (new_width - cos * width - sin * height) / 2
    shift_y = (new_height + sin * width - cos * height) / 2
    matrix = np.array([[cos, sin, shift_x], [-sin, cos, shift_y]])
    turned = cv2.warpAffine(
        image,
        matrix,
        (new_width, new_height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )

    def move(point: Point) -> Point:
        x, y = point
        return cos * x + sin * y + shift_x, -sin * x + cos * y + shift_y

    return np.asarray(turned, dtype=np.uint8), tuple(
        Word(word.text, _moved(word.quad, move), word.confidence) for word in words
    )


def _moved(quad: Quad, move: Callable[[Point], Point]) -> Quad:
    a, b, c, d = quad.corners
    return Quad((move(a), move(b), move(c), move(d)))


def clip_words(words: Sequence[Word], width: int, height: int) -> tuple[Word, ...]:
    """Move corners that lie outside a page of this size onto its edge."""

    def clip(point: Point) -> Point:
        return min(max(point[0], 0.0), float(width)), min(max(point[1], 0.0), float(height))

    return tuple(Word(word.text, _moved(word.quad, clip), word.confidence) for word in words)
