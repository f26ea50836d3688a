"""Heads of groups that run on: what follows a section's header is its own, to the next header.

One question by itself may look as if it stood under no header or another one; its neighbours tell
better. The likeliest sequence of heads is found where every change of heads costs something, unless
the new head stands just there (Viterbi, IEEE Transactions on Information Theory 13, 1967).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

CHANGE_COST = 4.0
"""In nats. Chosen on made-up forms; twice and half as much do nearly as well."""


def heads_that_run_on(
    logits: npt.NDArray[np.float64], members: Sequence[int], heads: Sequence[int]
) -> list[int | None]:
    """The head that each member stands under, or None.

    Args:
        logits: [H, M] of each head for each member, in the order of the two others; "none" is at 0.
        members: where they stand in reading order, ascending.
        heads: likewise.

    Returns:
        An element of `heads` or None for each member.
    """
    if not members:
        return []
    with_none = np.vstack([np.zeros((1, len(members))), logits])  # [1 + H, M]
    shifted = with_none - with_none.max(axis=0)
    gains = shifted - np.log(np.exp(shifted).sum(axis=0))
    best, steps = gains[:, 0], []
    stay, places = np.arange(len(with_none)), np.asarray(heads)
    for i in range(1, len(members)):
        costs = np.full(len(with_none), CHANGE_COST)
        costs[1:][(members[i - 1] < places) & (places < members[i])] = 0.0
        changed = best.max() - costs  # into each head, from the likeliest so far
        is_kept = best >= changed
        steps.append(np.where(is_kept, stay, best.argmax()))
        best = np.where(is_kept, best, changed) + gains[:, i]
    rows = [int(best.argmax())]
    for step in reversed(steps):
        rows.append(int(step[rows[-1]]))
    return [heads[row - 1] if row else None for row in reversed(rows)]
