"""Words of several pages under one count, with their order, lines and places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from layout.result import Region
from ocr.errors import DefectError
from ocr.reading_order import dominant_angle, find_lines
from ocr.types import Page, Quad, Word

COORDINATE_DECIMALS = 2
"""Of the quads in results: a hundredth of a pixel."""


class PlacedWords:
    """The words of a document, counted over all its pages as the spatial model counts them.

    Args:
        pages: in the document's order.
    """

    def __init__(self, pages: Sequence[Page]) -> None:
        self._words: list[Word] = []
        self._page_numbers: list[int] = []
        self._offsets: list[int] = []  # of the word's page
        self._line_of: dict[int, int] = {}
        self._ranks: dict[int, int] = {}
        self._lines: list[tuple[int, ...]] = []
        for page in pages:
            offset = len(self._words)
            self._words.extend(page.words)
            self._page_numbers.extend([page.number] * len(page.words))
            self._offsets.extend([offset] * len(page.words))
            for line in find_lines([word.quad for word in page.words]):
                self._add_line(tuple(offset + i for i in line))

    def _add_line(self, word_ids: tuple[int, ...]) -> None:
        for word_id in word_ids:
            self._line_of[word_id] = len(self._lines)
            self._ranks[word_id] = len(self._ranks)
        self._lines.append(word_ids)

    def __len__(self) -> int:
        return len(self._words)

    @property
    def line_texts(self) -> list[str]:
        """The text of every line, in reading order."""
        return [self.text(line) for line in self._lines]

    def check(self, word_ids: Iterable[int]) -> None:
        """Refuse ids that no word has.

        Raises:
            DefectError: an id is out of range.
        """
        for word_id in word_ids:
            if not 0 <= word_id < len(self._words):
                raise DefectError(f"word id {word_id} is not among {len(self._words)} words")

    def rank(self, word_id: int) -> int:
        """The word's place in the reading order of the whole document."""
        return self._ranks[word_id]

    def text(self, word_ids: Iterable[int]) -> str:
        """The words as read, joined by single spaces, in the given order."""
        return " ".join(self._words[word_id].text for word_id in word_ids)

    def confidence(self, word_ids: Iterable[int]) -> float:
        """The recogniser's confidence in its least sure word, in [0, 1]."""
        return min(self._words[word_id].confidence for word_id in word_ids)

    def regions(self, word_ids: Sequence[int]) -> list[Region]:
        """One region for each line that the words stand in, in the given order of words.

        Returns:
            Regions whose `word_ids` count from 0 on their own page.
        """
        return [self._region(members) for members in self.by_line(word_ids)]

    def by_line(self, word_ids: Sequence[int]) -> list[list[int]]:
        """The same words line by line, lines and words in the given order."""
        lines: dict[int, list[int]] = {}
        for word_id in word_ids:
            lines.setdefault(self._line_of[word_id], []).append(word_id)
        return list(lines.values())

    def beside(self, word_ids: Sequence[int]) -> tuple[list[int], list[int]]:
        """The words before the first and after the last of some words, on the lines of these.

        Returns:
            Both from the nearest word to the farthest.
        """
        first = self._lines[self._line_of[word_ids[0]]]
        last = self._lines[self._line_of[word_ids[-1]]]
        before = first[: first.index(word_ids[0])]
        return list(reversed(before)), list(last[last.index(word_ids[-1]) + 1 :])

    def _region(self, word_ids: list[int]) -> Region:
        first = word_ids[0]
        quad = enclosing_quad([self._words[word_id].quad for word_id in word_ids])
        return Region(
            page=self._page_numbers[first],
            quad=rounded_corners(quad),
            word_ids=[word_id - self._offsets[first] for word_id in word_ids],
        )


def enclosing_quad(quads: Sequence[Quad]) -> Quad:
    """The smallest rectangle around quads that lies in the direction of their text.

    Args:
        quads: at least one; a single one is returned as it is.
    """
    if len(quads) == 1:
        return quads[0]
    angle = dominant_angle(quads)
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])  # row vectors: points @ turn undoes the angle
    corners = np.array([quad.corners for quad in quads]).reshape(-1, 2) @ turn  # [4 n, 2]
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    hull = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ turn.T  # [4, 2]
    points = [(float(x), float(y)) for x, y in hull]
    return Quad((points[0], points[1], points[2], points[3]))


def rounded_corners(quad: Quad) -> list[tuple[float, float]]:
    """A quad's corners as they stand in results."""
    return [(round(x, COORDINATE_DECIMALS), round(y, COORDINATE_DECIMALS)) for x, y in quad.corners]
