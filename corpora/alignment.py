"""Finds a known string among the words of a document, exactly or through reading errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz


@dataclass(frozen=True)
class Match:
    """Where a string was found: the words that hold it, in reading order, and how well (0..100)."""

    word_ids: tuple[int, ...]
    score: float


def _fold(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def find_exact(target: str, texts: Sequence[str], order: Sequence[int]) -> list[Match]:
    """All runs of words that hold a string and nothing else but punctuation.

    Args:
        target: the string; case, spaces and punctuation do not count.
        texts: of the words.
        order: word indices in reading order.

    Returns:
        Matches with score 100, in reading order.
    """
    wanted = _fold(target)
    if not wanted:
        return []
    folded = [_fold(texts[i]) for i in order]
    matches = []
    for start, first in enumerate(folded):
        if not first or not wanted.startswith(first):
            continue
        joined, stop = first, start + 1
        while stop < len(folded) and len(joined) < len(wanted):
            joined += folded[stop]
            stop += 1
        if joined == wanted:
            held = order[start:stop]
            matches.append(Match(_with_punctuation(held, target, texts, order), 100.0))
    return matches


def find_similar(
    target: str, texts: Sequence[str], order: Sequence[int], *, min_score: float
) -> Match | None:
    """The run of words that resembles a string best.

    Args:
        target: the string; case, spaces and punctuation do not count.
        texts: of the words.
        order: word indices in reading order.
        min_score: the smallest similarity (0..100, normalised indel) that counts as found.
    """
    wanted = _fold(target)
    owners = [i for i in order for _ in _fold(texts[i])]
    stream = "".join(_fold(texts[i]) for i in order)
    if not wanted or not stream:
        return None
    if len(stream) <= len(wanted):
        score, start, stop = fuzz.ratio(wanted, stream), 0, len(stream)
    else:
        alignment = fuzz.partial_ratio_alignment(wanted, stream)
        if alignment is None:
            return None
        score, start, stop = alignment.score, alignment.dest_start, alignment.dest_end
    if score < min_score:
        return None
    covered: dict[int, int] = {}
    for owner in owners[start:stop]:
        covered[owner] = covered.get(owner, 0) + 1
    held = [i for i, n in covered.items() if 2 * n > len(_fold(texts[i]))]
    return Match(_with_punctuation(held, target, texts, order), score) if held else None


def _with_punctuation(
    held: Sequence[int], target: str, texts: Sequence[str], order: Sequence[int]
) -> tuple[int, ...]:
    """All words from the first to the last held one, and a final mark that the target ends with."""
    first, last = order.index(held[0]), order.index(held[-1])
    if last + 1 < len(order) and texts[order[last + 1]] == target[-1] and not target[-1].isalnum():
        last += 1
    return tuple(order[first : last + 1])
