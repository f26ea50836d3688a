"""PDF: a page's own text layer where it can be trusted, else its rendering for OCR.

PDFium is not thread-safe, not even between documents: every call stands under one lock.
"""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pypdfium2  # noqa: F401  (starts the library; its raw interface alone does not)
import pypdfium2.raw as pdfium

from ocr.engine import Image
from ocr.errors import CorruptFileError, EncryptedFileError, LimitExceededError
from ocr.formats import MediaType
from ocr.limits import Limits
from ocr.pdf_text import PageFrame, read_text_layer
from ocr.righting import undo_turn
from ocr.source import LoadedPage

RENDER_DPI = 200.0
"""Enough for OCR of 8-point text; large sheets get less, by the limits."""
POINTS_PER_INCH = 72.0
MIN_DPI = 20.0
"""Below this no text can be read; a page that large is beyond every limit."""

# Reentrant: garbage collection may close a document while the same thread is in here.
_LOCK = threading.RLock()
_PageHandle = object


class PdfSource:
    """A PDF file.

    Args:
        data: of the file; kept, PDFium reads from it.
        limits: on pages, words and the size of renderings.

    Raises:
        EncryptedFileError: a password is needed.
        CorruptFileError: PDFium cannot open it, or it has no page.
        LimitExceededError: it has too many pages.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        with _LOCK:
            self._document = _open(data)
            # The data travels with the finalizer: PDFium reads from it until the end.
            weakref.finalize(self, _close, self._document, data)
            self._n_pages = int(pdfium.FPDF_GetPageCount(self._document))
        if self._n_pages < 1:
            raise CorruptFileError("the PDF has no pages, or its page list is broken")
        limits.check_pages(self._n_pages)

    @property
    def media_type(self) -> MediaType:
        """Of the file's content."""
        return "application/pdf"

    @property
    def n_pages(self) -> int:
        """At least 1."""
        return self._n_pages

    def load(self, index: int) -> LoadedPage:
        """Render a page and take its text layer, if that is sane; see DocumentSource."""
        with _LOCK, self._page(index) as page:
            frame = self._frame(page, index)
            image = _render(page, frame)
            text, warnings = read_text_layer(page, frame)
        if text is None:
            return LoadedPage(
                frame.width, frame.height, image, None, "ocr", dpi=frame.dpi, warnings=warnings
            )
        self._limits.check_words(len(text.words), index + 1)
        image = undo_turn(image, text.turn)
        height, width = image.shape[:2]
        return LoadedPage(
            width,
            height,
            image,
            text.words,
            "text_layer",
            rotation=text.turn,
            dpi=frame.dpi,
            warnings=warnings,
        )

    @contextmanager
    def _page(self, index: int) -> Iterator[_PageHandle]:
        page = self._load_page(index)
        try:
            if pdfium.FPDFPage_GetAnnotCount(page):
                # The values of form fields are annotations: made part of the page, they are seen
                # by the text layer too. That shows only after loading the page again.
                pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
                pdfium.FPDF_ClosePage(page)
                page = None
                page = self._load_page(index)
            yield page
        finally:
            if page is not None:
                pdfium.FPDF_ClosePage(page)

    def _load_page(self, index: int) -> _PageHandle:
        page: _PageHandle = pdfium.FPDF_LoadPage(self._document, index)
        if not page:
            raise CorruptFileError(f"page {index + 1} of the PDF is broken")
        return page

    def _frame(self, page: _PageHandle, index: int) -> PageFrame:
        """Choose the dpi of a page within the limits."""
        width_pt = float(pdfium.FPDF_GetPageWidthF(page))
        height_pt = float(pdfium.FPDF_GetPageHeightF(page))
        if not (0 < width_pt < math.inf and 0 < height_pt < math.inf):
            raise CorruptFileError(f"page {index + 1} of the PDF has no size")
        scale = min(
            RENDER_DPI / POINTS_PER_INCH,
            self._limits.max_render_side_px / max(width_pt, height_pt),
            math.sqrt(self._limits.max_page_pixels / (width_pt * height_pt)),
        )
        if scale * POINTS_PER_INCH < MIN_DPI:
            raise LimitExceededError(
                f"page {index + 1} of the PDF is {width_pt:,.0f} x {height_pt:,.0f} points large; "
                f"max_render_side_px = {self._limits.max_render_side_px:,} and max_page_pixels = "
                f"{self._limits.max_page_pixels:,} leave less than {MIN_DPI:.0f} dpi"
            )
        return PageFrame(
            width=max(1, int(width_pt * scale)),
            height=max(1, int(height_pt * scale)),
            dpi=scale * POINTS_PER_INCH,
        )


def _open(data: bytes) -> object:
    document: object = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if document:
        return document
    error = pdfium.FPDF_GetLastError()
    if error in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
        raise EncryptedFileError("the PDF is protected by a password")
    raise CorruptFileError("the PDF file is broken or cut off")


def _close(document: object, data: bytes) -> None:
    with _LOCK:
        pdfium.FPDF_CloseDocument(document)
    del data


def _render(page: _PageHandle, frame: PageFrame) -> Image:
    pixels = np.full((frame.height, frame.width, 3), 255, dtype=np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        frame.width,
        frame.height,
        pdfium.FPDFBitmap_BGR,
        pixels.ctypes.data,
        frame.width * 3,
    )
    if not bitmap:
        raise CorruptFileError("the page of the PDF cannot be rendered")
    try:
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER  # RGB
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, frame.width, frame.height, 0, flags)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels
