"""Which words of a document are hidden, to be guessed from the rest.

Sources:
    BERT (Devlin et al., NAACL 2019, section 3.1), whole words.
    BROS (Hong et al., AAAI 2022, section 3.2): area-masked language modelling hides all words of a
    region, so that text must be guessed from further away than its neighbours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from layout.tokens import Floats, Ints
from layout.windows import Window
from layout.word_shapes import ENDS_IN_COLON

Bools = npt.NDArray[np.bool_]


class MaskingConfig(BaseModel):
    """What is hidden.

    Attributes:
        words: share of the words hidden one by one.
        areas: share hidden with all that stands around them.
        area_width: mean width of such an area, in text heights.
        area_height: its mean height.
        colons: share of the colons at the ends of words that are hidden.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: float = 0.08
    areas: float = 0.0
    area_width: float = 10.0
    area_height: float = 1.6
    colons: float = 0.0


NO_GUESS = -100
"""In place of a token that is not hidden; torch's cross-entropy leaves it out."""
KEPT, REPLACED = 0.1, 0.1
"""Shares of the hidden words that stay as they are, or are replaced by others, as in BERT."""


class MaskedWindow(NamedTuple):
    """A window with words hidden, and what they were: [t + 2] vocabulary ids or `NO_GUESS`."""

    window: Window
    guesses: Ints


def mask_window(
    window: Window,
    config: MaskingConfig,
    *,
    mask_id: int,
    colon_id: int | None,
    rng: np.random.Generator,
) -> MaskedWindow:
    """Hide some of a window's words, all of a word's tokens and its shape together."""
    masked = draw_masked(window.boxes[window.word_starts], config, rng)
    word_of = np.zeros(len(window.input_ids), dtype=np.int64)
    word_of[window.word_starts] = 1
    word_of = np.cumsum(word_of) - 1  # -1 at the first special token
    hidden = masked[word_of] & (word_of >= 0)
    hidden[-1] = False
    guesses = np.where(hidden, window.input_ids, NO_GUESS)
    fate = rng.random(len(masked))[word_of]
    input_ids = np.where(hidden & (fate >= KEPT), mask_id, window.input_ids)
    replaced = hidden & (fate >= 1.0 - REPLACED)
    input_ids[replaced] = rng.permutation(window.input_ids[1:-1])[: replaced.sum()]
    shapes = np.where(hidden & (fate >= KEPT), 0, window.shapes)
    if colon_id is not None and config.colons:
        drawn = (rng.random(len(masked)) < config.colons)[word_of]
        colon = drawn & (window.input_ids == colon_id) & ~hidden
        guesses[colon] = colon_id
        input_ids[colon] = mask_id
        of_colon = np.isin(word_of, word_of[colon]) & (shapes >= ENDS_IN_COLON)
        shapes = np.where(of_colon, shapes - ENDS_IN_COLON + 1, shapes)
    return MaskedWindow(replace(window, input_ids=input_ids, shapes=shapes), guesses)


def draw_masked(boxes: Floats, config: MaskingConfig, rng: np.random.Generator) -> Bools:
    """Flags [N] of the words to hide.

    Args:
        boxes: [N, 8] whose first four columns are left, top, right, bottom in text heights.
        config: how much.
        rng: that decides.
    """
    n_words = len(boxes)
    masked = rng.random(n_words) < config.words
    wanted = int(config.areas * n_words)
    in_area = np.zeros(n_words, dtype=np.bool_)
    centres = (boxes[:, :2] + boxes[:, 2:4]) / 2
    while wanted and in_area.sum() < wanted:
        centre = centres[rng.integers(n_words)]
        half = rng.exponential((config.area_width / 2, config.area_height / 2)) + 0.3
        in_area |= (np.abs(centres - centre) <= half).all(axis=1)
    return masked | in_area
