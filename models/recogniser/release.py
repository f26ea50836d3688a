"""A trained recogniser as it ships: weights in half precision, arithmetic in single."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from models.recogniser.lines import Line, images
from ocr.checksums import checksum_path, sha256_of
from ocr.errors import SetupError

MIN_WEIGHTS = 64
"""Smaller tensors are not worth a node."""
TOLERANCE = 1e-3
"""By how much a line's probabilities may differ, the mean over its steps."""


def release(trained: Path, out: Path, lines: Sequence[Line]) -> Path:
    """Write a recogniser and its sha256 as they are released.

    Args:
        trained: the ONNX file that training wrote.
        out: the folder.
        lines: on which both must read the same.

    Returns:
        The file.

    Raises:
        SetupError: the two do not give the same.
    """
    whole = onnx.load(str(trained))
    half = with_half_weights(whole)
    apart = largest_difference(whole, half, lines)
    if apart > TOLERANCE:
        raise SetupError(f"with weights in half precision, scores differ by {apart:.1e}")
    out.mkdir(parents=True, exist_ok=True)
    path = out / trained.name
    onnx.save(half, str(path))
    checksum_path(path).write_text(f"{sha256_of(path)}  {path.name}\n")
    return path


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its large float32 tensors as float16, each cast back where it is used.

    ONNX Runtime folds the casts when it opens the model: nothing else changes.
    """
    half = onnx.ModelProto()
    half.CopyFrom(model)
    graph = half.graph
    casts = []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or array.size < MIN_WEIGHTS:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(half)
    return half


def largest_difference(
    first: onnx.ModelProto, second: onnx.ModelProto, lines: Sequence[Line]
) -> float:
    """Between two models' probabilities, the mean over a line's steps, of the worst line."""
    sessions = [
        ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        for model in (first, second)
    ]
    worst = 0.0
    for line in lines:
        tensor = images([line]).contiguous().numpy()
        one, other = (s.run(None, {s.get_inputs()[0].name: tensor})[0] for s in sessions)
        worst = max(worst, float(np.abs(one - other).max(axis=-1).mean()))
    return worst
