"""Donut's tree edit distance accuracy of a tree of fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from rapidfuzz.distance import Levenshtein

from benchmarks.answers import Answer
from benchmarks.counts import mean_metric


@dataclass(frozen=True)
class Node:
    """A node of an ordered, labelled tree.

    Attributes:
        label: a field's name, or a value's text.
        children: in their order.
        is_value: whether it is a leaf that holds a text, and no name.
    """

    label: str
    children: tuple[Node, ...] = ()
    is_value: bool = False


def tree_accuracy(predicted: Answer, true: Answer) -> float:
    """1 - TED(predicted, true) / TED(nothing, true), at least 0: one document's value.

    Both trees of fields become ordered trees: names sorted by (length, alphabet), every object of
    a list a node of its own, every text a leaf; empty texts and objects leave no trace. TED is the
    cheapest way from one tree to the other by inserting, removing (a name: 1, a text: its length)
    and relabelling nodes (name to name: 1 unless equal; text to text: their Levenshtein distance;
    name to text: 1 and the text's length). The metric is the mean over documents. A document whose
    true tree is empty counts 1 if nothing was predicted for it, else 0; the release divides by 0.

    Source: `JSONParseEvaluator.cal_acc` of the release of Donut (Kim et al., OCR-free Document
    Understanding Transformer, ECCV 2022, section 3.1.3), which calls it nTED accuracy.
    """
    ours, theirs = field_tree(predicted.fields), field_tree(true.fields)
    n_all = edit_distance(Node(ours.label), theirs)
    if n_all == 0:
        return float(not ours.children)
    return max(0.0, 1.0 - edit_distance(ours, theirs) / n_all)


def field_tree(fields: JsonValue) -> Node:
    """A tree of fields as an ordered tree, in Donut's normal form; see `tree_accuracy`."""
    normal = _normalised(fields)
    return Node("<root>", _children(normal))


def _normalised(data: JsonValue) -> JsonValue:
    """Every name's value as a list, of objects or of texts; what is empty left out."""
    if not data:
        return {}
    if isinstance(data, dict):
        children = {name: _normalised(data[name]) for name in sorted(data, key=_by_length)}
        return {n: c if isinstance(c, list) else [c] for n, c in children.items() if c}
    if isinstance(data, list):
        if all(isinstance(item, dict) for item in data):
            return [normal for item in data if (normal := _normalised(item))]
        texts = [str(item).strip() for item in data if type(item) in (str, int, float)]
        return [text for text in texts if text]
    return [str(data).strip()]


def _by_length(name: str) -> tuple[int, str]:
    return len(name), name


def _children(normal: JsonValue) -> tuple[Node, ...]:
    if isinstance(normal, dict):
        return tuple(Node(name, _children(child)) for name, child in normal.items())
    items = normal if isinstance(normal, list) else [normal]
    return tuple(
        Node("<subtree>", _children(item))
        if isinstance(item, dict)
        else Node(str(item), is_value=True)
        for item in items
    )


def edit_distance(first: Node, second: Node) -> int:
    """The cost of the cheapest edit script between two trees, with `tree_accuracy`'s costs.

    Source: Zhang & Shasha, Simple fast algorithms for the editing distance between trees and
    related problems, SIAM Journal on Computing 18(6), 1989.
    """
    return _Distance(_Postorder.of(first), _Postorder.of(second)).whole()


@dataclass(frozen=True)
class _Postorder:
    """A tree's nodes in postorder.

    Attributes:
        nodes: children before their parent.
        leftmost: the place of each node's leftmost leaf.
        key_roots: places of the root and of all nodes with a left sibling, ascending.
    """

    nodes: Sequence[Node]
    leftmost: Sequence[int]
    key_roots: Sequence[int]

    @classmethod
    def of(cls, root: Node) -> _Postorder:
        nodes: list[Node] = []
        leftmost: list[int] = []

        def visit(node: Node) -> int:
            firsts = [visit(child) for child in node.children]
            leftmost.append(firsts[0] if firsts else len(nodes))
            nodes.append(node)
            return leftmost[-1]

        visit(root)
        last = {first: place for place, first in enumerate(leftmost)}
        return cls(nodes, leftmost, sorted(last.values()))


class _Distance:
    """The distances of all pairs of subtrees, filled key root by key root."""

    def __init__(self, first: _Postorder, second: _Postorder) -> None:
        self._first, self._second = first, second
        self._removal = [_presence(node) for node in first.nodes]
        self._insertion = [_presence(node) for node in second.nodes]
        self._change = [[_change(a, b) for b in second.nodes] for a in first.nodes]
        self._trees = [[0] * len(second.nodes) for _ in first.nodes]

    def whole(self) -> int:
        """The distance of the two whole trees."""
        for i in self._first.key_roots:
            for j in self._second.key_roots:
                self._fill(i, j)
        return self._trees[-1][-1]

    def _fill(self, i: int, j: int) -> None:
        """Distances of the forests that begin at the leftmost leaves below `i` and `j`."""
        left_i, left_j = self._first.leftmost[i], self._second.leftmost[j]
        above = [0]
        for insertion in self._insertion[left_j : j + 1]:
            above.append(above[-1] + insertion)
        forests = [above]  # row x, column y: the first x and y nodes of the forests
        for x in range(left_i, i + 1):
            removal, first_x = self._removal[x], self._first.leftmost[x]
            trees, changes = self._trees[x], self._change[x]
            row = [above[0] + removal]
            before = forests[first_x - left_i]
            for y in range(left_j, j + 1):
                place = y - left_j
                cheapest = min(above[place + 1] + removal, row[place] + self._insertion[y])
                first_y = self._second.leftmost[y]
                if first_x == left_i and first_y == left_j:
                    cheapest = min(cheapest, above[place] + changes[y])
                    trees[y] = cheapest
                else:
                    cheapest = min(cheapest, before[first_y - left_j] + trees[y])
                row.append(cheapest)
            forests.append(row)
            above = row


def _presence(node: Node) -> int:
    """What it costs to insert or to remove a node."""
    return len(node.label) if node.is_value else 1


def _change(first: Node, second: Node) -> int:
    """What it costs to make one node the other."""
    if first.is_value and second.is_value:
        return Levenshtein.distance(first.label, second.label)
    if first.is_value or second.is_value:
        return 1 + len(first.label if first.is_value else second.label)
    return int(first.label != second.label)


TREE_ACCURACY = mean_metric(
    "fields_tree_accuracy_donut",
    "Donut's nTED accuracy: 1 - TED(predicted, true) / TED(nothing, true), not below 0, mean over "
    "documents",
    tree_accuracy,
)
