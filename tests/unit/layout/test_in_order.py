"""Members of line items in reading order: what stands together belongs under one head."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.decode import decode
from layout.graph import GraphScores
from layout.in_order import (
    ASTRAY_COST,
    BACK_COST,
    DOUBT,
    REPEAT_COST,
    heads_in_order,
)
from layout.schema import load_schema

RECEIPT = load_schema("receipt")


def test_a_value_in_doubt_goes_where_its_neighbours_go() -> None:
    # name, quantity, price; name, quantity, price: the first price looks a little like the second's
    logits = np.array([[0.0, 5.0, 2.0, 0.0, -5.0, -5.0], [0.0, -5.0, 3.0, 0.0, 5.0, 5.0]])
    heads = [0, None, None, 1, None, None]
    paths = ["name", "quantity", "price", "name", "quantity", "price"]
    assert heads_in_order(logits, heads=heads, paths=paths) == [0, 0, 0, 1, 1, 1]


def test_values_above_their_names_are_not_shifted_to_the_name_before() -> None:
    # Each price stands above its name, and all but the first look like the name's above them.
    logits = np.array(
        [[2.0, 0, 2.0, 0, -3.0, 0], [-2.0, 0, 0.5, 0, 2.0, 0], [-5.0, 0, -5.0, 0, 0.5, 0]]
    )
    heads = [None, 0, None, 1, None, 2]
    paths = ["price", "name"] * 3
    assert heads_in_order(logits, heads=heads, paths=paths) == [0, 0, 1, 1, 2, 2]


def test_a_list_of_a_group_may_hold_many() -> None:
    logits = np.array([[0.0, 3.0, 3.0, 3.0]])
    assert heads_in_order(logits, heads=[0, None, None, None], paths=[None] * 4) == [0] * 4


def test_a_sure_value_is_fetched_back_from_behind_the_next_head() -> None:
    logits = np.array([[0.0, 0.0, 30.0, -30.0], [0.0, 0.0, -30.0, 30.0]])
    chosen = heads_in_order(logits, heads=[0, 1, None, None], paths=["name", "name", "a", "b"])
    assert chosen[3] == 1
    assert chosen[2] == (0 if -np.log(DOUBT / 2) > 2 * BACK_COST else 1)


def test_long_groups_are_not_lost() -> None:
    logits = np.zeros((1, 200))
    assert heads_in_order(logits, heads=[0] + [None] * 199, paths=[None] * 200) == [0] * 200


def test_hundreds_of_items_take_no_time() -> None:
    heads = [i // 5 if i % 5 == 0 else None for i in range(2_000)]
    paths = [f"{i % 5}" for i in range(2_000)]
    logits = np.random.default_rng(0).normal(size=(400, 2_000))
    started = time.monotonic()
    assert len(heads_in_order(logits, heads=heads, paths=paths)) == 2_000
    assert time.monotonic() - started < 20


@given(data=st.data(), n_heads=st.integers(1, 3), n_members=st.integers(0, 4))
def test_the_cut_is_the_best_of_all(data: st.DataObject, n_heads: int, n_members: int) -> None:
    order = data.draw(st.permutations([*range(n_heads), *[None] * n_members]))
    names = iter(range(n_heads))
    heads = [None if each is None else next(names) for each in order]
    n = len(heads)
    numbers = st.floats(-8, 8, allow_nan=False).map(lambda x: round(x, 1))
    logits = np.array(
        data.draw(
            st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=n_heads, max_size=n_heads)
        )
    )
    paths = data.draw(st.lists(st.sampled_from(["a", "b", None]), min_size=n, max_size=n))
    chosen = heads_in_order(logits, heads=heads, paths=paths)
    best = max(
        _score(logits, heads, paths, rows) for rows in itertools.product(range(n_heads), repeat=n)
    )
    assert _score(logits, heads, paths, chosen) == pytest.approx(best)


def _score(
    logits: np.ndarray,
    heads: list[int | None],
    paths: list[str | None],
    rows: tuple[int, ...] | list[int],
) -> float:
    """What a choice is worth by the definition, worked out run by run."""
    shares = np.exp(logits - logits.max(axis=0))
    shares /= shares.sum(axis=0)
    total = 0.0
    before: int | None = None
    seen: list[str] = []
    for i, row in enumerate(rows):
        if heads[i] is None:
            total += float(np.log((1 - DOUBT) * shares[row, i] + DOUBT / len(shares)))
        elif heads[i] != row:
            total -= ASTRAY_COST
        if row != before:
            total -= BACK_COST if before is not None and row < before else 0.0
            before, seen = row, []
        path = paths[i]
        if path is not None:
            total -= REPEAT_COST * (path in seen)
            seen.append(path)
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
