"""The network in half precision, all but what it computes with coordinates.

Coordinates reach hundreds of text heights, where half precision has steps of a quarter: it would
lose the angles before sin and cos, the rows of position tables and the sides of a word's box.
"""

from __future__ import annotations

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

BOXES = "boxes"
EXACT_PARTS = ("/code/", "/place/", "/absolute/")
"""Modules that compute with coordinates, as the exporter names their nodes."""
OF_TABLES = ("Gather", "Add")
"""Operators of `/absolute/` that work on the tables' rows, which may be halves."""


def to_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Convert a model in place; inputs and outputs stay in single precision."""
    exact = [node.name for node in model.graph.node if _computes_with_coordinates(node)]
    half = convert_float_to_float16(model, keep_io_types=True, node_block_list=exact)
    return _without_round_trips(_without_repeated_nodes(half))


def _computes_with_coordinates(node: onnx.NodeProto) -> bool:
    if BOXES in node.input:
        return True
    if "/absolute/" in node.name and node.op_type in OF_TABLES:
        return False
    return any(part in node.name for part in EXACT_PARTS)


def _without_repeated_nodes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drop the second of two equal casts, which the converter adds for each consumer."""
    made: set[str] = set()
    for node in list(model.graph.node):
        if made.issuperset(node.output):
            model.graph.node.remove(node)
        made.update(node.output)
    return model


def _without_round_trips(model: onnx.ModelProto) -> onnx.ModelProto:
    """Undo single → half → single, which the converter puts between nodes that stay single.

    It casts every input of the graph, and what passes from one node that it was told to leave alone
    to the next: without this the coordinates would be rounded all the same.
    """
    graph = model.graph
    singles = {
        node.output[0]: node.input[0]
        for node in graph.node
        if node.name.endswith("_cast_to_fp16_node") or node.name.startswith("graph_input_cast")
    }
    back = {
        node.output[0]: singles[node.input[0]]
        for node in graph.node
        if node.name.endswith("_cast_to_fp32_node") and node.input[0] in singles
    }
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = back.get(name, name)
    used = {name for node in graph.node for name in node.input} | {o.name for o in graph.output}
    for node in list(graph.node):
        if node.op_type == "Cast" and not used.intersection(node.output):
            graph.node.remove(node)
    return model
