"""Ended stages on disk: weights come back, labels are taken over by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.network import NetworkConfig, SpatialModel
from models.stored import load_stage, open_stage, save_stage
from models.train import labels_of
from ocr.errors import SetupError
from tests.unit.models.tiny import make_config, make_tokenizer

TINY = NetworkConfig(
    vocab_size=50, hidden_size=64, n_layers=1, n_heads=2, intermediate_size=64, max_positions=40
)


def test_a_stage_comes_back_as_it_was(tmp_path: Path) -> None:
    model = SpatialModel(TINY, 3)
    save_stage(tmp_path, model, ("a.x", "a.y", "b.z"), make_tokenizer())
    back, labels = open_stage(tmp_path)
    assert labels == ("a.x", "a.y", "b.z")
    assert not back.training
    for name, tensor in model.state_dict().items():
        assert torch.equal(back.state_dict()[name], tensor), name


def test_labels_are_taken_over_by_name(tmp_path: Path) -> None:
    earlier, later = SpatialModel(TINY, 3), SpatialModel(TINY, 2)
    save_stage(tmp_path, earlier, ("a.x", "a.y", "b.z"), make_tokenizer())
    fresh = later.initial.weight[0].clone()
    load_stage(tmp_path, later, ("c.new", "a.y"))
    assert torch.equal(later.initial.weight[0], fresh)
    assert torch.equal(later.initial.weight[1], earlier.initial.weight[1])
    assert torch.equal(later.encoder.words.weight, earlier.encoder.words.weight)


def test_another_network_is_refused(tmp_path: Path) -> None:
    save_stage(tmp_path, SpatialModel(TINY, 1), ("a.x",), make_tokenizer())
    other = SpatialModel(TINY.model_copy(update={"hidden_size": 32}), 1)
    with pytest.raises(SetupError, match="another network"):
        load_stage(tmp_path, other, ("a.x",))


def test_only_wanted_labels_are_opened(tmp_path: Path) -> None:
    model = SpatialModel(TINY, 3)
    save_stage(tmp_path, model, ("a.x", "a.y", "b.z"), make_tokenizer())
    part, labels = open_stage(tmp_path, ("b.z", "a.x"))
    assert labels == ("b.z", "a.x")
    assert torch.equal(part.initial.weight, model.initial.weight[[2, 0]])
    with pytest.raises(SetupError, match=r"c\.new"):
        open_stage(tmp_path, ("c.new",))


def test_a_release_learns_the_fields_that_its_sources_teach() -> None:
    config = make_config().model_copy(update={"fields": {"sroie": ("total", "company")}})
    assert [label for label in labels_of(config) if label.startswith("sroie.")] == [
        "sroie.company",
        "sroie.total",
    ]
    with pytest.raises(SetupError, match=r"sroie\.tip"):
        labels_of(config.model_copy(update={"fields": {"sroie": ("tip",)}}))
