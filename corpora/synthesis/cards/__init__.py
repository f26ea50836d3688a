"""Business cards made up with known truth.

A card is a person, a firm and their numbers (`people`), written as blocks of lines in the card's
own habits (`style`, `blocks`, `numbers`), and the blocks set in columns and bands (`placement`).
"""

from __future__ import annotations

from corpora.synthesis.cards.generator import generate

__all__ = ["generate"]
