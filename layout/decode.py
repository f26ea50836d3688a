"""SPADE decoding: from scores to a forest of entities, under named constraints.

A pure function of numpy arrays. The constraints:

one_label       a word opens one entity at most: of the labels that claim it the likeliest wins
one_follower    a word is followed by one word at most: of those that claim it the likeliest wins
no_theft        a path stops before a word that opens another entity or stands in another path
one_head        an entity has one parent at most, a head of its own group or of the group around it
no_cycles       parents lead to the top in one or two steps: heads of a group have no parent in it
one_of_each     a group's instance holds one entity of each field that is not repeated
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from layout.graph import Entity, FieldGraph, Floats, GraphScores
from layout.schema import DocumentSchema, FieldSpec

MAX_CANDIDATES = 6
"""Occurrences kept of a field that can stand once; the same value may be printed repeatedly."""
MIN_CANDIDATE_SHARE = 0.05
"""Smallest share of the words' probability mass that makes a candidate."""


@dataclass(frozen=True)
class _Opening:
    """A word that opens an entity."""

    word: int
    leaf: FieldSpec
    probability: float


def decode(scores: GraphScores, schema: DocumentSchema) -> FieldGraph:
    """The entities of one document type in a document's scores.

    Args:
        scores: of a document with N words.
        schema: whose labels are decoded; labels that the model does not have yield nothing.

    Returns:
        Entities in the order of their first words, parents pointing at heads.
    """
    openings = sorted(_one_label(_openings(scores, schema)), key=lambda opening: opening.word)
    paths = _follow(openings, scores)
    entities = []
    for opening, (word_ids, link) in zip(openings, paths, strict=True):
        values, keys = _split_keys(word_ids, scores.key, schema)
        entities.append(
            Entity(
                path=opening.leaf.path,
                word_ids=values,
                confidence=opening.probability * link,
                key_word_ids=keys,
                path_ids=word_ids if keys else (),
            )
        )
    return FieldGraph(tuple(_with_parents(entities, openings, scores, schema)))


def _openings(scores: GraphScores, schema: DocumentSchema) -> list[_Opening]:
    rows = {label: row for row, label in enumerate(scores.labels)}
    found = []
    for leaf, label in zip(schema.leaves, schema.labels, strict=True):
        if label not in rows or not scores.n_words:
            continue
        logits = scores.initial[rows[label]].astype(np.float64)
        if schema.competing and schema.is_single(leaf.path):
            found += _competing(leaf, logits)
        else:
            probabilities = _sigmoid(logits)
            found += [
                _Opening(int(word), leaf, float(probabilities[word]))
                for word in np.flatnonzero(logits > 0)
            ]
    return found


def _competing(leaf: FieldSpec, logits: npt.NDArray[np.float64]) -> list[_Opening]:
    """Candidates of a field that can stand once: a softmax over all words and "none"."""
    shifted = np.exp(logits - max(float(logits.max()), 0.0))
    none = float(np.exp(-max(float(logits.max()), 0.0)))
    probabilities = shifted / (shifted.sum() + none)
    present = float(probabilities.sum())
    if present < 0.5:
        return []
    best = np.argsort(-probabilities, kind="stable")[:MAX_CANDIDATES]
    return [
        _Opening(int(word), leaf, float(probabilities[word]))
        for rank, word in enumerate(best)
        if rank == 0 or probabilities[word] >= MIN_CANDIDATE_SHARE
    ]


def _one_label(openings: Sequence[_Opening]) -> list[_Opening]:
    best: dict[int, _Opening] = {}
    for opening in openings:
        current = best.get(opening.word)
        if current is None or opening.probability > current.probability:
            best[opening.word] = opening
    return list(best.values())


def _follow(
    openings: Sequence[_Opening], scores: GraphScores
) -> list[tuple[tuple[int, ...], float]]:
    """Each opening's words along rel_s, and the probability of the path's weakest link."""
    follower, strength = _one_follower(scores.rel_s)
    taken = {opening.word for opening in openings}
    paths: list[tuple[tuple[int, ...], float]] = [((), 1.0)] * len(openings)
    by_probability = sorted(range(len(openings)), key=lambda i: -openings[i].probability)
    for index in by_probability:
        word_ids, weakest = [openings[index].word], 1.0
        while (following := follower.get(word_ids[-1])) is not None and following not in taken:
            taken.add(following)
            word_ids.append(following)
            weakest = min(weakest, strength[following])
        paths[index] = (tuple(word_ids), weakest)
    return paths


def _one_follower(rel_s: Floats) -> tuple[dict[int, int], dict[int, float]]:
    """The follower of each word that has one, and every word's probability of its predecessor."""
    follower: dict[int, int] = {}
    strength: dict[int, float] = {}
    if not rel_s.size:
        return follower, strength
    probabilities = _column_softmax(rel_s)
    predecessor = probabilities.argmax(axis=0)
    for word in np.flatnonzero(rel_s.max(axis=0) > 0):
        before = int(predecessor[word])
        strength[int(word)] = float(probabilities[before, word])
        rival = follower.get(before)
        if rival is None or strength[rival] < strength[int(word)]:
            follower[before] = int(word)
    return follower, strength


def _split_keys(
    word_ids: tuple[int, ...], key: Floats, schema: DocumentSchema
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Value words and key words of a path; a path of key words alone is kept as a value."""
    if not schema.has_key_words:
        return word_ids, ()
    values = tuple(word for word in word_ids if key[word] <= 0)
    if not values:
        return word_ids, ()
    return values, tuple(word for word in word_ids if key[word] > 0)


def _with_parents(
    entities: list[Entity],
    openings: Sequence[_Opening],
    scores: GraphScores,
    schema: DocumentSchema,
) -> list[Entity]:
    """Attach the entities of repeated groups, outer groups first."""
    words = [opening.word for opening in openings]
    rel_g = scores.rel_g[np.ix_(words, words)].astype(np.float64)  # [parent, child] of entities
    group_of = [schema.group_of(entity.path) for entity in entities]
    parents: dict[int, int] = {}
    heads: dict[str, list[int]] = {}
    for group in sorted({g for g in group_of if g is not None}, key=lambda g: g.count(".")):
        members = [i for i, g in enumerate(group_of) if g == group]
        around = heads.get(schema.group_of(group) or "", [])
        heads[group] = _choose_heads(members, around, rel_g, entities, schema)
        if around:
            for head in heads[group]:
                parents[head] = around[int(rel_g[around, head].argmax())]
        others = [i for i in members if i not in heads[group]]
        parents.update(_attach(others, heads[group], rel_g, entities, schema))
    return [replace(entity, parent=parents.get(i)) for i, entity in enumerate(entities)]


def _choose_heads(
    members: Sequence[int],
    around: Sequence[int],
    rel_g: npt.NDArray[np.float64],
    entities: Sequence[Entity],
    schema: DocumentSchema,
) -> list[int]:
    """The entities that open an instance of a group.

    Those whose field the schema calls the head, and those that no other member claims more than
    "none" or a head of the group around it does; at least one.
    """
    heads = []
    claims = {}
    for i in members:
        claims[i] = max((rel_g[j, i] for j in members if j != i), default=-np.inf)
        outside = max((rel_g[j, i] for j in around), default=-np.inf)
        if schema.by_path[entities[i].path].head or claims[i] <= max(0.0, outside):
            heads.append(i)
    return heads or [min(members, key=lambda i: claims[i])]


def _attach(
    others: Sequence[int],
    heads: Sequence[int],
    rel_g: npt.NDArray[np.float64],
    entities: Sequence[Entity],
    schema: DocumentSchema,
) -> dict[int, int]:
    """The head of each entity that is none itself; clear cases choose first."""
    parents: dict[int, int] = {}
    held = {(head, entities[head].path) for head in heads}
    for i in sorted(others, key=lambda i: -float(rel_g[heads, i].max())):
        path = entities[i].path
        ranked = sorted(heads, key=lambda head: -float(rel_g[head, i]))
        free = [head for head in ranked if (head, path) not in held]
        parents[i] = ranked[0] if schema.by_path[path].repeated or not free else free[0]
        held.add((parents[i], path))
    return parents


def _sigmoid(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))


def _column_softmax(logits: Floats) -> Floats:
    """Probabilities [N, N] over each column, "none" at logit 0 taking part."""
    top = np.maximum(logits.max(axis=0, keepdims=True), 0.0)
    probabilities: Floats = np.exp(logits - top)
    probabilities /= probabilities.sum(axis=0, keepdims=True) + np.exp(-top)
    return probabilities
