"""Members of line items in reading order: what stands together belongs under one head."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layout.decode import decode
from layout.graph import GraphScores
from layout.in_order import (
    AGAIN_COST,
    ASTRAY_COST,
    BACK_COST,
    DOUBT,
    HEADLESS_COST,
    REPEAT_COST,
    Floats,
    Reading,
    Run,
    runs_in_order,
)
from layout.schema import load_schema

RECEIPT = load_schema("receipt")


def heads_of(
    logits: Floats,
    heads: Sequence[int | None],
    paths: Sequence[str | None],
    *,
    may_lack_heads: bool = False,
) -> list[int | None]:
    """The head of each entity."""
    found: list[int | None] = [None] * len(paths)
    runs = runs_in_order(Reading(logits, heads, paths), may_lack_heads=may_lack_heads)
    assert [run.start for run in runs] == [0, *(run.end for run in runs[:-1])]
    assert runs[-1].end == len(paths)
    for run in runs:
        found[run.start : run.end] = [run.head] * (run.end - run.start)
    return found


def test_a_value_in_doubt_goes_where_its_neighbours_go() -> None:
    # name, quantity, price; name, quantity, price: the first price looks a little like the second's
    logits = np.array([[0.0, 5.0, 2.0, 0.0, -5.0, -5.0], [0.0, -5.0, 3.0, 0.0, 5.0, 5.0]])
    heads = [0, None, None, 1, None, None]
    paths = ["name", "quantity", "price", "name", "quantity", "price"]
    assert heads_of(logits, heads, paths) == [0, 0, 0, 1, 1, 1]


def test_values_above_their_names_are_not_shifted_to_the_name_before() -> None:
    # Each price stands above its name, and all but the first look like the name's above them.
    logits = np.array(
        [[2.0, 0, 2.0, 0, -3.0, 0], [-2.0, 0, 0.5, 0, 2.0, 0], [-5.0, 0, -5.0, 0, 0.5, 0]]
    )
    heads = [None, 0, None, 1, None, 2]
    paths = ["price", "name"] * 3
    assert heads_of(logits, heads, paths) == [0, 0, 1, 1, 2, 2]


def test_a_list_of_a_group_may_hold_many() -> None:
    logits = np.array([[0.0, 3.0, 3.0, 3.0]])
    assert heads_of(logits, [0, None, None, None], [None] * 4) == [0] * 4


def test_a_sure_value_is_fetched_back_from_behind_the_next_head() -> None:
    logits = np.array([[0.0, 0.0, 30.0, -30.0], [0.0, 0.0, -30.0, 30.0]])
    chosen = heads_of(logits, [0, 1, None, None], ["name", "name", "a", "b"])
    assert chosen[3] == 1
    assert chosen[2] == (0 if -np.log(DOUBT / 3) > BACK_COST else 1)


def test_long_groups_are_not_lost() -> None:
    logits = np.zeros((1, 200))
    assert heads_of(logits, [0] + [None] * 199, [None] * 200) == [0] * 200


def test_hundreds_of_items_take_no_time() -> None:
    heads = [i // 5 if i % 5 == 0 else None for i in range(2_000)]
    paths = [f"{i % 5}" for i in range(2_000)]
    logits = np.random.default_rng(0).normal(size=(400, 2_000))
    started = time.monotonic()
    assert len(heads_of(logits, heads, paths, may_lack_heads=True)) == 2_000
    assert time.monotonic() - started < 20


def test_an_item_whose_name_was_not_found_keeps_its_values_together() -> None:
    # name, quantity, price; quantity, price; name, quantity, price: the second name is missing.
    logits = np.array([[0.0, 5, 5, -2, -2, 0, -8, -8], [0.0, -8, -8, -1, -3, 0, 5, 5]])
    heads = [0, None, None, None, None, 1, None, None]
    paths = ["name", "quantity", "price", "quantity", "price", "name", "quantity", "price"]
    chosen = heads_of(logits, heads, paths, may_lack_heads=True)
    assert chosen == [0, 0, 0, None, None, 1, 1, 1]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), n_heads=st.integers(1, 2), may_lack_heads=st.booleans())
def test_the_cut_is_the_best_of_all(
    data: st.DataObject, *, n_heads: int, may_lack_heads: bool
) -> None:
    n_members = data.draw(st.integers(0, 4 - n_heads))
    order = data.draw(st.permutations([*[True] * n_heads, *[False] * n_members]))
    names = iter(range(n_heads))
    heads = [next(names) if is_head else None for is_head in order]
    numbers = st.floats(-8, 8, allow_nan=False).map(lambda x: round(x, 1))
    row = st.lists(numbers, min_size=len(heads), max_size=len(heads))
    logits = np.array(data.draw(st.lists(row, min_size=n_heads, max_size=n_heads)))
    paths = data.draw(
        st.lists(st.sampled_from(["a", "b", None]), min_size=len(heads), max_size=len(heads))
    )
    reading = Reading(logits, heads, paths)
    # Each head is a state, at the odd places those of none between them.
    states = range(2 * n_heads + 1) if may_lack_heads else range(1, 2 * n_heads, 2)
    best = max(
        _score(reading, _cut(of_each, breaks))
        for of_each in itertools.product(states, repeat=len(heads))
        for breaks in itertools.product((False, True), repeat=len(heads) - 1)
    )
    chosen = runs_in_order(reading, may_lack_heads=may_lack_heads)
    of_heads = [_placed(chosen, i) for i in range(len(chosen))]
    ours = max(
        _score(reading, list(zip(choice, ((r.start, r.end) for r in chosen), strict=True)))
        for choice in itertools.product(*of_heads)
        if may_lack_heads or all(state % 2 for state in choice)
    )
    assert ours == pytest.approx(best)


Cut = list[tuple[int, tuple[int, int]]]
"""Runs: of which state, from where to where."""


def _placed(chosen: list[Run], place: int) -> tuple[int, ...]:
    """States that a run may be of: a run of none may stand between any heads."""
    head = chosen[place].head
    n_heads = 1 + max((run.head for run in chosen if run.head is not None), default=1)
    return tuple(range(0, 2 * n_heads + 1, 2)) if head is None else (2 * head + 1,)


def _cut(states: tuple[int, ...], breaks: tuple[bool, ...]) -> Cut:
    runs: Cut = []
    for i, state in enumerate(states):
        if runs and runs[-1][0] == state and not breaks[i - 1]:
            runs[-1] = (state, (runs[-1][1][0], i + 1))
        else:
            runs.append((state, (i, i + 1)))
    return runs


def _score(reading: Reading, runs: Cut) -> float:
    """What a cut is worth by the definition, worked out run by run."""
    logits = np.vstack([reading.logits, np.zeros((1, len(reading.paths)))])
    shares = np.exp(logits) / np.exp(logits).sum(axis=0)
    total = 0.0
    before: int | None = None
    for state, (start, end) in runs:
        head = (state - 1) // 2 if state % 2 else None
        total -= HEADLESS_COST if head is None else 0.0
        if before is not None and state < before:
            total -= BACK_COST
        if state == before and head is not None:
            total -= AGAIN_COST
        before = state
        for i in range(start, end):
            if reading.heads[i] is None:
                row = len(shares) - 1 if head is None else head
                total += float(np.log((1 - DOUBT) * shares[row, i] + DOUBT / len(shares)))
            elif reading.heads[i] != head:
                total -= ASTRAY_COST
        known = [path for path in reading.paths[start:end] if path is not None]
        total -= REPEAT_COST * (len(known) - len(set(known)))
    return total


def test_a_receipts_values_stay_together_unless_told_otherwise() -> None:
    labels = tuple(RECEIPT.labels)
    name, quantity, price = (
        labels.index(f"receipt.items.{leaf}") for leaf in ("description", "quantity", "total_price")
    )
    initial = np.full((len(labels), 6), -8.0, dtype=np.float32)
    for word, row in enumerate((name, quantity, price) * 2):
        initial[row, word] = 8.0
    none = np.full((6, 6), -8.0, dtype=np.float32)
    rel_g = none.copy()
    rel_g[0, [1, 2]] = 6.0, 2.0
    rel_g[3, [2, 4, 5]] = 3.0, 6.0, 6.0
    scores = GraphScores(labels, initial, none, rel_g, initial[name] * 0 - 8)

    def parents(given: GraphScores, *without: str) -> list[int | None]:
        return [e.parent for e in decode(given, RECEIPT, without=frozenset(without)).entities]

    assert parents(scores) == [None, 0, 0, None, 3, 3]
    # Each by itself: the second price is the surer one, the first is left with what is free.
    rel_g[3, 5] = 2.5
    assert parents(scores, "in_order") == [None, 0, 3, None, 3, 0]
    assert parents(scores) == [None, 0, 0, None, 3, 3]


def test_thousands_of_items_are_read_in_stretches() -> None:
    labels = tuple(RECEIPT.labels)
    n = 2_400
    initial = np.full((len(labels), n), -8.0, dtype=np.float32)
    initial[labels.index("receipt.items.description"), ::2] = 8.0
    initial[labels.index("receipt.items.total_price"), 1::2] = 8.0
    none = np.full((n, n), -8.0, dtype=np.float32)
    rel_g = none.copy()
    rel_g[np.arange(0, n, 2), np.arange(1, n, 2)] = 6.0
    scores = GraphScores(labels, initial, none, rel_g, np.full(n, -8.0, dtype=np.float32))
    started = time.monotonic()
    parents = [entity.parent for entity in decode(scores, RECEIPT).entities]
    assert parents == [None if i % 2 == 0 else i - 1 for i in range(n)]
    assert time.monotonic() - started < 20
