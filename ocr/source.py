"""What every kind of document offers to the reader: pages, loaded one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ocr.engine import Image, QuarterTurn
from ocr.formats import MediaType
from ocr.types import PageSource, Word


@dataclass(frozen=True, slots=True)
class PageWarning:
    """Something worth knowing about a page that was read nevertheless.

    Attributes:
        code: stable and machine-readable.
        message: one sentence.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LoadedPage:
    """A page out of its file, before OCR.

    Attributes:
        width: in pixels.
        height: likewise.
        image: its pixels; None for a words file.
        words: None where OCR has to read them.
        source: of the words.
        rotation: clockwise turn in degrees in which the page was found and that is undone already.
        dpi: of the rendering, for PDF pages.
        warnings: from loading.
    """

    width: int
    height: int
    image: Image | None
    words: tuple[Word, ...] | None
    source: PageSource
    rotation: QuarterTurn = 0
    dpi: float | None = None
    warnings: tuple[PageWarning, ...] = ()


class DocumentSource(Protocol):
    """A document opened for loading its pages in any order; safe to use from several threads."""

    @property
    def media_type(self) -> MediaType:
        """Of the file's content."""
        ...

    @property
    def n_pages(self) -> int:
        """At least 1."""
        ...

    def load(self, index: int) -> LoadedPage:
        """Load one page.

        Args:
            index: from 0.

        Raises:
            InputError: this page is broken or beyond a limit.
        """
        ...
