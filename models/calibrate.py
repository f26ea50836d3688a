"""Fits the calibration of confidences on held-out documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import torch
from torch.nn import functional

from layout.bundle import Calibration

MIN_SAMPLES = 60
"""A label with fewer judged fields shares its schema's calibration."""

Judged = tuple[str, float, bool]
"""A decoded field: its label, its raw confidence, whether it is right."""


def fit_calibration(fields: Sequence[Judged]) -> dict[str, Calibration]:
    """Platt scaling for every schema, and for labels with samples enough.

    Args:
        fields: decoded from documents that training never saw.
    """
    groups: dict[str, list[Judged]] = defaultdict(list)
    for judged in fields:
        groups[judged[0].split(".", 1)[0]].append(judged)
        groups[judged[0]].append(judged)
    return {
        name: _fit(members)
        for name, members in sorted(groups.items())
        if "." not in name or len(members) >= MIN_SAMPLES
    }


def _fit(fields: Sequence[Judged]) -> Calibration:
    raw = torch.tensor([confidence for _, confidence, _ in fields], dtype=torch.float64)
    right = torch.tensor([float(is_right) for _, _, is_right in fields], dtype=torch.float64)
    # Platt's targets keep the fit finite where all samples are right.
    n_right = float(right.sum())
    high, low = (n_right + 1) / (n_right + 2), 1 / (len(fields) - n_right + 2)
    targets = right * high + (1 - right) * low
    logits = raw.clamp(1e-6, 1 - 1e-6).logit()
    weights = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = weights[0] * logits + weights[1]
        value = functional.binary_cross_entropy_with_logits(scores, targets)
        # A weak pull towards the raw confidence, worth two samples.
        value = value + 2 / len(fields) * ((weights[0] - 1) ** 2 + weights[1] ** 2)
        value.backward()
        return value

    optimiser.step(loss)
    scale, offset = (float(weight) for weight in weights.detach())
    return Calibration(scale=max(scale, 0.05), offset=offset, n_samples=len(fields))


def expected_calibration_error(fields: Sequence[Judged], *, n_bins: int = 10) -> float:
    """Mean distance of confidence and share of right fields over bins of equal width.

    Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
    """
    bins: dict[int, list[Judged]] = defaultdict(list)
    for judged in fields:
        bins[min(int(judged[1] * n_bins), n_bins - 1)].append(judged)
    error = 0.0
    for members in bins.values():
        confidence = sum(c for _, c, _ in members) / len(members)
        accuracy = sum(right for _, _, right in members) / len(members)
        error += len(members) / len(fields) * abs(confidence - accuracy)
    return error
