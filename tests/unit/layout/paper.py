"""Pages set in a fixed-width type, and scores that say what a perfect model would."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from layout.graph import GraphScores
from layout.result import ModelEntry
from layout.schema import DocumentSchema
from ocr.engine import Image, RightedLines, TextLine
from ocr.types import Page, Quad, Word

CHAR_PX, LINE_PX, TEXT_PX = 10, 30, 20
SURE = 9.0


def page(*rows: str, number: int = 1, confidence: float = 1.0) -> Page:
    """One word a run of letters; columns are parted by runs of blanks as in the string."""
    words = []
    for i, row in enumerate(rows):
        at = 0
        for text in row.split(" "):
            if text:
                box = (at * CHAR_PX, i * LINE_PX, (at + len(text)) * CHAR_PX, i * LINE_PX + TEXT_PX)
                words.append(Word(text, Quad.from_box(box), confidence))
            at += len(text) + 1
    return Page(number, 800, max(len(rows), 1) * LINE_PX, tuple(words))


@dataclass(frozen=True)
class Mark:
    """An entity as a test names it: the leaf, its words, and its parent among the marks."""

    path: str
    words: tuple[int, ...]
    parent: int | None = None


def perfect_scores(schema: DocumentSchema, n_words: int, marks: Sequence[Mark]) -> GraphScores:
    initial = np.full((len(schema.labels), n_words), -SURE, dtype=np.float32)
    rel_s = np.full((n_words, n_words), -SURE, dtype=np.float32)
    rel_g = np.full((n_words, n_words), -SURE, dtype=np.float32)
    for mark in marks:
        if max(mark.words) >= n_words:  # of a further page, where this is one by itself
            continue
        initial[schema.labels.index(f"{schema.name}.{mark.path}"), mark.words[0]] = SURE
        for one, following in pairwise(mark.words):
            rel_s[one, following] = SURE
        if mark.parent is not None:
            rel_g[marks[mark.parent].words[0], mark.words[0]] = SURE
    key = np.full(n_words, -SURE, dtype=np.float32)
    return GraphScores(schema.labels, initial, rel_s, rel_g, key)


class ScriptedModel:
    """Answers with given scores, as the spatial model would for just these pages."""

    entry = ModelEntry(name="scripted", version="1", sha256="0" * 64)

    def __init__(
        self,
        schema: DocumentSchema,
        marks: Sequence[Mark],
        types: Mapping[str, float] | None = None,
    ) -> None:
        self._schema = schema
        self._marks = marks
        self._types = types or {}
        self.labels = schema.labels
        self.types = tuple(self._types)

    def score(self, pages: Sequence[Page]) -> GraphScores:
        n_words = sum(len(page.words) for page in pages)
        return replace(perfect_scores(self._schema, n_words, self._marks), types=self._types)

    def calibrate(self, confidence: float, label: str) -> float:
        assert label in self.labels
        return confidence


class NoEngine:
    """Words files need no engine; reading a picture here would be a mistake."""

    name = "none"

    def read(self, image: Image) -> tuple[TextLine, ...]:
        raise AssertionError(f"a picture of shape {image.shape} was read")

    def read_righted(self, image: Image) -> RightedLines:
        raise AssertionError(f"a picture of shape {image.shape} was read")


def words_file(*pages: Page) -> bytes:
    entries = [
        {
            "width": each.width,
            "height": each.height,
            "words": [{"text": word.text, "box": word.quad.box} for word in each.words],
        }
        for each in pages
    ]
    return json.dumps({"pages": entries}).encode()
