"""The weights of a released bundle, to train on from where no checkpoint was kept.

They are read from its fp16 graph, whose last bits are gone: much less than a step of training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from layout.bundle import DESCRIPTION, BundleDescription
from ocr.errors import SetupError


def is_bundle(folder: Path) -> bool:
    """Whether a folder holds a bundle, not a stage of training."""
    return (folder / DESCRIPTION).exists()


def read_bundle_weights(folder: Path) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """A bundle's parameters, float32, by the names that they have in the network; its labels.

    Raises:
        SetupError: the bundle has no fp16 graph.
    """
    description = BundleDescription.model_validate_json((folder / DESCRIPTION).read_text())
    if "fp16" not in description.models:
        raise SetupError(f"{folder}: training goes on from a bundle's fp16 model, and it has none")
    graph = onnx.load(str(folder / description.models["fp16"].name)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    named = {name: array for name, array in arrays.items() if not name.startswith("onnx::")}
    for node in graph.node:
        # The exporter turns a linear layer's weight round and drops its name; the node has it.
        if node.op_type == "MatMul" and node.input[1] in arrays:
            layer = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
            named[f"{layer}.weight"] = arrays[node.input[1]].T
    floats = {name: array for name, array in named.items() if array.dtype.kind == "f"}
    weights = {name: torch.from_numpy(array.astype(np.float32)) for name, array in floats.items()}
    return weights, description.labels
