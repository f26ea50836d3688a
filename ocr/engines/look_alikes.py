"""Characters that look alike, told apart by those beside them.

A recogniser sees the shape: in many fonts a zero is an O and a small l a capital I, and a dollar
sign of few pixels is an S. Where the neighbours speak for the other one, and the recogniser thought
it possible too, it is taken. The shares were found on made-up pictures and on SROIE's training
receipts: where the other character was right its probability was from 0.003 (`$`), 0.02 (O) and
0.04 (I and l) on, else below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

ZERO_OR_O: Final = 0.02
"""Probability of the other one from which on neighbours decide between a zero and an O."""
S_OR_DOLLAR: Final = 0.003
"""Probability of a dollar sign from which on an S before a number is one."""
L_OR_I: Final = 0.03
"""Probability of a capital I from which on an l that begins a word is one, and the other way round
within a word."""
_RUN: Final = re.compile(r"[^\W_]{3,}")
_BEFORE_OTHERS: Final = (
    (re.compile(r"(?<!\$)S(?= ?\d)"), "$", S_OR_DOLLAR),
    (re.compile(r"(?<![^\W_])l(?=[a-z])"), "I", L_OR_I),
    (re.compile(r"(?<=[^\W\d_])I(?=[a-z])"), "l", L_OR_I),
)
"""Where a character may be another one, which, and how likely it must be."""

Likelihood = Callable[[int, str], float]
"""Probability that another character stands in a place."""


def in_context(characters: Sequence[str], likelihood: Likelihood) -> tuple[str, ...]:
    """Settle zeros, Os, dollar signs, Is and small ls by their neighbours.

    Args:
        characters: of a line, as read.
        likelihood: of another character in the place of one of them.

    Returns:
        As many characters.
    """
    settled = list(characters)
    # One place a character, whatever a class of the recogniser consists of.
    line = "".join(char if len(char) == 1 else "\ufffd" for char in characters)
    for match in _RUN.finditer(line):
        _settle_run(match.group(), match.start(), settled, likelihood)
    for pattern, other, least in _BEFORE_OTHERS:
        for match in pattern.finditer(line):
            if likelihood(match.start(), other) >= least:
                settled[match.start()] = other
    return tuple(settled)


def _settle_run(run: str, start: int, settled: list[str], likelihood: Likelihood) -> None:
    """Make zeros among letters Os, and Os among digits zeros."""
    others = [char for char in run if char not in "0Oo"]
    if len(others) < 2:
        return
    if all(char.isdigit() for char in others):
        wrong, right = "Oo", "0"
    elif all(char.isalpha() for char in others):
        wrong, right = "0", "O"
    else:
        return
    places = [i for i, char in enumerate(run) if char in wrong]
    rivals = {right, right.lower()}
    if any(likelihood(start + i, char) >= ZERO_OR_O for i in places for char in rivals):
        for i in places:
            is_small = right == "O" and i > 0 and run[i - 1].islower()
            settled[start + i] = "o" if is_small else right
