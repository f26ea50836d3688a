"""What the runner needs of `layout.pipeline.Pipeline`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from layout.result import DocumentResult
from ocr.types import Page
from workers.page_pictures import PagePixels


class Extractor(Protocol):
    """Turns files into fields."""

    def extract(
        self,
        data: bytes,
        *,
        document_type: str,
        document_id: str,
        with_words: bool,
        pages: Sequence[int] | None,
        on_page: Callable[[Page, PagePixels | None], None] | None,
        on_stage: Callable[[str], None],
    ) -> DocumentResult:
        """Turn a file into fields; raises DocspadeError only for what is expected to go wrong."""
        ...
