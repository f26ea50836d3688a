"""Cuts a document's pages into runs that are scored together."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.types import Page


def page_runs(pages: Sequence[Page], max_words: int) -> list[list[Page]]:
    """Consecutive pages that are scored together: as many as hold `max_words`, one at least."""
    runs: list[list[Page]] = []
    held = 0
    for page in pages:
        if not runs or held + len(page.words) > max_words:
            runs.append([])
            held = 0
        runs[-1].append(page)
        held += len(page.words)
    return runs
