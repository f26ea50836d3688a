"""Members of a table's groups, read line by line: what belongs to one line item stands together.

One price by itself may look as if it belonged to the item above as much as to the one below; its
neighbours tell better. Heads and members in reading order are cut into runs, each of one head, so
that the whole is likeliest, where going back to an earlier head costs something, and so does a
second value of a field that a group holds once, and a head that stands in the run of another. The
best cut is found by dynamic programming (semi-Markov; Sarawagi and Cohen, NeurIPS 2004).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BACK_COST = 10.0
"""Of going back to an earlier head, in nats. Chosen with the others on made-up receipts and
invoices; half and twice as much do nearly as well."""
REPEAT_COST = 6.0
"""Of a second value where a group holds one."""
ASTRAY_COST = 10.0
"""Of a head in another head's run."""
DOUBT = 0.02
"""How often the model's choice tells nothing: one sure mistake must not outweigh a column."""
MAX_RUN = 48
"""Most entities of one run."""
AGAIN_COST = 60.0
"""Of a second run of the same head: never to be had for less than repeated values."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def heads_in_order(
    logits: Floats, *, heads: Sequence[int | None], paths: Sequence[str | None]
) -> list[int]:
    """The head that each entity of a group belongs under.

    Args:
        logits: [H, E] of each head for each entity, heads among them; both in reading order.
        heads: [E] which head an entity is; None for a member.
        paths: [E] the entity's field; None for one that a group may hold repeatedly.

    Returns:
        A row of `logits` for each entity.
    """
    gains = _gains(logits, heads)
    sums = np.vstack([np.zeros(len(gains)), gains.cumsum(axis=1).T])  # [E + 1, H]
    n_heads, n = logits.shape
    rows = np.arange(n_heads)
    entered = np.zeros((n + 1, n_heads))  # best score of all that stands before a run of this head
    came_from = np.zeros((n + 1, n_heads), dtype=np.int32)
    began = np.zeros((n + 1, n_heads), dtype=np.int32)
    best = entered[0]
    n_repeats = np.zeros(n)  # of fields in a run that begins here and ends where the loop stands
    last_seen: dict[str, int] = {}
    for end, path in enumerate(paths, start=1):
        if path is not None:
            n_repeats[: last_seen.get(path, -1) + 1] += 1
            last_seen[path] = end - 1
        first = max(0, end - MAX_RUN)
        costs = REPEAT_COST * n_repeats[first:end]
        scores = entered[first:end] - sums[first:end] - costs[:, None]  # [starts, H]
        began[end] = first + scores.argmax(axis=0)
        best = scores.max(axis=0) + sums[end]
        entered[end], came_from[end] = _enter(best, rows)
    found = [0] * n
    end, row = n, int(best.argmax())
    while end:
        start = int(began[end, row])
        found[start:end] = [row] * (end - start)
        end, row = start, int(came_from[start, row])
    return found


def _gains(logits: Floats, heads: Sequence[int | None]) -> Floats:
    """[H, E] log-probabilities, of a head those of standing in its own run."""
    shares = np.exp(logits - logits.max(axis=0))
    shares /= shares.sum(axis=0)
    gains: Floats = np.log((1 - DOUBT) * shares + DOUBT / len(shares))
    for i, head in enumerate(heads):
        if head is not None:
            gains[:, i] = -ASTRAY_COST
            gains[head, i] = 0.0
    return gains


def _enter(best: Floats, rows: Ints) -> tuple[Floats, Ints]:
    """Scores [H] of going on with each head after the runs so far, and the heads [H] before it."""
    highest = np.maximum.accumulate(best)
    holders = np.maximum.accumulate(np.where(best == highest, rows, 0))
    winner = int(best.argmax())
    others = np.where(rows == winner, -np.inf, best)
    options = np.stack(
        [
            np.concatenate([[-np.inf], highest[:-1]]),
            np.where(rows == winner, others.max(), best[winner]) - BACK_COST,
            best - AGAIN_COST,
        ]
    )
    sources = np.stack(
        [
            np.concatenate([[0], holders[:-1]]),
            np.where(rows == winner, others.argmax(), winner),
            rows,
        ]
    )
    chosen = options.argmax(axis=0)
    return options[chosen, rows], sources[chosen, rows]
