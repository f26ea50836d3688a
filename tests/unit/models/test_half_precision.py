"""Half precision: what is computed with coordinates keeps single precision."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
import torch
from onnxruntime.transformers.float16 import convert_float_to_float16

from models.batches import Inputs
from models.export import _export_onnx
from models.half_precision import CARRY_COORDINATES, to_half
from models.network import NetworkConfig, SpatialModel

N_TOKENS = 9


def make_inputs() -> Inputs:
    """Words hundreds of text heights from the origin, where halves have steps of a quarter."""
    boxes = torch.rand(1, N_TOKENS, 8) * 3 + 300
    return Inputs(
        torch.randint(5, 50, (1, N_TOKENS)),
        boxes,
        torch.randint(1, 20, (1, N_TOKENS)),
        torch.tensor([[1, 3, 6]]),
    )


@pytest.mark.parametrize("absolute", [False, True])
def test_far_coordinates_are_not_rounded(tmp_path: Path, *, absolute: bool) -> None:
    torch.manual_seed(0)
    config = NetworkConfig(
        vocab_size=50,
        hidden_size=64,
        n_layers=2,
        n_heads=2,
        intermediate_size=96,
        max_positions=40,
        absolute_embeddings=absolute,
    )
    model = SpatialModel(config, 3).eval()
    inputs = make_inputs()
    path = tmp_path / "model.onnx"
    _export_onnx(model, inputs, path)
    plain = convert_float_to_float16(onnx.load(str(path)), keep_io_types=True)
    assert halves_of_coordinates(plain)
    half = to_half(onnx.load(str(path)))
    assert halves_of_coordinates(half) == []
    assert len(half.SerializeToString()) < 0.7 * path.stat().st_size


def halves_of_coordinates(model: onnx.ModelProto) -> list[str]:
    """The nodes that compute with coordinates in halves, up to sin and cos.

    The CPU has no arithmetic in halves, so the graph has to tell what would be lost on a GPU.
    """
    exact, halves = {"boxes"}, set[str]()
    n_known = 0
    while n_known < len(exact) + len(halves):  # the converter does not keep the nodes in order
        n_known = len(exact) + len(halves)
        for node in model.graph.node:
            to = [attribute.i for attribute in node.attribute if attribute.name == "to"]
            if not exact.isdisjoint(node.input) and node.op_type in CARRY_COORDINATES:
                (halves if to == [onnx.TensorProto.FLOAT16] else exact).update(node.output)
    computing = CARRY_COORDINATES | {"Sin", "Cos"}
    return [
        node.name
        for node in model.graph.node
        if not halves.isdisjoint(node.input) and node.op_type in computing
    ]
