"""The document as one text, with its lines, and where each word stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.azure.geometry import PagePlane, around
from api.azure.indexing import StringIndexType, TextIndex
from layout.result import DocumentResult, PageEntry, Region, WordEntry

JsonObject = dict[str, object]
Place = tuple[int, int]
"""Start and end in code points."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: its words' ids, and where it stands in the text."""

    word_ids: tuple[int, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class _PageText:
    """One page: its plane, its place in the text, its words' places, its lines."""

    plane: PagePlane
    place: Place
    words: list[Place]
    lines: list[_Line]


class Content:
    """The text of a document.

    Words of a line are parted by a blank, lines and pages by a line break.

    Args:
        result: with every page's words.
        unit: of offsets and lengths.
    """

    def __init__(self, result: DocumentResult, unit: StringIndexType) -> None:
        self._pages: dict[int, _PageText] = {}
        texts: list[str] = []
        at = 0
        for page in result.pages:
            text, pieces = _page_text(page, at)
            self._pages[page.number] = text
            if pieces:
                texts.append(pieces)
                at += len(pieces) + 1
        self.text = "\n".join(texts)
        self._index = TextIndex(self.text, unit)

    def pages(self) -> list[JsonObject]:
        """The entries of the pages, with words and lines."""
        return [self._page(text) for text in self._pages.values()]

    def spans(self, regions: Sequence[Region]) -> list[JsonObject]:
        """Where the words of regions stand in the text; neighbours make one span."""
        places = [
            self._pages[region.page].words[word_id]
            for region in regions
            if region.page in self._pages
            for word_id in region.word_ids
            if 0 <= word_id < len(self._pages[region.page].words)
        ]
        return [self._span(place) for place in _joined(places)]

    def bounding_regions(self, regions: Sequence[Region]) -> list[JsonObject]:
        """The places of regions on their pages."""
        return [
            {
                "pageNumber": region.page,
                "polygon": self._pages[region.page].plane.polygon(region.quad),
            }
            for region in regions
            if region.page in self._pages
        ]

    def whole_pages(self) -> list[JsonObject]:
        """The place of all pages, each as a whole."""
        return [
            {"pageNumber": number, "polygon": text.plane.polygon(_corners(text.plane.page))}
            for number, text in self._pages.items()
        ]

    def whole_span(self) -> JsonObject:
        """The span of all text."""
        return self._span((0, len(self.text)))

    def _span(self, place: Place) -> JsonObject:
        return dict(self._index.span(*place))

    def _page(self, text: _PageText) -> JsonObject:
        plane, words = text.plane, text.plane.page.words or []
        width, height = plane.size
        return {
            "pageNumber": plane.page.number,
            "angle": plane.angle,
            "width": width,
            "height": height,
            "unit": plane.unit,
            "words": [
                {
                    "content": word.text,
                    "polygon": plane.polygon(word.quad),
                    "confidence": word.confidence,
                    "span": self._span(place),
                }
                for word, place in zip(words, text.words, strict=True)
            ],
            "lines": [
                {
                    "content": self.text[slice(*line.place)],
                    "polygon": plane.polygon(around([words[i].quad for i in line.word_ids])),
                    "spans": [self._span(line.place)],
                }
                for line in text.lines
            ],
            "spans": [self._span(text.place)],
        }


def _page_text(page: PageEntry, start: int) -> tuple[_PageText, str]:
    words = page.words or []
    places: list[Place] = []
    lines: list[_Line] = []
    at = start
    for word_ids in group_lines(words):
        line_start = at
        for word_id in word_ids:
            end = at + len(words[word_id].text)
            places.append((at, end))
            at = end + 1  # the blank or the line break
        lines.append(_Line(word_ids, (line_start, at - 1)))
    end = max(at - 1, start)
    text = "\n".join(" ".join(words[i].text for i in line.word_ids) for line in lines)
    return _PageText(PagePlane.of(page), (start, end), places, lines), text


def group_lines(words: Sequence[WordEntry]) -> list[tuple[int, ...]]:
    """Group words, in their order, into lines.

    A word goes on with a line if it stands to the right of the word before it, at its height.
    """
    lines: list[list[int]] = []
    for word_id, word in enumerate(words):
        if lines and _goes_on(words[lines[-1][-1]], word):
            lines[-1].append(word_id)
        else:
            lines.append([word_id])
    return [tuple(line) for line in lines]


def _goes_on(before: WordEntry, word: WordEntry) -> bool:
    left, top, _, bottom = _box(word)
    left_before, top_before, _, bottom_before = _box(before)
    overlap = min(bottom, bottom_before) - max(top, top_before)
    return left > left_before and overlap > min(bottom - top, bottom_before - top_before) / 2


def _box(word: WordEntry) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in word.quad], [y for _, y in word.quad]
    return min(xs), min(ys), max(xs), max(ys)


def _joined(places: Sequence[Place]) -> list[Place]:
    joined: list[Place] = []
    for start, end in sorted(set(places)):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _corners(page: PageEntry) -> list[tuple[float, float]]:
    return around([[(0.0, 0.0), (float(page.width), float(page.height))]])
