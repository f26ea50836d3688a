"""Masked words are black in the pixels, and nothing but pixels is kept."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
from PIL import Image

from api.redacted_pictures import redact_pictures
from layout.result import PageEntry, WordEntry
from tests.unit.layout.paper import page


def entry(row: str, number: int = 1) -> PageEntry:
    words = [
        WordEntry(text=word.text, quad=list(word.quad.corners), confidence=1.0)
        for word in page(row).words
    ]
    return PageEntry(number=number, width=800, height=30, words=words)


def picture(width: int = 800, height: int = 30) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (width, height), "white")
    exif = image.getexif()
    exif[0x010E] = "secret"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_masked_run_is_black_to_its_gaps_and_the_rest_is_not() -> None:
    content = redact_pictures(
        [entry("aaa bbb ccc")], {1: picture(400, 15)}, {1: frozenset({0, 1})}, as_pdf=False
    )
    shot = Image.open(io.BytesIO(content))
    assert shot.format == "PNG"
    assert shot.size == (400, 15)
    assert [shot.getpixel((x, 5)) for x in (5, 17, 30)] == [(0, 0, 0)] * 3
    assert shot.getpixel((48, 5)) == (255, 255, 255)
    assert b"secret" not in content
    assert not shot.getexif()


def test_several_pages_are_a_pdf_of_pictures_without_text_and_metadata() -> None:
    content = redact_pictures(
        [entry("aaa"), entry("bbb", 2)], {1: picture()}, {2: frozenset({0})}, as_pdf=False
    )
    document = pdfium.PdfDocument(content)
    assert len(document) == 2
    assert not any(document.get_metadata_dict().values())
    assert all(page.get_textpage().count_chars() == 0 for page in document)
    shot = document[1].render(scale=1).to_pil()
    assert max(shot.convert("L").getpixel((5, 4)), 0) < 30
    assert b"secret" not in content
