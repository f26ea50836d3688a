"""Several documents in one file: where a new one seems to begin. Only proposed, never done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from layout.graph import FieldGraph
from layout.result import Issue
from layout.schema import DocumentSchema
from ocr.types import Page

MAX_PAGES: Final = 50
"""Longer files are one document, or bundles that are no accident."""
MIN_DIFFERING: Final = 2
"""Identifying fields that have to differ, and none may agree, before a page begins a document."""

PageValues = Mapping[str, frozenset[str]]
"""A page's folded values of the fields that tell a document of the type from another."""


def identifying_values(graph: FieldGraph, page: Page, schema: DocumentSchema) -> PageValues:
    """What one page, decoded by itself, says in the fields that identify a document."""
    found: dict[str, set[str]] = {}
    for entity in graph.entities:
        if entity.path in schema.identifying:
            text = "".join(page.words[i].text for i in entity.word_ids)
            folded = "".join(char for char in text.casefold() if char.isalnum())
            found.setdefault(entity.path, set()).add(folded)
    return {name: frozenset(values) for name, values in found.items()}


def first_pages(values: Sequence[PageValues]) -> list[int]:
    """Positions of the pages that seem to begin a document; the first page always does.

    Args:
        values: of every page, in order. A page without any goes on with the document before it.
    """
    starts = [0]
    current: dict[str, frozenset[str]] = dict(values[0]) if values else {}
    for position, page in enumerate(values[1:], start=1):
        shared = [name for name in page if page[name] and current.get(name)]
        differing = [name for name in shared if not page[name] & current[name]]
        if len(differing) >= MIN_DIFFERING and len(differing) == len(shared):
            starts.append(position)
            current = dict(page)
        else:
            current |= {name: current.get(name, frozenset()) | page[name] for name in page}
    return starts


def split_issue(numbers: Sequence[int], starts: Sequence[int]) -> Issue | None:
    """What to tell the user; None where there is one document.

    Args:
        numbers: of the pages, as in the file.
        starts: positions of the pages that begin a document.
    """
    if len(starts) < 2:
        return None
    stops = [*starts[1:], len(numbers)]
    ranges = [
        _range(numbers[start], numbers[stop - 1]) for start, stop in zip(starts, stops, strict=True)
    ]
    message = (
        f"the pages look like {len(ranges)} documents; read them apart with "
        f"pages {', '.join(ranges[:-1])} and {ranges[-1]}"
    )
    return Issue(code="several_documents", severity="warning", message=message, fields=[])


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
