"""Field F1 over trees of fields: flattened, and over optimally paired groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue
from scipy.optimize import linear_sum_assignment

from benchmarks.answers import Answer
from benchmarks.counts import CategoryCounts, Counts, Metric, count_multisets


def leaves(tree: JsonValue, path: str = "") -> Iterator[tuple[str, str]]:
    """All (path, text) of a tree of fields; lists leave no trace in the path.

    Texts are stripped of white space at both ends; empty ones and nulls are no fields.
    """
    if isinstance(tree, Mapping):
        for name, child in tree.items():
            yield from leaves(child, f"{path}.{name}" if path else name)
    elif isinstance(tree, list):
        for child in tree:
            yield from leaves(child, path)
    elif tree is not None and str(tree).strip():
        yield path, str(tree).strip()


def count_flat_fields(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count fields that are right whatever group they stand in.

    Both trees are flattened to (path, text) pairs, list positions forgotten; a predicted pair is
    right when the truth holds it, each true pair once. F1 is micro-averaged over all documents:
    TP / (TP + (FP + FN) / 2).

    Source: the field-level F1 of Donut (Kim et al., OCR-free Document Understanding Transformer,
    ECCV 2022), as `JSONParseEvaluator.cal_f1` of its release counts it.
    """
    return count_multisets(Counter(leaves(predicted.fields)), Counter(leaves(true.fields)))


def count_grouped_fields(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count fields that are right within optimally paired groups.

    A group is an object of the tree (a menu line, one of its sub-items, the totals). Groups of the
    same path and under paired parents are paired one to one so that as many fields as possible are
    right in all, sub-groups included (maximum-weight bipartite matching). A field is right when the
    true group paired with its own holds the same path with exactly the same text; each true field
    is matched once. Fields of groups without a partner are wrong, or missed. F1 is micro-averaged
    over all fields of all documents.

    Source: SPADE's F1 over groups (Hwang et al., Spatial Dependency Parsing for Semi-Structured
    Document Information Extraction, Findings of ACL 2021, and the release's
    `spade/postprocess/eval.py`), which also counts fields within paired groups. Three things are
    stricter or better defined here: the release pairs greedily by resemblance of characters, where
    this pairing is optimal; it ignores white space inside texts, where this compares texts exactly;
    and it counts a key once a group, where this counts every value.
    """
    correct = _n_matched(_node(predicted.fields), _node(true.fields), "")
    counts = {path: Counts(n_correct=n) for path, n in correct.items()}
    for path, _ in leaves(predicted.fields):
        counts[path] = counts.get(path, Counts()) + Counts(n_predicted=1)
    for path, _ in leaves(true.fields):
        counts[path] = counts.get(path, Counts()) + Counts(n_true=1)
    return counts


@dataclass(frozen=True)
class _Node:
    """A group: the texts of its own fields and its sub-groups, by name."""

    texts: Mapping[str, Counter[str]]
    groups: Mapping[str, Sequence[_Node]]


def _node(tree: Mapping[str, JsonValue]) -> _Node:
    texts: dict[str, Counter[str]] = {}
    groups: dict[str, list[_Node]] = {}
    for name, child in tree.items():
        for item in _items(child):
            if isinstance(item, Mapping):
                groups.setdefault(name, []).append(_node(item))
            else:
                texts.setdefault(name, Counter()).update(text for _, text in leaves(item))
    return _Node(texts, groups)


def _items(value: JsonValue) -> Iterator[JsonValue]:
    """A list's items, lists inside it dissolved; anything else is its own only item."""
    if isinstance(value, list):
        for item in value:
            yield from _items(item)
    else:
        yield value


def _n_matched(predicted: _Node, true: _Node, prefix: str) -> Counter[str]:
    """How many fields are right by path, the groups below paired as well as possible."""
    matched: Counter[str] = Counter()
    for name in predicted.texts.keys() & true.texts.keys():
        matched[prefix + name] += (predicted.texts[name] & true.texts[name]).total()
    for name in predicted.groups.keys() & true.groups.keys():
        table = [
            [_n_matched(ours, theirs, f"{prefix}{name}.") for theirs in true.groups[name]]
            for ours in predicted.groups[name]
        ]
        gains = np.array([[cell.total() for cell in row] for row in table])
        rows, columns = linear_sum_assignment(gains, maximize=True)
        for row, column in zip(rows, columns, strict=True):
            matched += table[row][column]
    return +matched


FLAT_FIELDS = Metric(
    "fields_flat_donut",
    "Donut's field-level F1: (path, text) equal, groups forgotten, micro-averaged",
    count_flat_fields,
)
GROUPED_FIELDS = Metric(
    "fields_in_groups_strict",
    "field F1 within optimally paired groups: path and text equal, micro-averaged",
    count_grouped_fields,
)
