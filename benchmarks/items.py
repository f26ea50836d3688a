"""The structure of groups: line items that are right as a whole, and totals that stand repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from pydantic import JsonValue

from benchmarks.answers import Answer
from benchmarks.counts import CategoryCounts, Metric, count_multisets, mean_metric

Frozen = str | frozenset[object]
"""A tree of fields, hashable."""


def count_items(predicted: Answer, true: Answer, *, sections: Collection[str]) -> CategoryCounts:
    """Count line items all of whose fields are right.

    An item is one object of a section of the tree of fields (a line of CORD's `menu`), with all
    that stands below it. A predicted item is right when a true one of its section has exactly the
    same fields, sub-items included: the same paths with exactly the same texts, none missing and
    none added; the order of the fields and of the items does not count. Each true item is matched
    once. F1 is micro-averaged over all items of all documents; its recall is the share of items
    that are right as a whole.

    Args:
        predicted: with `fields` in the data set's own form.
        true: likewise.
        sections: names at the top of the tree that hold items, alone or in a list.

    Source: this project; a stricter reading of groups than field F1 within them
    (`count_grouped_fields`).
    """
    return count_multisets(
        Counter(_items(predicted.fields, sections)), Counter(_items(true.fields, sections))
    )


def _items(
    fields: Mapping[str, JsonValue], sections: Collection[str]
) -> Iterator[tuple[str, Frozen]]:
    for section in sections:
        child = fields.get(section)
        for item in child if isinstance(child, list) else [child]:
            whole = _frozen(item)
            if whole:
                yield section, whole


def _frozen(tree: JsonValue) -> Frozen:
    """Something that equals another's only where both trees hold the same; empty if they hold none.

    Texts are stripped at both ends; empty ones, nulls and empty objects are no fields, and a list
    of one is that one.
    """
    if isinstance(tree, dict):
        children = {name: _frozen(child) for name, child in tree.items()}
        return frozenset((name, child) for name, child in children.items() if child)
    if isinstance(tree, list):
        items = Counter(frozen for child in tree if (frozen := _frozen(child)))
        return next(iter(items)) if items.total() == 1 else frozenset(items.items())
    return "" if tree is None else str(tree).strip()


def exact_items(sections: Collection[str]) -> Metric:
    """The metric `count_items` over some sections."""
    return Metric(
        "items_exact",
        f"F1 of whole items of {', '.join(sections)}: all fields equal, none missing, none added",
        partial(count_items, sections=tuple(sections)),
    )


def repeated_total_is_hit(predicted: Answer, true: Answer) -> float | None:
    """Whether the total is right, for a receipt on which its amount stands several times.

    Such a receipt has several entities `total` in its truth: every place where the amount stands
    (SROIE gives the amount alone, the reader finds its places). The total is right when its text is
    exactly the true one. The mean over these receipts is the hit rate.

    Returns:
        1 or 0; None where the amount stands at most once, or where the truth has no total or does
        not say where it stands.

    Source: this project.
    """
    wanted = str(true.fields.get("total") or "").strip()
    n_places = len({tuple(e.word_ids) for e in true.entities if e.label == "total"})
    if not wanted or n_places < 2:
        return None
    return float(str(predicted.fields.get("total") or "").strip() == wanted)


REPEATED_TOTALS = mean_metric(
    "sroie_repeated_total_hit_rate",
    "share of right totals among the receipts on which the total's amount stands several times",
    repeated_total_is_hit,
)
