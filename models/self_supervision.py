"""Targets that a page gives without any label.

order   a word follows its left neighbour on the line, unless a gap parts them (rel_s)
pairs   what stands right of wording that ends in a colon belongs under it (rel_g); the pairing of
        key and value that forms live by, in the place of labels for it
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layout.tokens import Ints, TokenisedDocument
from layout.word_shapes import ENDS_IN_COLON
from models.examples import Bools, Targets

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
    rows = np.argsort(document.lines, kind="stable")
    gaps = _gaps(document, rows)
    is_joined = gaps <= MAX_GAP
    ids = document.word_ids[rows]
    rel_s = targets.rel_s.copy()
    in_entity = np.zeros_like(targets.in_entity)
    followers, leaders = ids[1:][is_joined[1:]], ids[:-1][is_joined[1:]]
    rel_s[:, followers] = False
    rel_s[leaders, followers] = True
    in_entity[followers] = True
    rel_g, in_group = _pairs(document, (rows, gaps), targets)
    return replace(targets, rel_s=rel_s, in_entity=in_entity, rel_g=rel_g, in_group=in_group)


def _gaps(document: TokenisedDocument, rows: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """[N] distance from each row's left neighbour on its line; infinite where it has none."""
    boxes, lines = document.boxes[rows], document.lines[rows]
    gaps = np.full(len(rows), np.inf)
    same = lines[1:] == lines[:-1]
    gaps[1:][same] = (boxes[1:, 0] - boxes[:-1, 2])[same]
    return gaps


def _pairs(
    document: TokenisedDocument,
    places: tuple[Ints, np.ndarray[tuple[int], np.dtype[np.float64]]],
    targets: Targets,
) -> tuple[Bools, Bools]:
    rows, gaps = places
    ids, ends_in_colon = document.word_ids[rows], document.shapes[rows] >= ENDS_IN_COLON
    rel_g = np.zeros_like(targets.rel_g)
    in_group = np.zeros_like(targets.in_group)
    first = 0  # of the phrase that is being read
    for position in range(len(rows)):
        if position and (gaps[position] > MAX_GAP or ends_in_colon[position - 1]):
            first = position
        value = position + 1
        if not ends_in_colon[position] or value >= len(rows) or gaps[value] > MAX_REACH:
            continue
        if _is_key(value, gaps, ends_in_colon):
            continue
        rel_g[ids[first], ids[value]] = True
        rel_g[-1, ids[first]] = True
        in_group[ids[[first, value]]] = True
    rel_g[-1] |= ~rel_g.any(axis=0)
    return rel_g, in_group


def _is_key(
    start: int, gaps: np.ndarray[tuple[int], np.dtype[np.float64]], ends_in_colon: Bools
) -> bool:
    """Whether the phrase that begins here is a key itself."""
    position = start
    while not ends_in_colon[position]:
        position += 1
        if position == len(gaps) or gaps[position] > MAX_GAP:
            return False
    return True
