"""The network in half precision, all but what it computes with coordinates.

Coordinates reach hundreds of text heights, where half precision has steps of a quarter: it would
lose the angles before sin and cos, the rows of position tables and the sides of a word's box.
"""

from __future__ import annotations

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

BOXES = "boxes"
CARRY_COORDINATES = frozenset(
    "Cast Clip Concat Div Expand Flatten GatherElements Identity Mul Reshape Slice Split Squeeze "
    "Sub Transpose Unsqueeze".split()
)
"""Operators whose results are coordinates, or differences of them, where their input is."""
TAKE_COORDINATES = frozenset({"Sin", "Cos"})
"""Operators that need them exact, and give numbers for which halves are fine."""


def to_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Convert a model in place; inputs and outputs stay in single precision."""
    exact = _nodes_with_coordinates(model)
    half = convert_float_to_float16(model, keep_io_types=True, node_block_list=exact)
    return _without_round_trips(_without_repeated_nodes(half))


def _nodes_with_coordinates(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes that coordinates reach on their way from the input."""
    coordinates, found = {BOXES}, []
    for node in model.graph.node:
        if coordinates.isdisjoint(node.input):
            continue
        if node.op_type in CARRY_COORDINATES:
            coordinates.update(node.output)
            found.append(node.name)
        elif node.op_type in TAKE_COORDINATES:
            found.append(node.name)
    return found


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
    while dead := _unused_casts(graph):
        for node in dead:
            graph.node.remove(node)
    return model


def _unused_casts(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    used = {name for node in graph.node for name in node.input} | {o.name for o in graph.output}
    return [n for n in graph.node if n.op_type == "Cast" and used.isdisjoint(n.output)]
