"""CORD's parse as SPADE scores it: keys within greedily paired groups, strict and relaxed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from pydantic import JsonValue
from rapidfuzz.distance import Levenshtein

from benchmarks.answers import Answer
from benchmarks.counts import CategoryCounts, Counts, Metric
from benchmarks.trees import leaves

Group = dict[str, list[str]]
"""A menu line, or one section's totals: values by key, in the order of the tree."""

MAX_EDITS = 2
MAX_EDIT_SHARE = 0.4
"""How far a name may be off where small edit distances are allowed, as in the release."""
EQUAL_VALUES = 50
"""What equal values add to the resemblance of two groups, in characters, as in the release."""


def count_parse(
    predicted: Answer, true: Answer, *, is_refined: bool = False, allows_near_names: bool = False
) -> CategoryCounts:
    """Count keys of gt_parse that are right within paired groups, as SPADE's release does.

    A group is an object of a section (a line of `menu`, the one object of `total`); the fields of a
    menu line's sub-items stand in the line's own group, as `menu.sub_nm`. Groups of both sides are
    paired greedily, the most alike first (ties: the first true one, then the first predicted one),
    until no two are alike at all. Resemblance is the number of characters that two groups share,
    each key's for itself and then all together, with 50 for a key whose values are equal. A key
    counts once a group, however many values it has; it is right when its values, white space
    aside, are those of the paired group, in the same order. F1 is micro-averaged over all keys of
    all groups of all documents.

    Args:
        predicted: with `fields` in gt_parse's form.
        true: likewise.
        is_refined: first reduce prices to digits and a leading minus, counts to digits and points,
            join several unit prices of a group, and take a lone unit price for the price (the
            release's `refine_parse`).
        allows_near_names: a name (a key with "nm") is right, too, if its first value is at most 2
            edits away from the true one, or at most 0.4 of its own length
            (`allow_small_edit_distance`).

    Source: Hwang et al., Spatial Dependency Parsing for Semi-Structured Document Information
    Extraction, Findings of ACL 2021, and `spade/postprocess/eval.py` of its release, whose
    configuration for testing on CORD sets both relaxations. The release joins the lines of one
    category and group to one value before; here they are a list of values, in gt_parse's order.
    """
    ours, theirs = groups_of(predicted.fields), groups_of(true.fields)
    if is_refined:
        ours, theirs = [[_refined(group) for group in side] for side in (ours, theirs)]
    counts: dict[str, Counts] = {}
    for group in ours:
        _add(counts, group, Counts(n_predicted=1))
    for group in theirs:
        _add(counts, group, Counts(n_true=1))
    for mine, its in pair(ours, theirs):
        right = [key for key in its if _is_right(key, mine, its, allows_near_names)]
        _add(counts, right, Counts(n_correct=1))
    return counts


def groups_of(fields: Mapping[str, JsonValue]) -> list[Group]:
    """The groups of a tree in gt_parse's form, in its order; see `count_parse`."""
    groups = []
    for section, child in fields.items():
        for item in child if isinstance(child, list) else [child]:
            group: Group = {}
            for path, text in leaves(item, section):
                key = path.replace(".sub.", ".sub_")
                group.setdefault(key, []).append(text)
            if group:
                groups.append(group)
    return groups


def pair(predicted: Sequence[Group], true: Sequence[Group]) -> Iterator[tuple[Group, Group]]:
    """Pairs of (predicted, true) groups, the most alike first; see `count_parse`."""
    if not predicted or not true:
        return
    alike = np.array([[resemblance(ours, its) for ours in predicted] for its in true])
    while alike.max() > 0:
        row, column = divmod(int(alike.argmax()), len(predicted))
        yield predicted[column], true[row]
        alike[row, :] = 0
        alike[:, column] = 0


def resemblance(first: Group, second: Group) -> int:
    """How alike two groups are, in characters; see `count_parse`."""
    score = (_characters(first) & _characters(second)).total()
    for key in first.keys() & second.keys():
        if first[key] == second[key]:
            score += EQUAL_VALUES
        else:
            shared = Counter("".join(first[key])) & Counter("".join(second[key]))
            score += shared.total()
    return score


def _characters(group: Group) -> Counter[str]:
    return Counter("".join(_solid(value) for values in group.values() for value in values))


def _refined(group: Group) -> Group:
    group = dict(group)
    if "menu.unitprice" in group and not group.keys() & {"menu.itemsubtotal", "menu.price"}:
        group["menu.price"] = group.pop("menu.unitprice")
    return {key: _refined_values(key, values) for key, values in group.items()}


def _refined_values(key: str, values: list[str]) -> list[str]:
    if "unitprice" in key:
        values = ["".join(values)]
    others = r"[^0-9]" if "price" in key else r"[^0-9^.]" if "cnt" in key else None
    if others is None:
        return values
    minus = "-" if values[0].startswith("-") else ""
    plain = [re.sub(others, "", value) for value in values]
    return [minus + plain[0], *plain[1:]]


def _is_right(key: str, predicted: Group, true: Group, allows_near_names: bool) -> bool:  # noqa: FBT001 private
    ours = [_solid(value) for value in predicted.get(key, [])]
    theirs = [_solid(value) for value in true[key]]
    if ours == theirs:
        return True
    if not (allows_near_names and "nm" in key and ours):
        return False
    n_edits = Levenshtein.distance(ours[0], theirs[0])
    return n_edits <= MAX_EDITS or n_edits <= MAX_EDIT_SHARE * len(ours[0])


def _solid(text: str) -> str:
    return text.replace(" ", "")


def _add(counts: dict[str, Counts], keys: Group | Sequence[str], more: Counts) -> None:
    for key in keys:
        counts[key] = counts.get(key, Counts()) + more


STRICT = Metric(
    "spade_parse_strict",
    "SPADE's parse F1: keys within greedily paired groups, values equal but for white space, "
    "micro-averaged",
    count_parse,
)
REFINED = Metric(
    "spade_parse_refined",
    "SPADE's parse F1 after its refinement: prices and counts compared by their digits",
    partial(count_parse, is_refined=True),
)
REFINED_NEAR_NAMES = Metric(
    "spade_parse_refined_near_names",
    "SPADE's parse F1 as its release tests on CORD: refined, and names with small edit distances "
    "right",
    partial(count_parse, is_refined=True, allows_near_names=True),
)
