"""Exported networks compute what torch does, for the weights of every family."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from layout.bundle import DESCRIPTION, BundleDescription, BundleFile
from layout.tokens import COLUMNS
from models.batches import Inputs
from models.export import _require, _write_models, compare
from models.network import SpatialModel
from models.stored import load_stage
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


def assert_as_fp16(found: torch.Tensor, wanted: torch.Tensor) -> None:
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("family", ["bert", "layoutlm", "bros"])
def test_training_goes_on_from_a_bundle(tmp_path: Path, family: str) -> None:
    make_checkpoint(tmp_path, family)
    shape = read_network_config(tmp_path, n_types=3)
    model, later = SpatialModel(shape, n_labels=2).eval(), SpatialModel(shape, n_labels=2)
    for parameter in model.parameters():  # the exporter would merge those that are alike
        torch.nn.init.normal_(parameter, std=0.1)
    _write_models(model, make_inputs(shape.box_form, top=0.0), tmp_path)
    described = BundleFile(name="model.fp16.onnx", sha256="0" * 64)
    description = BundleDescription(
        name="tiny",
        version="1",
        licence="none",
        labels=("a.x", "a.y"),
        max_tokens=32,
        start_id=2,
        end_id=3,
        box_form=shape.box_form,
        models={"fp16": described},
        tokenizer=described,
        calibration={},
    )
    (tmp_path / DESCRIPTION).write_text(description.model_dump_json())
    load_stage(tmp_path, later, ("a.y", "b.z"))
    wanted, found = model.state_dict(), later.state_dict()
    assert_as_fp16(found["initial.weight"][0], wanted["initial.weight"][1])
    for name in wanted.keys() - {"initial.weight", "initial.bias"}:
        assert_as_fp16(found[name], wanted[name])


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
