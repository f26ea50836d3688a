"""Embedding tables in int8 with a scale for each row.

ONNX Runtime's dynamic quantisation gives a whole table one scale, set by its largest entry; rows of
rare words, which are small, then lose most of their bits.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MIN_ROWS = 2048
"""Smaller tables cost little and stay as they are."""


def quantise_rows(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store every large float table that rows are gathered from as int8 with a scale a row.

    `Gather(table, ids)` becomes `Cast(Gather(rows, ids)) * Gather(scales, ids)`: the table's entry
    is at most half a scale off, the row's largest entry over 254.
    """
    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    done: set[str] = set()
    for node in graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or table.data_type != TensorProto.FLOAT or table.dims[0] < MIN_ROWS:
            nodes.append(node)
            continue
        nodes += _gather(node)
        if table.name not in done:
            done.add(table.name)
            graph.initializer.extend(_split(table))
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in graph.node for name in node.input}
    for name in done - used:
        graph.initializer.remove(tables[name])
    return model


def _split(table: onnx.TensorProto) -> list[onnx.TensorProto]:
    values = numpy_helper.to_array(table)
    scales = np.abs(values).max(axis=1, keepdims=True) / 127.0
    rows = np.round(values / np.maximum(scales, 1e-12)).astype(np.int8)
    return [
        numpy_helper.from_array(rows, f"{table.name}.rows"),
        numpy_helper.from_array(scales.astype(np.float32), f"{table.name}.scales"),
    ]


def _gather(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    table, ids = node.input[0], node.input[1]
    name, out = node.name or node.output[0], node.output[0]
    return [
        helper.make_node("Gather", [f"{table}.rows", ids], [f"{out}.rows"], f"{name}/rows", axis=0),
        helper.make_node("Cast", [f"{out}.rows"], [f"{out}.cast"], f"{name}/cast",
                         to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}.scales", ids], [f"{out}.scales"], f"{name}/scales",
                         axis=0),
        helper.make_node("Mul", [f"{out}.cast", f"{out}.scales"], [out], f"{name}/mul"),
    ]  # fmt: skip
