"""Where a description stands among the words of a page, read differently and over several lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from corpora.invoice_numbers import MISREAD, is_currency
from ocr.types import Word

MAX_JOINED: Final = 3
"""Words that may have been read as one, on either side."""
MIN_WORD_SIMILARITY: Final = 60.0
"""Percent, of two words longer than two characters; shorter ones must be equal."""
LINE_STEP: Final = 1.9
"""In text heights: how far below the next line of a description may stand at no cost."""
LEAP_COST: Final = 1.0
"""In characters, for each text height that a leap to the next word goes beyond that."""
MAX_MARK: Final = 2
"""Characters of a word that may be a misread mark ("@" as "6")."""
MAX_GAP: Final = 2.5
"""In text heights: neighbours in a row that are further apart stand in different columns."""
MAX_GAP_AFTER_CURRENCY: Final = 12.0
"""... unless the left one is a currency: its column is the number's."""
MAX_PLACES: Final = 24
"""Places considered for one description: one that stands on many lines has as many."""
MIN_SHARE: Final = 0.25
"""Of a place's weight to the description's length, below which it is none."""


@dataclass(frozen=True)
class Layout:
    """A page as alignment sees it.

    Attributes:
        words: of the page.
        lines: word ids of each line, widely set words held together.
        order: word ids in reading order.
        line_of: index of each word's line, by word id.
        boxes: [N, 4] left, top, right, bottom in pixels, by word id.
        height: the median text height in pixels.
    """

    words: Sequence[Word]
    lines: Sequence[Sequence[int]]
    order: Sequence[int]
    line_of: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float64]
    height: float

    @classmethod
    def of(cls, words: Sequence[Word], lines: Sequence[Sequence[int]]) -> Layout:
        """The layout of a page.

        Args:
            words: of the page, at least one.
            lines: word ids, as `ocr.reading_order.find_lines` gives them.
        """
        boxes = np.array([word.quad.box for word in words], dtype=np.float64)
        height = float(np.median(boxes[:, 3] - boxes[:, 1])) or 1.0
        merged = _merged(words, lines, boxes, height)
        line_of = np.zeros(len(words), dtype=np.int64)
        for number, line in enumerate(merged):
            line_of[list(line)] = number
        return cls(words, merged, [i for line in merged for i in line], line_of, boxes, height)


def _merged(
    words: Sequence[Word],
    lines: Sequence[Sequence[int]],
    boxes: npt.NDArray[np.float64],
    height: float,
) -> list[list[int]]:
    """Lines with those that go on after a gap that is not a column's, or after a currency."""
    merged: list[list[int]] = []
    for line in lines:
        if merged:
            last, first = boxes[merged[-1][-1]], boxes[line[0]]
            down = abs(first[1] + first[3] - last[1] - last[3]) / 2
            is_sign = is_currency(words[merged[-1][-1]].text)
            max_gap = MAX_GAP_AFTER_CURRENCY if is_sign else MAX_GAP
            if down < 0.6 * height and 0 <= first[0] - last[2] <= max_gap * height:
                merged[-1].extend(line)
                continue
        merged.append(list(line))
    return merged


@dataclass(frozen=True)
class Place:
    """Where a text was found: its words in path order, and the share of it that they hold."""

    word_ids: tuple[int, ...]
    share: float


def fold(text: str) -> str:
    """Letters and digits in upper case, letters that may be misread digits as those digits."""
    return "".join(char for char in text.upper() if char.isalnum()).translate(MISREAD)


def find_places(text: str, page: Layout, *, taken: Collection[int] = frozenset()) -> list[Place]:
    """The places where a text may stand, the best first.

    A place is a chain of words in reading order that resemble the text's words in their order;
    other columns' words may stand between. It is found as chains of anchors are in sequence
    alignment (Li, Minimap2, Bioinformatics 2018, section 2.1), with distances on the page as costs.

    Args:
        text: to be found.
        page: with its words.
        taken: words that belong to something else.
    """
    chains = _Chains(text, page, taken)
    places: list[Place] = []
    held: set[int] = set()
    for last in chains.best_ends():
        chain = chains.back_from(last)
        ids = [i for anchor in chain for i in chains.held(anchor)]
        if held.intersection(ids):
            continue
        held.update(ids)
        share = chains.share(last)
        if share < MIN_SHARE or len(places) == MAX_PLACES:
            break
        places.append(Place(chains.path(chain), share))
    return places


class _Chains:
    """The best chain of anchors that ends in each anchor."""

    def __init__(self, text: str, page: Layout, taken: Collection[int]) -> None:
        self._page = page
        self._targets: list[str] = []
        self._has_mark_before: list[bool] = []  # a target without letters or digits: "-", "@"
        is_marked = False
        for raw in text.split():
            folded = fold(raw)
            if folded:
                self._targets.append(folded)
                self._has_mark_before.append(is_marked)
            is_marked = not folded
        self._texts = ["" if i in taken else fold(page.words[i].text) for i in page.order]
        self._n_chars = sum(map(len, self._targets))
        self._anchor()
        self._link()

    def _anchor(self) -> None:
        """Anchors: (first target, n targets, first position, n words), and their weights."""
        anchors: list[tuple[int, int, int, int]] = []
        weights: list[float] = []
        shapes = [(1, n) for n in range(1, MAX_JOINED + 1)] + [(n, 1) for n in range(2, MAX_JOINED)]
        for n_targets, n_words in shapes:
            wanted = _joined(self._targets, n_targets)
            read = _joined(self._texts, n_words)
            if not wanted or not read:
                continue
            table = process.cdist(wanted, read, scorer=fuzz.ratio, score_cutoff=MIN_WORD_SIMILARITY)
            for target, position in zip(*np.nonzero(table), strict=True):
                if not self._is_anchor(wanted[target], read[position], table[target, position]):
                    continue
                if n_words > 1 and not self._is_one_line(position, n_words):
                    continue
                anchors.append((int(target), n_targets, int(position), n_words))
                weights.append(len(wanted[target]) * float(table[target, position]) / 100)
        self._anchors = np.array(anchors, dtype=np.int64).reshape(-1, 4)  # [A, 4]
        self._weights = np.array(weights)
        order = np.lexsort((self._anchors[:, 0], self._anchors[:, 2]))
        self._anchors, self._weights = self._anchors[order], self._weights[order]

    @staticmethod
    def _is_anchor(wanted: str, read: str, similarity: float) -> bool:
        return bool(read) and (similarity == 100 or (len(wanted) > 2 and len(read) > 1))

    def _is_one_line(self, position: int, n_words: int) -> bool:
        ids = self._page.order[position : position + n_words]
        return len({int(self._page.line_of[i]) for i in ids}) <= 1

    def _link(self) -> None:
        """Score of the best chain into each anchor, and the anchor before it (-1 for none)."""
        n_anchors = len(self._anchors)
        self._scores = self._weights.copy()
        self._before = np.full(n_anchors, -1)
        if not n_anchors:
            return
        target, n_targets, position, n_words = self._anchors.T
        order = np.array(self._page.order)
        first, last = order[position], order[position + n_words - 1]
        boxes, height = self._page.boxes, self._page.height
        middle = (boxes[:, 1] + boxes[:, 3]) / 2
        for i in range(1, n_anchors):
            before = slice(0, i)
            is_next = (target[before] + n_targets[before] <= target[i]) & (
                position[before] + n_words[before] <= position[i]
            )
            down = np.abs(middle[first[i]] - middle[last[before]]) / height
            across = (boxes[first[i], 0] - boxes[last[before], 2]) / height
            cost = LEAP_COST * np.maximum(down - LINE_STEP, 0.0)
            is_beside = down < 0.7
            cost += np.where(is_beside, 0.15 * np.maximum(across - 1.5, 0.0), 0.2)
            n_missed = target[i] - target[before] - n_targets[before]
            gains = np.where(is_next, self._scores[before] - cost - 0.2 * n_missed, -np.inf)
            best = int(np.argmax(gains))
            if gains[best] > 0:
                self._scores[i] += gains[best]
                self._before[i] = best

    def best_ends(self) -> list[int]:
        """Anchors by the score of the chain that ends there, the best first."""
        return [int(i) for i in np.argsort(-self._scores, kind="stable")]

    def back_from(self, last: int) -> list[int]:
        """A chain's anchors in order."""
        chain = [last]
        while self._before[chain[-1]] >= 0:
            chain.append(int(self._before[chain[-1]]))
        return chain[::-1]

    def share(self, last: int) -> float:
        """A chain's score as a share of the text's length."""
        return float(self._scores[last]) / max(self._n_chars, 1)

    def held(self, anchor: int) -> Sequence[int]:
        """The words of an anchor."""
        _, _, position, n_words = self._anchors[anchor]
        return self._page.order[position : position + n_words]

    def path(self, chain: Sequence[int]) -> tuple[int, ...]:
        """A chain's words, with the misread ones between them that stand for missed targets."""
        path: list[int] = list(self._lead(chain[0]))
        for before, anchor in zip([None, *chain[:-1]], chain, strict=True):
            if before is not None:
                path += self._between(before, anchor)
            path += self.held(anchor)
        return (*path, *self._tail(chain[-1]))

    def _between(self, before: int, after: int) -> Sequence[int]:
        target, n_targets, position, n_words = self._anchors[before]
        next_target, start, stop = (
            self._anchors[after][0],
            position + n_words,
            self._anchors[after][2],
        )
        ids = self._page.order[start:stop]
        if next_target == target + n_targets:
            is_mark = self._has_mark_before[next_target] and all(
                len(self._page.words[i].text) <= MAX_MARK for i in ids
            )
            return ids if is_mark and self._is_one_line(start, stop - start) else ()
        return self._misread(self._targets[target + n_targets : next_target], start, stop)

    def _lead(self, anchor: int) -> Sequence[int]:
        target, _, position, _ = self._anchors[anchor]
        missed = self._targets[:target]
        start = position
        while self._goes_on(missed, start - 1, position) and self._is_same_line(
            start - 1, position
        ):
            start -= 1
        return self._misread(missed, start, position)

    def _tail(self, anchor: int) -> Sequence[int]:
        target, n_targets, position, n_words = self._anchors[anchor]
        missed = self._targets[target + n_targets :]
        start = stop = position + n_words
        while self._goes_on(missed, start, stop) and self._is_same_line(start - 1, stop):
            stop += 1
        return self._misread(missed, start, stop)

    def _goes_on(self, missed: Sequence[str], start: int, stop: int) -> bool:
        """Whether the words so far are too few for the missed targets."""
        n_read = sum(map(len, self._texts[max(start, 0) : stop]))
        return bool(missed) and n_read < sum(map(len, missed)) - 1

    def _is_same_line(self, one: int, other: int) -> bool:
        if not (0 <= one < len(self._page.order) and 0 <= other < len(self._page.order)):
            return False
        line_of = self._page.line_of
        return bool(line_of[self._page.order[one]] == line_of[self._page.order[other]])

    def _misread(self, missed: Sequence[str], start: int, stop: int) -> Sequence[int]:
        """Words at positions start to stop if they are about as long as the missed targets."""
        wanted, read = "".join(missed), "".join(self._texts[start:stop])
        if not wanted or not read or not self._is_one_line(start, stop - start):
            return ()
        is_alike = abs(len(read) - len(wanted)) <= 1 + 0.4 * len(wanted)
        return self._page.order[start:stop] if is_alike else ()


def _joined(texts: Sequence[str], n: int) -> list[str]:
    return ["".join(texts[i : i + n]) for i in range(len(texts) - n + 1)]
