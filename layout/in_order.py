"""Members of a table's groups, read line by line: what belongs to one line item stands together.

One price by itself may look as if it belonged to the item above as much as to the one below; its
neighbours tell better. Heads and members in reading order are cut into runs, each of one head or of
none, so that the whole is likeliest, where going back to an earlier head costs something, and so do
a second value of a field that a group holds once, a head in the run of another, and a run without a
head (an item whose name was not found). The best cut is found by dynamic programming (semi-Markov;
Sarawagi and Cohen, NeurIPS 2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BACK_COST = 10.0
"""Of going back to an earlier head, in nats. Chosen with the others on made-up receipts and
invoices; half and twice as much do nearly as well."""
REPEAT_COST = 6.0
"""Of a second value where a group holds one."""
ASTRAY_COST = 10.0
"""Of a head in the run of another one or of none."""
HEADLESS_COST = 2.0
"""Of a run without a head."""
DOUBT = 0.02
"""How often the model's choice tells nothing: one sure mistake must not outweigh a column."""
MAX_RUN = 48
"""Most entities of one run."""
AGAIN_COST = 60.0
"""Of a second run of the same head: never to be had for less than repeated values."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """The H heads of a group and its E entities, heads among them, both in reading order.

    Attributes:
        logits: [H, E] of each head for each entity; "none" is at 0.
        heads: [E] which head an entity is; None for a member.
        paths: [E] the entity's field; None for one that a group may hold repeatedly.
    """

    logits: Floats
    heads: Sequence[int | None]
    paths: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Run:
    """The entities from `start` up to, not including, `end`; `head` is a row, None for none."""

    head: int | None
    start: int
    end: int


def runs_in_order(reading: Reading, *, may_lack_heads: bool) -> list[Run]:
    """Cut entities into runs of one head each.

    Args:
        reading: at least one head.
        may_lack_heads: whether runs without a head are possible.
    """
    states = _States.of(reading, may_lack_heads=may_lack_heads)
    n, n_states = len(reading.paths), len(states.heads)
    sums = np.vstack([np.zeros(n_states), states.gains.cumsum(axis=1).T])  # [E + 1, S]
    entered = np.tile(-states.costs, (n + 1, 1))  # best score of all before a run of the state
    came_from = np.zeros((n + 1, n_states), dtype=np.int32)
    began = np.zeros((n + 1, n_states), dtype=np.int32)
    best = entered[0]
    n_repeats = np.zeros(n)  # of fields in a run that begins here and ends where the loop stands
    last_seen: dict[str, int] = {}
    for end, path in enumerate(reading.paths, start=1):
        if path is not None:
            n_repeats[: last_seen.get(path, -1) + 1] += 1
            last_seen[path] = end - 1
        first = max(0, end - MAX_RUN)
        costs = REPEAT_COST * n_repeats[first:end]
        scores = entered[first:end] - sums[first:end] - costs[:, None]  # [starts, S]
        began[end] = first + scores.argmax(axis=0)
        best = scores.max(axis=0) + sums[end]
        before, came_from[end] = states.enter(best)
        entered[end] += before
    runs = []
    end, state = n, int(best.argmax())
    while end:
        start = int(began[end, state])
        runs.append(Run(states.heads[state], start, end))
        end, state = start, int(came_from[start, state])
    return runs[::-1]


@dataclass(frozen=True, slots=True)
class _States:
    """What a run can be of, S in reading order: each head, and none before, between and after them.

    Attributes:
        heads: [S] row of the head, or None.
        gains: [S, E] log-probability that an entity belongs there; of a head, in its own run.
        costs: [S] of a run.
        again: [S] cost of another run of the same state.
    """

    heads: tuple[int | None, ...]
    gains: Floats
    costs: Floats
    again: Floats

    @classmethod
    def of(cls, reading: Reading, *, may_lack_heads: bool) -> _States:
        n_heads, n_entities = reading.logits.shape
        logits = np.vstack([reading.logits, np.zeros((1, n_entities))])  # [H + 1, E]
        shares = np.exp(logits - logits.max(axis=0, initial=0.0))
        shares /= shares.sum(axis=0)
        gains = np.log((1 - DOUBT) * shares + DOUBT / len(shares))
        for i, head in enumerate(reading.heads):
            if head is not None:
                gains[:, i] = -ASTRAY_COST
                gains[head, i] = 0.0
        heads: list[int | None] = list(range(n_heads))
        if may_lack_heads:
            heads = [None, *(each for row in range(n_heads) for each in (row, None))]
        is_none = np.array([head is None for head in heads])
        return cls(
            heads=tuple(heads),
            gains=gains[[n_heads if head is None else head for head in heads]],
            costs=np.where(is_none, HEADLESS_COST, 0.0),
            again=np.where(is_none, 0.0, AGAIN_COST),
        )

    def enter(self, best: Floats) -> tuple[Floats, Ints]:
        """Go on after runs the last of which is of each state.

        Returns:
            The best score [S] before a run of each state, and the state [S] of the run before it.
        """
        states = np.arange(len(best))
        highest = np.maximum.accumulate(best)
        holders = np.maximum.accumulate(np.where(best == highest, states, 0))
        winner = int(best.argmax())
        others = np.where(states == winner, -np.inf, best)
        options = np.stack(
            [
                np.concatenate([[-np.inf], highest[:-1]]),
                np.where(states == winner, others.max(), best[winner]) - BACK_COST,
                best - self.again,
            ]
        )
        sources = np.stack(
            [
                np.concatenate([[0], holders[:-1]]),
                np.where(states == winner, others.argmax(), winner),
                states,
            ]
        )
        chosen = options.argmax(axis=0)
        return options[chosen, states], sources[chosen, states]
