"""SPADE decoding: from scores to a forest of entities, under named constraints.

A pure function of numpy arrays. The constraints:

one_label       a word opens one entity at most: of the labels that claim it the likeliest wins
one_follower    a word is followed by one word at most: the likeliest pairs are taken first
no_theft        a path stops before a word that stands in another path or opens another entity, but
                not if that word is likelier to follow another than to open anything
one_head        an entity has one parent at most, a head of its own group or of the group around it
no_cycles       parents lead to the top in one or two steps: heads of a group have no parent in it
run_on          where the schema says so, neighbours stand under one head, up to the next one
one_of_each     a group's instance holds one entity of each field that is not repeated
in_order        in reading order, what stands together belongs under one head

The parents are found in `layout.linking`. All but no_cycles, without which there is no forest, can
be switched off, to measure what they are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from layout.graph import Entity, FieldGraph, Floats, GraphScores
from layout.linking import link_entities
from layout.schema import DocumentSchema, FieldSpec

REMOVABLE: Final = frozenset(
    {"one_label", "one_follower", "no_theft", "one_head", "one_of_each", "run_on", "in_order"}
)
"""Constraints that `decode` can do without."""
MAX_CANDIDATES = 6
"""Occurrences kept of a field that can stand once; the same value may be printed repeatedly."""
MIN_CANDIDATE_SHARE = 0.05
"""Smallest share of the words' probability mass that makes a candidate."""
LIKELY = 0.5
"""Probability from which on something is likelier than not."""
LOOSE_OPENING = 2.0
"""What an opening counts against following in a loose schema, where two entities made one are lost
both. Chosen on 34 forms of FUNSD's training part; 1.5 and 3 do as well."""
MIN_LINK_SHARE = 0.02
"""Smallest probability of a predecessor that is considered."""


@dataclass(frozen=True)
class _Opening:
    """A word that opens an entity; `is_share` says that it is one place of a field's several."""

    word: int
    leaf: FieldSpec
    probability: float
    is_share: bool = False


def decode(
    scores: GraphScores, schema: DocumentSchema, *, without: frozenset[str] = frozenset()
) -> FieldGraph:
    """The entities of one document type in a document's scores.

    Args:
        scores: of a document with N words.
        schema: whose labels are decoded; labels that the model does not have yield nothing.
        without: constraints of `REMOVABLE` that are not applied. A word may then open several
            entities (one_label), be followed by several words (one_follower) or stand in several
            entities (no_theft); an entity may have `other_parents` (one_head); an instance may
            hold several entities of a field (one_of_each).

    Returns:
        Entities in the order of their first words, parents pointing at heads.

    Raises:
        ValueError: a constraint has another name.
    """
    if not without <= REMOVABLE:
        raise ValueError(f"no such constraints: {', '.join(sorted(without - REMOVABLE))}")
    openings = _openings(scores, schema)
    if "one_label" not in without:
        openings = _one_label(openings)
    openings.sort(key=lambda opening: opening.word)
    paths = _follow(openings, scores, without, is_loose=schema.loose)
    entities = []
    for opening, (word_ids, link) in zip(openings, paths, strict=True):
        if not word_ids:
            continue
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
    return FieldGraph(tuple(link_entities(scores, entities, schema, without=without)))


def _openings(scores: GraphScores, schema: DocumentSchema) -> list[_Opening]:
    rows = {label: row for row, label in enumerate(scores.labels)}
    found = []
    undecided: list[tuple[FieldSpec, npt.NDArray[np.float64]]] = []
    for leaf, label in zip(schema.leaves, schema.labels, strict=True):
        if label not in rows or not scores.n_words:
            continue
        logits = scores.initial[rows[label]].astype(np.float64)
        if schema.competing and schema.is_single(leaf.path):
            found += _competing(leaf, logits)
        else:
            probabilities = _sigmoid(logits)
            undecided.append((leaf, probabilities))
            found += [
                _Opening(int(word), leaf, float(probabilities[word]))
                for word in np.flatnonzero(logits > 0)
            ]
    return [*found, *_between_labels(undecided)] if schema.loose else found


def _between_labels(
    labels: Sequence[tuple[FieldSpec, npt.NDArray[np.float64]]],
) -> list[_Opening]:
    """Words that open something, though no label by itself is likely: the likeliest takes them.

    A form's word may be a question as well as an answer. Labels of a loose schema exclude one
    another, so that their probabilities add up.
    """
    if not labels:
        return []
    table = np.array([probabilities for _, probabilities in labels])  # [L, N]
    words = np.flatnonzero((table.sum(axis=0) > LIKELY) & (table.max(axis=0) <= LIKELY))
    best = table.argmax(axis=0)
    return [_Opening(int(w), labels[best[w]][0], float(table[best[w], w])) for w in words]


def _competing(leaf: FieldSpec, logits: npt.NDArray[np.float64]) -> list[_Opening]:
    """Candidates of a field that can stand once: a softmax over all words and "none"."""
    shifted = np.exp(logits - max(float(logits.max()), 0.0))
    none = float(np.exp(-max(float(logits.max()), 0.0)))
    probabilities = shifted / (shifted.sum() + none)
    present = float(probabilities.sum())
    if present < LIKELY:
        return []
    best = np.argsort(-probabilities, kind="stable")[:MAX_CANDIDATES]
    return [
        _Opening(int(word), leaf, float(probabilities[word]), is_share=True)
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
    openings: Sequence[_Opening],
    scores: GraphScores,
    without: frozenset[str],
    *,
    is_loose: bool,
) -> list[tuple[tuple[int, ...], float]]:
    """Each opening's words along rel_s, and the probability of the path's weakest link.

    A word that is likelier to follow another than to open anything gives way to the path that
    reaches it, and then has no words of its own; it opens an entity only if none reaches it.
    """
    followers, strength = _followers(scores.rel_s, keep_rivals="one_follower" in without)
    giving_way = (
        set()
        if "no_theft" in without
        else _likelier_to_follow(openings, scores.rel_s, LOOSE_OPENING if is_loose else 1.0)
    )
    taken = {opening.word for i, opening in enumerate(openings) if i not in giving_way}
    paths: list[tuple[tuple[int, ...], float]] = [((), 1.0)] * len(openings)
    order = sorted(range(len(openings)), key=lambda i: (i in giving_way, -openings[i].probability))
    for index in order:
        start = openings[index].word
        if index in giving_way and start in taken:
            continue
        stop_at = {start} if "no_theft" in without else taken
        stop_at.add(start)
        word_ids, weakest = [start], 1.0
        for word in word_ids:  # grows on the way
            for following in followers.get(word, ()):
                if following not in stop_at:
                    stop_at.add(following)
                    word_ids.append(following)
                    weakest = min(weakest, strength[following])
        paths[index] = (tuple(word_ids), weakest)
    return paths


def _likelier_to_follow(
    openings: Sequence[_Opening], rel_s: Floats, opening_counts: float
) -> set[int]:
    """Places of the openings whose word is likelier to follow another one than to open an entity.

    A word does one or the other: with the probabilities p of opening and c of following any word,
    p (1 - c) is weighed against c (1 - p), which is p against c, p counting `opening_counts` times
    as much. The likely place of a field that
    stands once never gives way: the field would be lost.
    """
    if not rel_s.size:
        return set()
    follows = _column_softmax(rel_s).sum(axis=0)
    return {
        i
        for i, opening in enumerate(openings)
        if opening_counts * opening.probability < follows[opening.word]
        and not (opening.is_share and opening.probability >= LIKELY)
    }


def _followers(
    rel_s: Floats, *, keep_rivals: bool
) -> tuple[dict[int, list[int]], dict[int, float]]:
    """The word or words that follow each word, and how likely; the likeliest pairs come first.

    A word whose likeliest predecessor is followed by another already takes its next likely one, as
    long as that is likelier than none.
    """
    followers: dict[int, list[int]] = {}
    strength: dict[int, float] = {}
    if not rel_s.size:
        return followers, strength
    probabilities = _column_softmax(rel_s)
    befores, words = np.nonzero((rel_s > 0) & (probabilities >= MIN_LINK_SHARE))
    order = np.argsort(-probabilities[befores, words], kind="stable")
    for before, word in zip(befores[order].tolist(), words[order].tolist(), strict=True):
        if word not in strength and (keep_rivals or before not in followers):
            followers.setdefault(before, []).append(word)
            strength[word] = float(probabilities[before, word])
    return followers, strength


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


def _sigmoid(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))


def _column_softmax(logits: Floats) -> Floats:
    """Probabilities [N, N] over each column, "none" at logit 0 taking part."""
    top = np.maximum(logits.max(axis=0, keepdims=True), 0.0)
    probabilities: Floats = np.exp(logits - top)
    probabilities /= probabilities.sum(axis=0, keepdims=True) + np.exp(-top)
    return probabilities
