"""Decoded graphs and results in the form of gt_parse, CORD's ground truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from layout.result import FieldNode, GroupField, LeafField
from layout.schema import DocumentSchema


@dataclass(frozen=True)
class FieldOccurrence:
    """One value with its place in the tree.

    Attributes:
        path: of its leaf in the schema.
        text: of the value; a field without text has no place in the tree.
        parent: index (in the sequence of occurrences) of the group head that it belongs under.
        position: sorts the tree; the first word's id.
    """

    path: str
    text: str
    parent: int | None
    position: int


@dataclass
class _Group:
    """An instance of a repeated group, or the root (path "")."""

    path: str
    outer: _Group | None
    members: list[FieldOccurrence] = field(default_factory=list)
    inner: list[_Group] = field(default_factory=list)

    @property
    def position(self) -> int:
        """Of its first value; a group without any (all of it empty) comes first and is dropped."""
        places = [m.position for m in self.members] + [group.position for group in self.inner]
        return min(places, default=-1)


def tree_of(schema: DocumentSchema, occurrences: Sequence[FieldOccurrence]) -> dict[str, JsonValue]:
    """The tree in gt_parse's form: several occurrences make a list, a single one stands alone.

    A field of a repeated group without a parent opens a group of its own; so does a sub-item's
    field, within the menu line that it belongs under, else within one of its own. Groups and lists
    are in the order of their first words.
    """
    root = _Group("", None)
    instances: dict[int, _Group] = {}

    def instance_of(index: int) -> _Group:
        if index not in instances:
            occurrence = occurrences[index]
            path = schema.group_of(occurrence.path)
            above = None if occurrence.parent is None else instance_of(occurrence.parent)
            instances[index] = _instance(schema, root, path, above)
        return instances[index]

    for index, occurrence in enumerate(occurrences):
        group = instance_of(index)
        if occurrence.text:
            group.members.append(occurrence)
    return _tree(schema, root)


def _instance(
    schema: DocumentSchema, root: _Group, path: str | None, above: _Group | None
) -> _Group:
    """The instance of a group that a field belongs to: its parent's, or a new one."""
    if path is None:
        return root
    while above is not None and above is not root:
        if above.path == path:
            return above
        if above.path == schema.group_of(path):
            break
        above = above.outer
    outer = above if above is not None and above is not root else None
    if outer is None:
        outer = _instance(schema, root, schema.group_of(path), None)
    group = _Group(path, outer)
    outer.inner.append(group)
    return group


def _tree(schema: DocumentSchema, group: _Group) -> dict[str, JsonValue]:
    """A group's values and sub-groups, in the schema's order of fields."""
    values: dict[str, list[tuple[int, JsonValue]]] = {}
    for member in group.members:
        values.setdefault(member.path, []).append((member.position, member.text))
    for inner in group.inner:
        child = _tree(schema, inner)
        if child:
            values.setdefault(inner.path, []).append((inner.position, child))
    tree: dict[str, JsonValue] = {}
    for path in schema.by_path:
        if path not in values:
            continue
        items = [item for _, item in sorted(values[path], key=lambda pair: pair[0])]
        below = path.removeprefix(f"{group.path}.") if group.path else path
        *sections, name = below.split(".")
        place = tree
        for section in sections:
            step = place.setdefault(section, {})
            if not isinstance(step, dict):  # a schema's path is either a group or a leaf
                raise TypeError(f"{path}: {section} holds a value")
            place = step
        place[name] = items[0] if len(items) == 1 else items
    return tree


def tree_of_result(fields: dict[str, FieldNode]) -> dict[str, JsonValue]:
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
