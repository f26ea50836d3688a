"""Counting what is right: micro-averaged F1, means over documents, and how sure they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from benchmarks.answers import Answer

Item = TypeVar("Item", bound=Hashable)

N_RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class Counts:
    """How many predictions are right, how many were made, how many should have been."""

    n_correct: int = 0
    n_predicted: int = 0
    n_true: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.n_correct + other.n_correct,
            self.n_predicted + other.n_predicted,
            self.n_true + other.n_true,
        )

    @property
    def precision(self) -> float:
        """Share of the predictions that are right, in [0, 1]; 0 where there are none."""
        return self.n_correct / self.n_predicted if self.n_predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the truth that was predicted, in [0, 1]; 0 where there is none."""
        return self.n_correct / self.n_true if self.n_true else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, in [0, 1]; 0 where nothing is there."""
        n_all = self.n_predicted + self.n_true
        return 2 * self.n_correct / n_all if n_all else 0.0


CategoryCounts = Mapping[str, Counts]
"""The counts of one document by category (a key, a label, a field's path)."""


@dataclass(frozen=True)
class Metric:
    """A way to compare one document's prediction with its truth: an F1, or a mean of values.

    Attributes:
        name: snake_case, unmistakable.
        definition: one sentence for the report; the function's docstring has the whole.
        count: from (predicted, true) to the counts by category.
        needs_gold_words: whether word ids are compared, which mean nothing for other words.
        measure: for a metric that is a mean over documents: from (predicted, true) to the
            document's value in [0, 1], None where the metric does not apply to it. None for an F1.
    """

    name: str
    definition: str
    count: Callable[[Answer, Answer], CategoryCounts]
    needs_gold_words: bool = False
    measure: Callable[[Answer, Answer], float | None] | None = None

    @property
    def is_mean(self) -> bool:
        """Whether it is a mean over documents and not an F1."""
        return self.measure is not None


def mean_metric(
    name: str,
    definition: str,
    measure: Callable[[Answer, Answer], float | None],
    *,
    needs_gold_words: bool = False,
) -> Metric:
    """A metric that is the mean of one value a document; it counts nothing."""
    return Metric(name, definition, _count_nothing, needs_gold_words, measure)


def _count_nothing(predicted: Answer, true: Answer) -> CategoryCounts:  # noqa: ARG001 the protocol's
    return {}


@dataclass(frozen=True)
class Score:
    """A metric's outcome over a set of documents.

    Attributes:
        metric: that was used.
        documents: each document's counts, all categories together, in the documents' order; all
            nothing for a mean.
        categories: each category's counts over all documents, by name, sorted; none for a mean.
        values: for a mean: those of the documents that it applies to, in the documents' order.
    """

    metric: Metric
    documents: tuple[Counts, ...]
    categories: CategoryCounts
    values: tuple[float, ...] = ()

    @property
    def total(self) -> Counts:
        """The counts over all documents and categories, of which the micro average is made."""
        return sum(self.documents, Counts())

    @property
    def f1(self) -> float:
        """The micro-averaged F1, in [0, 1]; 0 for a mean, whose figure is `mean`."""
        return self.total.f1

    @property
    def mean(self) -> float:
        """The mean of the documents' values, in [0, 1]; 0 where there are none."""
        return sum(self.values) / len(self.values) if self.values else 0.0

    @property
    def figure(self) -> float:
        """What the metric says, in [0, 1]: the mean or the F1."""
        return self.mean if self.metric.is_mean else self.f1

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % bootstrap interval of `figure` over documents."""
        return mean_interval(self.values) if self.metric.is_mean else f1_interval(self.documents)


def evaluate(metric: Metric, pairs: Iterable[tuple[Answer, Answer]]) -> Score:
    """Apply a metric to documents.

    Args:
        metric: to apply.
        pairs: (predicted, true) of each document.
    """
    documents = []
    values = []
    categories: dict[str, Counts] = {}
    for predicted, true in pairs:
        by_category = metric.count(predicted, true)
        documents.append(sum(by_category.values(), Counts()))
        for name, counts in by_category.items():
            categories[name] = categories.get(name, Counts()) + counts
        value = metric.measure(predicted, true) if metric.measure else None
        if value is not None:
            values.append(value)
    return Score(metric, tuple(documents), dict(sorted(categories.items())), tuple(values))


def f1_interval(
    documents: Sequence[Counts], *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the micro-averaged F1 over documents.

    Documents are drawn with replacement, as many as there are, and the F1 is taken of the drawn
    documents' summed counts (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13).

    Args:
        documents: each document's counts.
        n_resamples: how often to draw.
        seed: of the drawing.

    Returns:
        Lower and upper end, in [0, 1]; (0, 0) without documents.
    """
    if not documents:
        return 0.0, 0.0
    counts = np.array([(c.n_correct, c.n_predicted + c.n_true) for c in documents])  # [D, 2]
    weights = _drawn(len(documents), n_resamples, seed)
    correct, both = (weights @ counts).T  # [2, n_resamples]
    return _ends(np.where(both > 0, 2 * correct / np.maximum(both, 1), 0.0))


def mean_interval(
    values: Sequence[float], *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a mean over documents, drawn as `f1_interval` does.

    Args:
        values: one a document.
        n_resamples: how often to draw.
        seed: of the drawing.

    Returns:
        Lower and upper end; (0, 0) without documents.
    """
    if not values:
        return 0.0, 0.0
    return _ends(_drawn(len(values), n_resamples, seed) @ np.array(values) / len(values))


def _drawn(n_documents: int, n_resamples: int, seed: int) -> npt.NDArray[np.int64]:
    """How often each document is drawn in each resample: [n_resamples, n_documents]."""
    shares = np.full(n_documents, 1 / n_documents)
    return np.random.default_rng(seed).multinomial(n_documents, shares, size=n_resamples)


def _ends(figures: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(figures, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def count_multisets(
    predicted: Counter[tuple[str, Item]], true: Counter[tuple[str, Item]]
) -> dict[str, Counts]:
    """Counts by category of two multisets of (category, item): each true item is matched once."""
    counts: dict[str, Counts] = {}
    for (category, _), n in (predicted & true).items():
        counts[category] = counts.get(category, Counts()) + Counts(n_correct=n)
    for (category, _), n in predicted.items():
        counts[category] = counts.get(category, Counts()) + Counts(n_predicted=n)
    for (category, _), n in true.items():
        counts[category] = counts.get(category, Counts()) + Counts(n_true=n)
    return counts
