"""Changes to a tokenised document that leave its meaning alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import BaseModel, ConfigDict

from layout.tokens import Ints, TokenisedDocument


class AugmentConfig(BaseModel):
    """How much is changed; lengths in text heights."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    scale: float = 0.2
    shift: float = 6.0
    jitter: float = 0.08
    shuffled_lines: float = 0.15
    lost_words: float = 0.02


def augment(
    document: TokenisedDocument, config: AugmentConfig, rng: np.random.Generator
) -> TokenisedDocument:
    """A changed copy of a document.

    Its frame is scaled and shifted, its boxes jittered, some words lost, and some lines put
    elsewhere in the reading order.
    """
    n_words = len(document.word_ids)
    if not n_words:
        return document
    scale = np.exp(rng.normal(0.0, config.scale / 2, size=2)).astype(np.float32)  # x, y
    shift = np.abs(rng.normal(0.0, config.shift / 2, size=2)).astype(np.float32)
    jitter = rng.normal(0.0, config.jitter, size=document.boxes.shape).astype(np.float32)
    boxes = document.boxes * np.tile(scale, 4) + np.tile(shift, 4) + jitter
    changed = replace(document, boxes=np.maximum(boxes, 0.0))
    order = _shuffle_lines(changed.lines, config.shuffled_lines, rng)
    kept = rng.random(n_words) >= config.lost_words * rng.random()
    kept[rng.integers(n_words)] = True
    return reorder(changed, order[kept[order]])


def _shuffle_lines(lines: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Positions of the words after some lines have moved to random places."""
    numbers = np.unique(lines)
    ranks = numbers.astype(np.float64)
    moved = rng.random(len(numbers)) < share * 2 * rng.random()
    ranks[moved] = rng.uniform(numbers[0] - 1, numbers[-1] + 1, size=int(moved.sum()))
    rank_of_word = ranks[np.searchsorted(numbers, lines)]
    return np.argsort(rank_of_word, kind="stable")


def reorder(document: TokenisedDocument, order: Ints) -> TokenisedDocument:
    """The same document with its words in another order; words not in `order` are left out."""
    starts, counts = document.first_tokens[order], document.n_tokens[order]
    n_tokens = int(counts.sum())
    offsets = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return TokenisedDocument(
        word_ids=document.word_ids[order],
        first_tokens=np.cumsum(counts) - counts,
        n_tokens=counts,
        input_ids=document.input_ids[np.arange(n_tokens) + offsets],
        boxes=document.boxes[order],
        lines=document.lines[order],
        shapes=document.shapes[order],
    )
