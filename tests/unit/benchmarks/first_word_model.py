from collections.abc import Sequence

import numpy as np

from layout.graph import GraphScores
from layout.result import ModelEntry
from layout.schema import load_schema
from ocr.types import Page


class FirstWordModel:
    """Scores as a model that takes every document's first word for its company."""

    entry = ModelEntry(name="first word", version="1", sha256="0" * 64)
    labels = load_schema("sroie").labels
    types = ()

    def score(self, pages: Sequence[Page]) -> GraphScores:
        n_words = sum(len(page.words) for page in pages)
        none = np.full((n_words, n_words), -20, np.float32)
        initial = np.full((len(self.labels), n_words), -20, np.float32)
        initial[self.labels.index("sroie.company"), 0] = 5
        key = np.full(n_words, -20, np.float32)
        return GraphScores(self.labels, initial, none, none, key)

    def score_documents(self, documents: Sequence[Sequence[Page]]) -> list[GraphScores]:
        return [self.score(pages) for pages in documents]

    def calibrate(self, confidence: float, label: str) -> float:
        del label
        return confidence
