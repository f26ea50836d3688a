"""The recogniser's ONNX graph run and changed by torch is the one that ONNX Runtime runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from models.recogniser.onnx_network import OnnxNetwork
from models.recogniser.train import RecogniserSchedule, hangul_network, train_recogniser
from ocr.engines.ppocr import WHEEL_RECOGNISER, wheel_model
from ocr.engines.recogniser import TextRecogniser
from ocr.errors import SetupError

LISTED = ("A", "1", "가", "나")


def test_torch_computes_what_onnx_runtime_computes() -> None:
    path = wheel_model(WHEEL_RECOGNISER)
    lines = torch.rand(2, 3, 48, 96) * 2 - 1
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    wanted = session.run(None, {session.get_inputs()[0].name: lines.numpy()})[0]
    with torch.inference_mode():
        found = OnnxNetwork(path)(lines).softmax(dim=-1).numpy()
    assert np.abs(found - wanted).max() < 1e-4


def test_other_characters_keep_the_weights_of_those_that_were_known(tmp_path: Path) -> None:
    network = hangul_network(wheel_model(WHEEL_RECOGNISER), LISTED)
    path = tmp_path / "model.onnx"
    onnx.save(network.to_onnx({"character": "\n".join(LISTED)}), str(path))
    lines = torch.rand(1, 3, 48, 64) * 2 - 1
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {session.get_inputs()[0].name: lines.numpy()})[0]
    with torch.inference_mode():
        wanted = network(lines).softmax(dim=-1).numpy()
    assert found.shape == (1, 8, len(LISTED) + 2)
    assert np.abs(found - wanted).max() < 1e-4
    TextRecogniser(session, n_threads=1, batch_size=1).recognise([np.zeros((48, 64, 3), np.uint8)])


def test_frozen_layers_do_not_learn() -> None:
    network = OnnxNetwork(wheel_model(WHEEL_RECOGNISER))
    network.freeze(10)
    learning = [p for p in network.parameters() if p.requires_grad]
    assert 0 < len(learning) < len(list(network.parameters()))
    network(torch.rand(1, 3, 48, 32)).sum().backward()
    assert all(p.grad is None for p in network.parameters() if not p.requires_grad)


def test_an_operator_that_is_not_understood_is_named(tmp_path: Path) -> None:
    node = onnx.helper.make_node("Celu", ["x"], ["y"])
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([node], "odd", [value], [value])
    path = tmp_path / "odd.onnx"
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    with pytest.raises(SetupError, match="Celu"):
        OnnxNetwork(path)


def test_training_learns_can_be_resumed_and_ends_with_a_recogniser(tmp_path: Path) -> None:
    short = RecogniserSchedule(n_steps=1, batch_columns=640, pool=12, n_development=5)
    path = train_recogniser(tmp_path, short)
    first = path.read_bytes()
    longer = RecogniserSchedule(n_steps=2, batch_columns=640, pool=12, n_development=5)
    assert train_recogniser(tmp_path, longer).read_bytes() != first
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert "가" in session.get_modelmeta().custom_metadata_map["character"]
