"""Decoded graphs and results in the form of gt_parse, CORD's ground truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from layout.graph import FieldGraph
from layout.instances import Instance, build_instances
from layout.result import FieldNode, GroupField, LeafField
from layout.schema import DocumentSchema


def tree_of_graph(
    graph: FieldGraph, texts: Sequence[str], schema: DocumentSchema
) -> dict[str, JsonValue]:
    """A graph's tree: a field that occurs several times is a list, a single one stands alone.

    Unlike the result's tree, it holds every occurrence of a field, as gt_parse does. Groups and
    lists are in the order of their first words, fields in the schema's order.

    Args:
        graph: the entities.
        texts: of each entity; one without text leaves no trace.
        schema: of the data set.
    """
    return _Tree(graph, texts, schema).build()


class _Tree:
    def __init__(self, graph: FieldGraph, texts: Sequence[str], schema: DocumentSchema) -> None:
        self._entities = graph.entities
        self._texts = texts
        self._schema = schema
        self._document = build_instances(graph, schema)

    def build(self) -> dict[str, JsonValue]:
        return self._instance(self._document)

    def _first_word(self, instance: Instance) -> int:
        own = [min(self._entities[i].word_ids) for i in instance.entities if self._texts[i]]
        below = [self._first_word(child) for child in instance.children]
        return min((*own, *below), default=-1)  # without any text it leaves no trace anyway

    def _instance(self, instance: Instance) -> dict[str, JsonValue]:
        values: dict[str, list[JsonValue]] = {}
        for i in sorted(instance.entities, key=lambda i: min(self._entities[i].word_ids)):
            if self._texts[i]:
                values.setdefault(self._entities[i].path, []).append(self._texts[i])
        for child in sorted(instance.children, key=self._first_word):
            tree = self._instance(child)
            if tree:
                values.setdefault(child.path, []).append(tree)
        return self._nested(values, f"{instance.path}." if instance.path else "")

    def _nested(self, values: Mapping[str, list[JsonValue]], prefix: str) -> dict[str, JsonValue]:
        """Values by path, the single groups between this one and them (`total`) put in."""
        tree: dict[str, JsonValue] = {}
        sections: dict[str, dict[str, JsonValue]] = {prefix.removesuffix("."): tree}
        for path in self._schema.by_path:
            if path not in values:
                continue
            above, _, name = path.rpartition(".")
            if above not in sections:
                section: dict[str, JsonValue] = {}
                sections[above] = section
                tree[above.removeprefix(prefix)] = section
            items = values[path]
            sections[above][name] = items[0] if len(items) == 1 else items
        return tree


def tree_of_result(fields: Mapping[str, FieldNode]) -> dict[str, JsonValue]:
    """An extraction's fields in gt_parse's form: texts for leaves, lists only where several."""
    tree: dict[str, JsonValue] = {}
    for name, node in fields.items():
        nodes = node if isinstance(node, list) else [node]
        items: list[JsonValue] = [item for item in map(_item, nodes) if item]
        if items:
            tree[name] = items[0] if len(items) == 1 else items
    return tree


def _item(node: LeafField | GroupField) -> JsonValue:
    return node.text if isinstance(node, LeafField) else tree_of_result(node.fields)
