from __future__ import annotations

import json
import math

import numpy as np
import pytest

from ocr.engine import Image, RightedLines, TextLine
from ocr.errors import (
    CorruptFileError,
    EmptyFileError,
    InputError,
    LimitExceededError,
    TransientError,
    UnsupportedFormatError,
)
from ocr.limits import Limits
from ocr.reader import DocumentReader, FailedPage, ReadPage
from ocr.types import Quad, Word
from tests.unit.ocr.files import drawn, noise, pdf, png_header, saved, text_at


class Ruler:
    """An engine that finds two lines, the lower one first, leaning by some degrees."""

    name = "ruler"

    def __init__(self, degrees: float = 0, error: Exception | None = None) -> None:
        self.degrees = degrees
        self.error = error
        self.sizes: list[tuple[int, ...]] = []

    def read(self, image: Image) -> tuple[TextLine, ...]:
        self.sizes.append(image.shape)
        if self.error:
            raise self.error
        return self._line("below", 60), self._line("above", 30)

    def read_righted(self, image: Image) -> RightedLines:
        return RightedLines(0, self.read(image))

    def _line(self, text: str, y: float) -> TextLine:
        angle = math.radians(self.degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        corners = ((10.0, y), (10 + 80 * cos, y + 80 * sin),
                   (10 + 80 * cos - 9 * sin, y + 80 * sin + 9 * cos),
                   (10 - 9 * sin, y + 9 * cos))  # fmt: skip
        quad = Quad(corners)
        return TextLine(quad, (Word(text, quad, 0.9),), 0.9)


def texts(page: ReadPage | FailedPage) -> list[str]:
    assert isinstance(page, ReadPage)
    return [word.text for word in page.page.words]


def test_words_come_in_reading_order_with_their_picture() -> None:
    (page,) = DocumentReader(Ruler()).open(saved(drawn(), "PNG")).pages()
    assert texts(page) == ["above", "below"]
    assert isinstance(page, ReadPage)
    assert page.image is not None
    assert page.image.shape == (80, 120, 3)
    assert (page.page.source, page.page.skew, page.warnings) == ("ocr", 0.0, ())


@pytest.mark.parametrize("degrees", [-8.0, 6.0])
def test_a_leaning_page_is_levelled(degrees: float) -> None:
    (page,) = DocumentReader(Ruler(degrees)).open(saved(drawn(), "PNG")).pages()
    assert isinstance(page, ReadPage)
    assert page.page.skew == pytest.approx(degrees)
    assert page.image is not None
    assert page.image.shape[:2] == (page.page.height, page.page.width)
    assert page.page.width > 120
    assert all(abs(word.quad.angle) < 0.05 for word in page.page.words)


def test_a_lean_of_a_hair_is_left_alone() -> None:
    (page,) = DocumentReader(Ruler(0.3)).open(saved(drawn(), "PNG")).pages()
    assert isinstance(page, ReadPage)
    assert (page.page.skew, page.page.width) == (0.0, 120)


def test_a_words_file_needs_no_engine_and_keeps_its_order() -> None:
    words = [{"text": t, "box": [0, y, 9, y + 5]} for t, y in (("low", 50), ("high", 5))]
    data = json.dumps({"pages": [{"width": 60, "height": 60, "words": words}]}).encode()
    ruler = Ruler()
    document = DocumentReader(ruler).open(data)
    (page,) = document.pages()
    assert document.media_type == "application/json"
    assert texts(page) == ["low", "high"]
    assert isinstance(page, ReadPage)
    assert page.image is None
    assert ruler.sizes == []


def test_a_pdf_mixes_text_layers_and_pictures() -> None:
    data = pdf([text_at(50, 500, "from the layer"), b"", text_at(50, 500, "again")])
    ruler = Ruler()
    pages = list(DocumentReader(ruler).open(data).pages())
    assert [texts(page) for page in pages] == [
        ["from", "the", "layer"], ["above", "below"], ["again"]
    ]  # fmt: skip
    assert len(ruler.sizes) == 1


def test_pages_are_read_only_when_asked_for() -> None:
    frames = [drawn(100 + i, 90) for i in range(4)]
    data = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    ruler = Ruler()
    pages = DocumentReader(ruler).open(data).pages([3, 1])
    assert ruler.sizes == []
    assert isinstance(page := next(pages), ReadPage)
    assert (page.page.number, page.page.width) == (3, 102)
    assert ruler.sizes == [(90, 102, 3)]


def test_a_page_that_does_not_exist_is_refused_at_once() -> None:
    document = DocumentReader(Ruler()).open(saved(drawn(), "PNG"))
    with pytest.raises(InputError, match="page 2 was asked for; the document has 1"):
        document.pages([1, 2])


def test_a_page_that_fails_leaves_the_others_alone() -> None:
    frames = [drawn(100, 90), drawn(3000, 2000), drawn(101, 90)]
    data = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    pages = list(DocumentReader(Ruler(), Limits(max_page_pixels=50_000)).open(data).pages())
    assert [type(page) for page in pages] == [ReadPage, FailedPage, ReadPage]
    assert isinstance(failed := pages[1], FailedPage)
    assert failed.number == 2
    assert isinstance(failed.error, LimitExceededError)


def test_an_engine_that_gives_up_fails_its_page_only() -> None:
    reader = DocumentReader(Ruler(error=TransientError("took too long")))
    (page,) = reader.open(saved(drawn(), "PNG")).pages()
    assert isinstance(page, FailedPage)
    assert page.error.message == "took too long"


def test_bad_files_have_their_own_errors() -> None:
    reader = DocumentReader(Ruler())
    cut_off = saved(noise(), "JPEG")[:9000]
    with pytest.raises(EmptyFileError):
        reader.open(b"")
    with pytest.raises(UnsupportedFormatError, match="plain text"):
        reader.open(b"this is no picture, whatever its name says")
    with pytest.raises(LimitExceededError, match="max_page_pixels"):
        reader.open(png_header(30_000, 30_000))
    with pytest.raises(LimitExceededError, match="max_file_bytes allows 10"):
        DocumentReader(Ruler(), Limits(max_file_bytes=10)).open(bytes(11))
    (page,) = reader.open(cut_off).pages()
    assert isinstance(page, FailedPage)
    assert isinstance(page.error, CorruptFileError)


def test_a_page_without_words_is_said_to_be_blank() -> None:
    data = b'{"pages": [{"width": 9, "height": 9, "words": []}]}'
    (page,) = DocumentReader(Ruler()).open(data).pages()
    assert isinstance(page, ReadPage)
    assert [warning.code for warning in page.warnings] == ["blank_page"]
    assert page.page.words == ()
    assert np.isfinite(list(page.timings_ms.values())).all()
