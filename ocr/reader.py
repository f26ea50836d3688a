"""From a file's bytes to upright pages of words, one page at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ocr.engine import Image, TextEngine
from ocr.errors import DefectError, DocspadeError, InputError, TransientError
from ocr.formats import MediaType, sniff
from ocr.limits import Limits
from ocr.pdf import PdfSource
from ocr.pictures import PictureSource
from ocr.reading_order import dominant_angle, reading_order
from ocr.righting import clip_words, undo_skew, undo_turn
from ocr.source import DocumentSource, LoadedPage, PageWarning
from ocr.types import Page, Word
from ocr.words_file import WordsFile

MIN_SKEW = math.radians(0.5)
"""Text that leans less is left as it is: a line's drop over the page stays within its height."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read.

    Attributes:
        page: its words.
        image: the upright page, RGB uint8 [H, W, 3], in whose pixels the words' quads are; None
            for pages of words files.
        timings_ms: "decode" (from the file to pixels) and "ocr", in milliseconds.
        warnings: what is worth knowing about it, e.g. that it is blank.
    """

    page: Page
    image: Image | None
    timings_ms: dict[str, float]
    warnings: tuple[PageWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be read; the document's other pages are not affected.

    Attributes:
        number: counted from 1 within the document.
        error: what is wrong with it.
    """

    number: int
    error: DocspadeError


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """Reads documents with one OCR engine. Safe to share between threads.

    Args:
        engine: that reads pages without words of their own.
        limits: beyond which a document or page is refused.
    """

    engine: TextEngine
    limits: Limits = field(default_factory=Limits)

    def open(self, data: bytes) -> SourceDocument:
        """Recognise a file by its content and check what can be checked without decoding pages.

        Raises:
            EmptyFileError: there are no bytes.
            UnsupportedFormatError: the content is in no format that docspade reads.
            CorruptFileError: it is, but broken.
            EncryptedFileError: it is protected by a password.
            LimitExceededError: it is larger than the limits allow.
            InvalidWordsError: a words file breaks its form.
        """
        self.limits.check_file_bytes(len(data))
        return SourceDocument(self.engine, self.limits, _open_source(data, self.limits))


def _open_source(data: bytes, limits: Limits) -> DocumentSource:
    media_type = sniff(data)
    if media_type == "application/pdf":
        return PdfSource(data, limits)
    if media_type == "application/json":
        return WordsFile(data, limits)
    return PictureSource(data, media_type, limits)


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """An opened document; its pages are decoded and read only when asked for."""

    engine: TextEngine
    limits: Limits
    source: DocumentSource

    @property
    def media_type(self) -> MediaType:
        """Of the file's content, e.g. "image/jpeg"."""
        return self.source.media_type

    @property
    def n_pages(self) -> int:
        """At least 1."""
        return self.source.n_pages

    def pages(self, selection: Sequence[int] | None = None) -> Iterator[ReadPage | FailedPage]:
        """Read pages one after the other; only the one at hand is kept in memory.

        Args:
            selection: page numbers counted from 1, in the order wanted; None takes all.

        Raises:
            InputError: a selected page does not exist; before the first page is read.
        """
        numbers = range(1, self.n_pages + 1) if selection is None else selection
        for number in numbers:
            if not 1 <= number <= self.n_pages:
                raise InputError(
                    f"page {number} was asked for; the document has {self.n_pages} page(s)"
                )
        return (self._page(number) for number in numbers)

    def _page(self, number: int) -> ReadPage | FailedPage:
        try:
            start = time.perf_counter()
            loaded = self.source.load(number - 1)
            decoded = time.perf_counter()
            page, image, warnings = self._read(number, loaded)
        except (InputError, TransientError, DefectError) as error:
            return FailedPage(number, error)
        timings_ms = {
            "decode": (decoded - start) * 1000,
            "ocr": (time.perf_counter() - decoded) * 1000,
        }
        if not page.words:
            blank = PageWarning("blank_page", f"no text was found on page {number}")
            warnings = (*warnings, blank)
        return ReadPage(page, image, timings_ms, warnings)

    def _read(
        self, number: int, loaded: LoadedPage
    ) -> tuple[Page, Image | None, tuple[PageWarning, ...]]:
        if loaded.words is None and loaded.image is not None:
            page, image = self._read_pixels(number, loaded, loaded.image)
            return page, image, loaded.warnings
        words = loaded.words or ()
        self.limits.check_words(len(words), number)
        page = Page(
            number=number,
            width=loaded.width,
            height=loaded.height,
            words=words,
            rotation=loaded.rotation,
            dpi=loaded.dpi,
            source=loaded.source,
        )
        return page, loaded.image, loaded.warnings

    def _read_pixels(self, number: int, loaded: LoadedPage, image: Image) -> tuple[Page, Image]:
        """Right the page, read it and put its words in reading order."""
        righted = self.engine.read_righted(image)
        image = undo_turn(image, righted.turn)
        words: tuple[Word, ...] = tuple(w for line in righted.lines for w in line.words)
        skew = dominant_angle([line.quad for line in righted.lines])
        if abs(skew) < MIN_SKEW:
            skew = 0.0
        else:
            image, words = undo_skew(image, words, skew)
        height, width = image.shape[:2]
        words = clip_words(words, width, height)
        page = Page(
            number=number,
            width=width,
            height=height,
            words=tuple(words[i] for i in reading_order([word.quad for word in words])),
            rotation=righted.turn,
            skew=math.degrees(skew),
            dpi=loaded.dpi,
            source="ocr",
        )
        return page, image
