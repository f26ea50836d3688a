"""Scores that say plainly what opens, follows and belongs under what."""

from __future__ import annotations

import numpy as np

from layout.graph import FieldGraph, GraphScores
from layout.schema import load_schema

RECEIPT = load_schema("receipt")
CORD = load_schema("cord")
SROIE = load_schema("sroie")
FUNSD = load_schema("funsd")
LABELS = (*RECEIPT.labels, *CORD.labels, *SROIE.labels, *FUNSD.labels)
HEADER, QUESTION, ANSWER = FUNSD.labels
LOW = -8.0


def make_scores(
    n_words: int,
    *,
    opens: dict[int, str],
    follows: dict[int, int] | None = None,
    parents: dict[int, int] | None = None,
    keys: tuple[int, ...] = (),
    strength: float = 6.0,
) -> GraphScores:
    """Scores that say plainly: word opens label, word follows word, word belongs under word."""
    initial = np.full((len(LABELS), n_words), LOW, dtype=np.float32)
    rel_s = np.full((n_words, n_words), LOW, dtype=np.float32)
    rel_g = np.full((n_words, n_words), LOW, dtype=np.float32)
    key = np.full(n_words, LOW, dtype=np.float32)
    for word, label in opens.items():
        initial[LABELS.index(label), word] = strength
    for word, before in (follows or {}).items():
        rel_s[before, word] = strength
    for word, parent in (parents or {}).items():
        rel_g[parent, word] = strength
    key[list(keys)] = strength
    return GraphScores(LABELS, initial, rel_s, rel_g, key)


def found(graph: FieldGraph) -> set[tuple[str, tuple[int, ...]]]:
    return {(entity.path, entity.word_ids) for entity in graph.entities}
