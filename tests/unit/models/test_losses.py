"""The objective on hand-worked cases: acceptable answers share their probability."""

from __future__ import annotations

import math

import pytest
import torch

from models.losses import LossWeights, TargetBatch, compute_losses
from models.network import ModelOutput


def make_output(**scores: torch.Tensor) -> ModelOutput:
    n = 2
    zeros = {
        "initial": torch.zeros(1, 1, n),
        "rel_s": torch.zeros(1, n, n),
        "rel_g": torch.zeros(1, n, n),
        "key": torch.zeros(1, n),
        "types": torch.zeros(1, 0),
    }
    return ModelOutput(**{**zeros, **scores})


def make_targets(**changes: torch.Tensor) -> TargetBatch:
    n = 2
    everything = torch.ones(1, n + 1, n, dtype=torch.bool)
    defaults = {
        "initial": torch.zeros(1, 1, n, dtype=torch.bool),
        "is_judged": torch.zeros(1, 1, dtype=torch.bool),
        "is_competing": torch.zeros(1, 1, dtype=torch.bool),
        "rel_s": everything,
        "rel_g": everything,
        "in_entity": torch.ones(1, n, dtype=torch.bool),
        "in_group": torch.zeros(1, n, dtype=torch.bool),
        "key": torch.full((1, n), -1.0),
        "is_word": torch.ones(1, n, dtype=torch.bool),
        "types": torch.full((1,), -1),
        "guesses": torch.full((1, n), -100),
    }
    return TargetBatch(**{**defaults, **changes})


YES = torch.ones(1, 1, dtype=torch.bool)


def test_nothing_known_costs_nothing() -> None:
    assert LossWeights().total(compute_losses(make_output(), make_targets())) == 0


def test_words_compete_and_alternatives_add_up() -> None:
    one = torch.tensor([[[True, False]]])
    both = torch.tensor([[[True, True]]])
    loss_one = compute_losses(make_output(), make_targets(initial=one, is_competing=YES)).competing
    loss_both = compute_losses(
        make_output(), make_targets(initial=both, is_competing=YES)
    ).competing
    assert loss_one.item() == pytest.approx(math.log(3))  # one of two words and "none"
    assert loss_both.item() == pytest.approx(math.log(3 / 2))


def test_an_absent_field_wants_none_at_half_weight() -> None:
    loss = compute_losses(make_output(), make_targets(is_competing=YES)).competing
    assert loss.item() == pytest.approx(math.log(3) / 2)


def test_judged_labels_cost_per_true_opening() -> None:
    initial = torch.tensor([[[True, False]]])
    loss = compute_losses(make_output(), make_targets(initial=initial, is_judged=YES)).judged
    assert loss.item() == pytest.approx(2 * math.log(2))


def test_a_relation_chooses_among_words_and_none() -> None:
    acceptable = torch.zeros(1, 3, 2, dtype=torch.bool)
    acceptable[0, 2] = True  # "none" for both words
    scores = torch.tensor([[[-1e4, 0.0], [0.0, -1e4]]])
    loss = compute_losses(make_output(rel_s=scores), make_targets(rel_s=acceptable)).rel_s
    assert loss.item() == pytest.approx(math.log(2))


def test_padded_words_weigh_nothing() -> None:
    acceptable = torch.zeros(1, 3, 2, dtype=torch.bool)
    acceptable[0, 2, 0] = True
    targets = make_targets(rel_s=acceptable, is_word=torch.tensor([[True, False]]))
    scores = torch.full((1, 2, 2), -1e4)
    assert compute_losses(make_output(rel_s=scores), targets).rel_s.item() == pytest.approx(0.0)


def test_unknown_keys_cost_nothing_and_known_ones_do() -> None:
    targets = make_targets(key=torch.tensor([[1.0, -1.0]]))
    assert compute_losses(make_output(), targets).key.item() == pytest.approx(math.log(2))
