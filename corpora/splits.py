"""Development splits by document group, fixed by a hash, so that no shop stands on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping

from ocr.errors import CorruptFileError

DEV_SHARE = 0.25


def group_share(group: str) -> float:
    """A number in [0, 1) that depends on the group's name alone."""
    digest = hashlib.sha256(group.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def fold_of(name: str, *, n_folds: int) -> int:
    """The cross-validation fold of a document or group, by the hash of its name."""
    return int(group_share(f"fold:{name}") * n_folds)


def is_development(group: str) -> bool:
    """Whether a group of documents is held out of training for development."""
    return group_share(group) < DEV_SHARE


def sroie_groups(truths: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The shop that each SROIE receipt comes from.

    Receipts belong together when they share company or address, spelling aside, also through a
    third one.

    Args:
        truths: keys by document name.

    Returns:
        The group's name (its first document) by document name.
    """
    parent = {name: name for name in truths}

    def find(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    seen: dict[tuple[str, str], str] = {}
    for name in sorted(truths):
        for key in ("company", "address"):
            folded = "".join(c for c in truths[name].get(key, "").upper() if c.isalnum())[:24]
            if len(folded) < 4:
                continue
            other = seen.setdefault((key, folded), name)
            roots = sorted((find(name), find(other)))
            parent[roots[1]] = roots[0]
    return {name: find(name) for name in truths}


def wording_of_each(
    names: Iterable[str], wording: Callable[[str], Collection[str]]
) -> dict[str, Collection[str]]:
    """What `lookalike_groups` needs, by document name.

    A document that cannot be read has no wording and stands for itself, so that it does not keep
    the others from being split; whoever reads it is told what is wrong with it.

    Args:
        names: of the documents.
        wording: reads one.
    """
    found: dict[str, Collection[str]] = {}
    for name in names:
        try:
            found[name] = wording(name)
        except CorruptFileError:
            found[name] = ()
    return found


def lookalike_groups(
    words: Mapping[str, Collection[str]], *, min_resemblance: float
) -> dict[str, str]:
    """Documents made from one template: those that share most of their words, also through others.

    Args:
        words: the texts that belong to each document's template (its printed wording), by name.
        min_resemblance: the Jaccard index of two documents' sets of folded words, in [0, 1], from
            which on they belong together.

    Returns:
        The group's name (its first document) by document name.
    """
    folded = {
        name: {word.upper() for word in texts if sum(map(str.isalpha, word)) >= 3}
        for name, texts in words.items()
    }
    names = sorted(folded)
    group = {name: name for name in names}
    for position, name in enumerate(names):
        for other in names[:position]:
            shared = len(folded[name] & folded[other])
            if shared and shared >= min_resemblance * len(folded[name] | folded[other]):
                old, new = sorted((group[name], group[other]), reverse=True)
                group = {n: new if g == old else g for n, g in group.items()}
    return group
