"""A person's name as a group of first and last name, each with the words that it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from layout.placed_words import PlacedWords
from layout.result import GroupField, LeafField
from layout.values.names import NamePart, split_name

NAME_PARTS: Final = ("first_name", "last_name")
"""Fields of a name's group, in this order whatever the order on the page."""


def name_group(leaf: LeafField, word_ids: Sequence[int], words: PlacedWords) -> GroupField | None:
    """Split a name.

    Args:
        leaf: the whole name; its text is a part of the words' text.
        word_ids: of the name's words, in its order.
        words: of the document.

    Returns:
        A group with the leaf's text, confidence and regions, and a leaf for each part. A word that
        holds both names ("김민수") is the place of both. None where the name cannot be split.
    """
    name = None if leaf.value is None else split_name(leaf.text)
    if name is None:
        return None
    spans = _word_spans(leaf.text, word_ids, words)
    if spans is None:
        return None
    parts = (name.first, name.last)
    fields = {}
    for key, part in zip(NAME_PARTS, parts, strict=True):
        own = [word_id for word_id, span in spans if _touches(part, span)]
        fields[key] = LeafField(
            value=unicodedata.normalize("NFKC", part.text),
            text=part.text,
            confidence=leaf.confidence,
            regions=words.regions(own),
        )
    return GroupField(
        text=leaf.text, confidence=leaf.confidence, regions=leaf.regions, fields=dict(fields)
    )


def _word_spans(
    text: str, word_ids: Sequence[int], words: PlacedWords
) -> list[tuple[int, tuple[int, int]]] | None:
    """Where each word lies in a text that was cut out of them; None if it was not."""
    pieces = [words.text([word_id]) for word_id in word_ids]
    cut = " ".join(pieces).find(text)
    if cut < 0:
        pieces = [piece.upper() for piece in pieces]  # schemas may give texts in upper case
        cut = " ".join(pieces).find(text)
    if cut < 0:
        return None
    spans, at = [], -cut
    for word_id, piece in zip(word_ids, pieces, strict=True):
        spans.append((word_id, (at, at + len(piece))))
        at += len(piece) + 1
    return spans


def _touches(part: NamePart, span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in part.spans)
