"""Seeded choices: everything random in a made-up document goes through one `Dice`."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

Choice = TypeVar("Choice")

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Dice:
    """A source of choices that depends on its name alone.

    Args:
        name: anything; equal names give equal choices on every machine.
    """

    def __init__(self, name: str) -> None:
        self._random = random.Random(name)

    def chance(self, probability: float) -> bool:
        """True with a probability in [0, 1]."""
        return self._random.random() < probability

    def pick(self, options: Sequence[Choice]) -> Choice:
        """One of the options, all equally likely."""
        return options[int(self._random.random() * len(options))]

    def weighted(self, options: Mapping[Choice, float]) -> Choice:
        """One of the keys, as likely as its value says."""
        point = self._random.random() * sum(options.values())
        for option, weight in options.items():
            point -= weight
            if point < 0:
                return option
        return option

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def real(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + self._random.random() * (high - low)

    def normal(self, deviation: float) -> float:
        """A normally distributed number around 0."""
        return self._random.gauss(0.0, deviation)

    def digits(self, count: int) -> str:
        """A string of decimal digits, the first not 0."""
        return "".join(str(self.between(0 if i else 1, 9)) for i in range(count))

    def letters(self, count: int) -> str:
        """A string of capital letters that are not mistaken for digits."""
        return "".join(self.pick(LETTERS) for _ in range(count))

    def shuffled(self, options: Sequence[Choice]) -> list[Choice]:
        """All options in a random order."""
        rest = list(options)
        self._random.shuffle(rest)
        return rest

    def sample(self, options: Sequence[Choice], count: int) -> list[Choice]:
        """Up to `count` different options."""
        return self.shuffled(options)[:count]
