"""Targets that a page gives without any label.

order   a word follows its left neighbour on the line, unless a gap parts them (rel_s)
pairs   what stands right of wording that ends in a colon belongs under it (rel_g); the pairing of
        key and value that forms live by, in the place of labels for it
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from layout.tokens import Floats, Ints, TokenisedDocument
from layout.word_shapes import ENDS_IN_COLON
from models.examples import Bools, Targets

Gaps = npt.NDArray[np.float64]

MAX_GAP = 1.0
"""Between words of one phrase, in text heights."""
MAX_REACH = 25.0
"""From a key to its value, in text heights."""


def self_supervised(document: TokenisedDocument, targets: Targets) -> Targets:
    """The targets of an unlabelled document, with order and pairs filled in.

    Args:
        document: of N words; `word_ids` say which columns of the targets its rows are.
        targets: in which nothing is known.
    """
    if not len(document.word_ids):
        return targets
    gaps = _gaps(document)
    is_joined = gaps <= MAX_GAP
    ids = document.word_ids
    rel_s = targets.rel_s.copy()
    in_entity = np.zeros_like(targets.in_entity)
    followers, leaders = ids[1:][is_joined[1:]], ids[:-1][is_joined[1:]]
    rel_s[:, followers] = False
    rel_s[leaders, followers] = True
    in_entity[followers] = True
    rel_g, in_group = _pairs(document, gaps, targets)
    return replace(targets, rel_s=rel_s, in_entity=in_entity, rel_g=rel_g, in_group=in_group)


def _gaps(document: TokenisedDocument) -> Gaps:
    """[N] distance from each word's left neighbour on its line; infinite where it has none."""
    boxes, lines = document.boxes, document.lines
    gaps = np.full(len(lines), np.inf)
    same = lines[1:] == lines[:-1]
    gaps[1:][same] = (boxes[1:, 0] - boxes[:-1, 2])[same]
    return gaps


def _pairs(document: TokenisedDocument, gaps: Gaps, targets: Targets) -> tuple[Bools, Bools]:
    """Acceptable parents [N + 1, N], and which words open a key or a value [N]."""
    ends_in_colon = document.shapes >= ENDS_IN_COLON
    opens = gaps > MAX_GAP
    opens[1:] |= ends_in_colon[:-1]
    firsts = np.flatnonzero(opens)
    lasts = np.append(firsts[1:] - 1, len(gaps) - 1)
    rel_g = np.zeros_like(targets.rel_g)
    in_group = np.zeros_like(targets.in_group)
    is_key = ends_in_colon[lasts]
    for key, value in enumerate(_right_neighbours(document.boxes[firsts], document.boxes[lasts])):
        if is_key[key] and value >= 0 and not is_key[value]:
            opening, belonging = document.word_ids[firsts[[key, value]]]
            rel_g[opening, belonging] = True
            rel_g[-1, opening] = True
            in_group[[opening, belonging]] = True
    rel_g[-1] |= ~rel_g.any(axis=0)
    return rel_g, in_group


def _right_neighbours(first: Floats, last: Floats) -> Ints:
    """[P] the phrase next to the right on the same row, -1 where there is none within reach.

    Args:
        first: [P, 8] boxes of the phrases' first words.
        last: [P, 8] boxes of their last ones.
    """
    distance = first[None, :, 0] - last[:, None, 2]  # [P, P] from the one to the other
    # As corners, the fourth number is a top again and the sixth a bottom; else the sixth is a top.
    tops, bottoms = first[:, 1], np.maximum(last[:, 3], last[:, 5])
    overlap = np.minimum(bottoms[:, None], bottoms) - np.maximum(tops[:, None], tops)
    is_beside = overlap >= 0.5 * np.minimum(bottoms - tops, (bottoms - tops)[:, None])
    distance = np.where(is_beside & (distance >= -0.3), distance, np.inf)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    within = distance[np.arange(len(nearest)), nearest] <= MAX_REACH
    return np.where(within, nearest, -1)
