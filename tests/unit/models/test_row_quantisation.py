"""Embedding tables in int8, a scale a row."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from models.row_quantisation import MIN_ROWS, quantise_rows


def make_model(table: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["out"], "look up")],
        "embedding",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [None, None])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [None, None, table.shape[1]])],
        [numpy_helper.from_array(table, "table")],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=10)


def test_small_rows_keep_their_bits_beside_large_ones() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(MIN_ROWS, 8)).astype(np.float32)
    table *= (10.0 ** rng.uniform(-3, 1, size=(MIN_ROWS, 1))).astype(np.float32)
    table[3] = 0.0
    model = quantise_rows(make_model(table))
    onnx.checker.check_model(model)
    assert len(model.SerializeToString()) < 0.6 * table.nbytes
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.arange(MIN_ROWS).reshape(2, -1)
    (found,) = session.run(None, {"ids": ids})
    allowed = np.abs(table).max(axis=1) / 254 + 1e-7
    off = np.abs(found.reshape(MIN_ROWS, 8) - table).max(axis=1)
    assert (off <= allowed * 1.001).all()


def test_small_tables_stay_as_they_are() -> None:
    table = np.ones((MIN_ROWS - 1, 2), dtype=np.float32)
    model = quantise_rows(make_model(table))
    assert [node.op_type for node in model.graph.node] == ["Gather"]
    assert [tensor.name for tensor in model.graph.initializer] == ["table"]
