"""Fits the calibration of confidences on held-out documents, and says how far it is off."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch.nn import functional

from corpora.splits import fold_of
from layout.bundle import Calibration
from layout.confidence import leaf_confidence

MIN_SAMPLES = 60
"""A label with fewer judged fields shares its schema's calibration."""
N_FOLDS = 5
"""Of the groups of documents, when a calibration is measured on others than it was fitted on."""
_PULL = 2.0
"""Samples that the pull towards the raw confidence is worth."""


class Judged(NamedTuple):
    """A decoded field of a held-out document.

    Attributes:
        label: `<schema>.<path>`.
        confidence: the model's, in [0, 1].
        is_right: whether the truth has it.
        group: of the document: those of one shop, or one receipt in two data sets. Documents of one
            group stand in the same fold.
        reading: the recogniser's confidence in the field's words, in [0, 1], which users see
            multiplied with the calibrated confidence; 1 where it is part of `confidence`.
    """

    label: str
    confidence: float
    is_right: bool
    group: str = ""
    reading: float = 1.0


AnyJudged = Judged | tuple[str, float, bool]
"""A plain triple is a field of gold words whose group does not matter."""


class Bin(NamedTuple):
    """The fields of a range of confidences.

    Attributes:
        low: of the range.
        high: of the range; belongs to the next one, but for 1.
        n_fields: in it, at least one.
        confidence: their mean.
        accuracy: the share of right ones.
    """

    low: float
    high: float
    n_fields: int
    confidence: float
    accuracy: float


class Fold(NamedTuple):
    """Fields with the confidences that users would see after a calibration on `others`.

    Attributes:
        others: the fields that the calibration was fitted on.
        held: fields of documents of other groups.
    """

    others: list[Judged]
    held: list[Judged]


def fit_calibration(fields: Sequence[AnyJudged]) -> dict[str, Calibration]:
    """Platt scaling for every schema, and for labels with samples enough.

    What is fitted is the confidence that users see: the calibrated one times `reading`.

    Args:
        fields: decoded from documents that training never saw.
    """
    groups: dict[str, list[Judged]] = defaultdict(list)
    for judged in _named(fields):
        groups[_schema(judged.label)].append(judged)
        groups[judged.label].append(judged)
    return {
        name: _fit(members)
        for name, members in sorted(groups.items())
        if "." not in name or len(members) >= MIN_SAMPLES
    }


def as_shown(fields: Sequence[Judged], calibration: Mapping[str, Calibration]) -> list[Judged]:
    """The fields with the confidences that users see; an unknown schema's stay uncalibrated."""
    shown = []
    for judged in fields:
        chosen = calibration.get(judged.label) or calibration.get(_schema(judged.label))
        confidence = judged.confidence if chosen is None else chosen.apply(judged.confidence)
        seen = leaf_confidence(confidence, judged.reading)
        shown.append(judged._replace(confidence=seen, reading=1.0))
    return shown


def cross_fit(fields: Sequence[Judged], n_folds: int = N_FOLDS) -> list[Fold]:
    """Calibrate each fold's documents by those of all other folds, parted by group.

    Args:
        fields: as the model and the recogniser gave them.
        n_folds: that the groups are dealt into by the hash of their names.

    Returns:
        The folds that hold fields; every field is `held` in exactly one.
    """
    dealt: dict[int, list[Judged]] = defaultdict(list)
    for judged in fields:
        dealt[fold_of(judged.group, n_folds=n_folds)].append(judged)
    folds = []
    for number in sorted(dealt):
        others = [judged for other in sorted(dealt) if other != number for judged in dealt[other]]
        calibration = fit_calibration(others)
        folds.append(Fold(as_shown(others, calibration), as_shown(dealt[number], calibration)))
    return folds


def all_held(folds: Sequence[Fold]) -> list[Judged]:
    """Every field once, with a confidence that was calibrated on other groups' documents."""
    return [judged for fold in folds for judged in fold.held]


def reliability_bins(fields: Sequence[AnyJudged], *, n_bins: int = 10) -> list[Bin]:
    """Fields by confidence, in bins of equal width; bins without fields are left out."""
    members: dict[int, list[Judged]] = defaultdict(list)
    for judged in _named(fields):
        members[min(int(judged.confidence * n_bins), n_bins - 1)].append(judged)
    return [
        Bin(
            low=place / n_bins,
            high=(place + 1) / n_bins,
            n_fields=len(members[place]),
            confidence=sum(judged.confidence for judged in members[place]) / len(members[place]),
            accuracy=sum(judged.is_right for judged in members[place]) / len(members[place]),
        )
        for place in sorted(members)
    ]


def expected_calibration_error(fields: Sequence[AnyJudged], *, n_bins: int = 10) -> float:
    """Mean distance of confidence and share of right fields over bins of equal width.

    Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.

    Returns:
        A number in [0, 1]; not a number where there is no field.
    """
    if not fields:
        return math.nan
    bins = reliability_bins(fields, n_bins=n_bins)
    return sum(b.n_fields * abs(b.confidence - b.accuracy) for b in bins) / len(fields)


def _named(fields: Sequence[AnyJudged]) -> list[Judged]:
    return [each if isinstance(each, Judged) else Judged(*each) for each in fields]


def _schema(label: str) -> str:
    return label.split(".", 1)[0]


def _fit(fields: Sequence[Judged]) -> Calibration:
    raw = torch.tensor([judged.confidence for judged in fields], dtype=torch.float64)
    reading = torch.tensor([judged.reading for judged in fields], dtype=torch.float64)
    right = torch.tensor([float(judged.is_right) for judged in fields], dtype=torch.float64)
    # Platt's targets keep the fit finite where all samples are right.
    n_right = float(right.sum())
    high, low = (n_right + 1) / (n_right + 2), 1 / (len(fields) - n_right + 2)
    targets = right * high + (1 - right) * low
    logits = raw.clamp(1e-6, 1 - 1e-6).logit()
    weights = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        seen = (weights[0] * logits + weights[1]).sigmoid() * reading
        value = functional.binary_cross_entropy(seen.clamp(1e-9, 1 - 1e-9), targets)
        pull = (weights[0] - 1) ** 2 + weights[1] ** 2
        value = value + _PULL / len(fields) * pull
        value.backward()
        return value

    optimiser.step(loss)
    scale, offset = (float(weight) for weight in weights.detach())
    return Calibration(scale=max(scale, 0.05), offset=offset, n_samples=len(fields))
