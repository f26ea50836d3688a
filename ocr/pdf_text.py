"""The text layer of a PDF page: characters grouped into words with exact boxes, if it is sane."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from ocr.engine import QuarterTurn
from ocr.reading_order import reading_order
from ocr.source import PageWarning
from ocr.types import Point, Quad, Word

MAX_UNMAPPED_SHARE = 0.1
"""Share of characters without a meaning above which the layer is not to be trusted."""
SCAN_COVERAGE = 0.5
"""Share of the page that pictures cover from which on it may be a scan …"""
SCAN_MIN_WORDS = 20
"""… that is, if its text layer has fewer words than this: a stamp or a page number."""
MAX_GAP = 0.5
"""A gap wider than this, in text heights, parts words even without a space character."""
LOOSE_CEILING = 1.6
"""A font's line height is taken as a word's height up to this many times its ink's."""

_HYPHENS = {"\x02": "-", "\ufffe": "-", "\u00ad": "-"}  # PDFium's marks of a hyphen at a line's end
_TO_DEVICE = 4096  # PDFium answers in whole device units: ask for a finer device


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The pixels into which a page is rendered, its own /Rotate applied."""

    width: int
    height: int
    dpi: float


@dataclass(frozen=True, slots=True)
class LayerText:
    """A page's text.

    Attributes:
        words: in reading order, in pixels of the upright page.
        turn: clockwise turn in degrees in which the text lies on the page.
    """

    words: tuple[Word, ...]
    turn: QuarterTurn


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One character with its ink's box and its font's box, (left, top, right, bottom) in pixels."""

    text: str
    ink: tuple[float, float, float, float]
    loose: tuple[float, float, float, float]


def read_text_layer(
    page: object, frame: PageFrame
) -> tuple[LayerText | None, tuple[PageWarning, ...]]:
    """Take a page's words from its text layer; PDFium's lock must be held.

    Args:
        page: PDFium's handle.
        frame: of the rendering, in whose pixels the words are placed.

    Returns:
        The words, or None where there are none worth trusting, and why.
    """
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return None, ()
    try:
        runs, unmapped_share = _glyph_runs(page, text_page, frame)
    finally:
        pdfium.FPDFText_ClosePage(text_page)
    words = [run for run in runs if _is_on_page(run, frame)]
    if not words:
        return None, ()
    if unmapped_share > MAX_UNMAPPED_SHARE:
        message = (
            f"{unmapped_share:.0%} of the PDF page's characters have no meaning; it was read by OCR"
        )
        return None, (PageWarning("text_layer_unusable", message),)
    if len(words) < SCAN_MIN_WORDS and _picture_coverage(page, frame) > SCAN_COVERAGE:
        message = "the PDF page is a picture with hardly any text of its own; it was read by OCR"
        return None, (PageWarning("text_layer_incomplete", message),)
    return _upright(words, frame), ()


def _glyph_runs(
    page: object, text_page: object, frame: PageFrame
) -> tuple[list[list[_Glyph]], float]:
    """The characters between white space and jumps, and the share without a meaning."""
    matrix = _page_to_pixels(page, frame)
    runs: list[list[_Glyph]] = [[]]
    n_visible = n_unmapped = 0
    for i in range(int(pdfium.FPDFText_CountChars(text_page))):
        character = chr(int(pdfium.FPDFText_GetUnicode(text_page, i)))
        character = _HYPHENS.get(character, character)
        if character.isspace() or pdfium.FPDFText_IsGenerated(text_page, i) == 1:
            runs.append([])
            continue
        n_visible += 1
        if _is_unmapped(character) or pdfium.FPDFText_HasUnicodeMapError(text_page, i) == 1:
            n_unmapped += 1
            continue
        glyph = _glyph(text_page, i, unicodedata.normalize("NFKC", character), matrix)
        if runs[-1] and _jumps(runs[-1][-1], glyph):
            runs.append([])
        runs[-1].append(glyph)
    return [run for run in runs if run], n_unmapped / max(n_visible, 1)


def _is_unmapped(character: str) -> bool:
    """No character, a private one, half of a pair, or a control code."""
    return character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}


def _page_to_pixels(page: object, frame: PageFrame) -> npt.NDArray[np.float64]:
    """The affine map [2, 3] from the page's points to pixels, crop box and /Rotate included."""
    corners = np.array([(0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)])
    x, y = ctypes.c_int(), ctypes.c_int()
    device = []
    for corner in corners:
        pdfium.FPDF_PageToDevice(
            page, 0, 0, frame.width * _TO_DEVICE, frame.height * _TO_DEVICE, 0, *corner, x, y
        )
        device.append((x.value / _TO_DEVICE, y.value / _TO_DEVICE))
    origin, right, up = np.array(device)
    return np.column_stack([(right - origin) / 1000, (up - origin) / 1000, origin])


def _glyph(text_page: object, index: int, text: str, matrix: npt.NDArray[np.float64]) -> _Glyph:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
    ink = _to_pixels((left.value, bottom.value, right.value, top.value), matrix)
    rectangle = pdfium.FS_RECTF()
    if pdfium.FPDFText_GetLooseCharBox(text_page, index, rectangle):
        sides = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        loose = _to_pixels(sides, matrix)
    else:
        loose = ink
    return _Glyph(text, ink, loose)


def _to_pixels(
    box: tuple[float, float, float, float], matrix: npt.NDArray[np.float64]
) -> tuple[float, float, float, float]:
    corners = np.array([(box[0], box[1], 1.0), (box[2], box[3], 1.0)]) @ matrix.T  # [2, 2]
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _jumps(before: _Glyph, after: _Glyph) -> bool:
    """Whether two characters that follow one another do not stand side by side."""
    gap_x = max(after.ink[0] - before.ink[2], before.ink[0] - after.ink[2])
    gap_y = max(after.loose[1] - before.loose[3], before.loose[1] - after.loose[3])
    size = max(min(_side(before.loose), _side(after.loose)), 1.0)
    return max(gap_x, gap_y) > MAX_GAP * size


def _side(box: tuple[float, float, float, float]) -> float:
    """The longer side: the height of most letters, the width of a dash."""
    return max(box[2] - box[0], box[3] - box[1])


def _is_on_page(run: Sequence[_Glyph], frame: PageFrame) -> bool:
    x = (run[0].ink[0] + run[-1].ink[2]) / 2
    y = (run[0].ink[1] + run[-1].ink[3]) / 2
    return 0 <= x <= frame.width and 0 <= y <= frame.height


def _picture_coverage(page: object, frame: PageFrame) -> float:
    """The share of the page that its largest picture covers."""
    area = 0.0
    sides = [ctypes.c_float() for _ in range(4)]
    for i in range(int(pdfium.FPDFPage_CountObjects(page))):
        item = pdfium.FPDFPage_GetObject(page, i)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        if pdfium.FPDFPageObj_GetBounds(item, *sides):
            left, bottom, right, top = (side.value for side in sides)
            area = max(area, (right - left) * (top - bottom))
    scale = frame.dpi / 72.0
    return area * scale**2 / (frame.width * frame.height)


def _upright(runs: Sequence[Sequence[_Glyph]], frame: PageFrame) -> LayerText:
    """Words in pixels of the page turned so that most text runs to the right."""
    directions = [_direction(run) for run in runs]
    votes = [0, 0, 0, 0]
    for run, direction in zip(runs, directions, strict=True):
        votes[direction] += len(run) if len(run) > 1 else 0
    page_direction = int(np.argmax(votes))
    quads = [
        _turned_back(
            _word_quad(run, direction if len(run) > 1 else page_direction), page_direction, frame
        )
        for run, direction in zip(runs, directions, strict=True)
    ]
    words = [
        Word("".join(glyph.text for glyph in run), quad)
        for run, quad in zip(runs, quads, strict=True)
    ]
    turn: tuple[QuarterTurn, ...] = (0, 90, 180, 270)
    return LayerText(tuple(words[i] for i in reading_order(quads)), turn[page_direction])


def _direction(run: Sequence[_Glyph]) -> int:
    """In which direction a word runs: 0 to the right, then clockwise by quarters."""
    first, last = run[0].ink, run[-1].ink
    dx = last[0] + last[2] - first[0] - first[2]
    dy = last[1] + last[3] - first[1] - first[3]
    if abs(dx) >= abs(dy):
        return 0 if dx >= 0 else 2
    return 1 if dy > 0 else 3


def _word_quad(run: Sequence[_Glyph], direction: int) -> Quad:
    """The word's ink along the text; across it the font's height, which all its words share."""
    ink = np.array([glyph.ink for glyph in run])
    loose = np.array([glyph.loose for glyph in run])
    left, top = ink[:, :2].min(axis=0)
    right, bottom = ink[:, 2:].max(axis=0)
    low, high = (1, 3) if direction % 2 == 0 else (0, 2)
    start, end = float(loose[:, low].min()), float(loose[:, high].max())
    ink_start, ink_end = (top, bottom) if direction % 2 == 0 else (left, right)
    if end - start > LOOSE_CEILING * max(ink_end - ink_start, 0.5 * (end - start)):
        start, end = ink_start, ink_end
    if direction % 2 == 0:
        corners = Quad.from_box((float(left), start, float(right), end)).corners
    else:
        corners = Quad.from_box((start, float(top), end, float(bottom))).corners
    a, b, c, d = corners[direction:] + corners[:direction]
    return Quad((a, b, c, d))


def _turned_back(quad: Quad, direction: int, frame: PageFrame) -> Quad:
    """The quad after undoing the page's clockwise quarter turns, clipped to the page."""

    def move(point: Point) -> Point:
        x = min(max(point[0], 0.0), float(frame.width))
        y = min(max(point[1], 0.0), float(frame.height))
        match direction:
            case 1:
                return y, frame.width - x
            case 2:
                return frame.width - x, frame.height - y
            case 3:
                return frame.height - y, x
            case _:
                return x, y

    a, b, c, d = (move(corner) for corner in quad.corners)
    return Quad((a, b, c, d))
