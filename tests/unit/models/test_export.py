"""Exported networks compute what torch does, for the weights of every family."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from layout.tokens import COLUMNS
from models.batches import Inputs
from models.export import _require, _write_models, compare
from models.network import SpatialModel
from models.weights import load_pretrained, read_network_config
from tests.unit.models.tiny import make_checkpoint

N_TOKENS = 24


def make_inputs(box_form: str, *, top: float) -> Inputs:
    """Two windows, one of them padded, that begin so far down the document."""
    corner = torch.rand(2, N_TOKENS, 2) * 40
    boxes = torch.cat([corner, corner + 0.6 + torch.rand(2, N_TOKENS, 2) * 6], dim=-1)
    boxes[..., 1::2] += top
    boxes = boxes[..., COLUMNS["corners" if box_form == "corners" else "word_twice"]]
    input_ids = torch.randint(5, 90, (2, N_TOKENS))
    word_starts = torch.arange(1, N_TOKENS - 1, 2).repeat(2, 1)
    input_ids[1, 15:] = 0
    boxes[1, 15:] = 0
    word_starts[1, 7:] = 0
    return Inputs(input_ids, boxes, torch.randint(1, 10, (2, N_TOKENS)), word_starts)


@pytest.mark.parametrize("family", ["bert", "layoutlm", "bros"])
def test_every_family_is_exported_as_it_is(tmp_path: Path, family: str) -> None:
    """Also where coordinates are large; parts that start at zero are moved, as training does."""
    torch.manual_seed(0)
    make_checkpoint(tmp_path, family)
    model = SpatialModel(read_network_config(tmp_path), n_labels=9)
    load_pretrained(model, tmp_path)
    for name in ("place.out.weight", "shape.weight"):
        torch.nn.init.normal_(model.encoder.get_parameter(name), std=0.1)
    for head in (model.rel_s, model.rel_g):
        torch.nn.init.normal_(head.projection.weight, std=0.3)
    torch.nn.init.normal_(model.initial.bias, std=2.0)
    model.eval()
    samples = [make_inputs(model.config.box_form, top=top) for top in (0.0, 330.0)]
    for precision, path in _write_models(model, samples[0], tmp_path).items():
        parity = compare(model, path, samples)
        _require(precision, parity)
        if precision == "fp16":
            assert parity.max_difference < 1e-3
