from __future__ import annotations

import pillow_heif
import pytest

from ocr.errors import EmptyFileError, UnsupportedFormatError
from ocr.formats import sniff
from tests.unit.ocr.files import drawn, pdf, saved

pillow_heif.register_heif_opener()


@pytest.mark.parametrize(
    ("file_format", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("HEIF", "image/heic"),
    ],
)
def test_pictures_are_told_by_their_content(file_format: str, media_type: str) -> None:
    assert sniff(saved(drawn(), file_format)) == media_type


def test_a_pdf_may_start_with_a_few_bytes_of_something_else() -> None:
    assert sniff(pdf([b""])) == "application/pdf"
    assert sniff(b"junk from a mail gateway\n" + pdf([b""])) == "application/pdf"


@pytest.mark.parametrize("data", [b'{"pages": []}', b'\xef\xbb\xbf  \n{"pages": []}', b"[1]"])
def test_json_is_taken_for_a_words_file(data: bytes) -> None:
    assert sniff(data) == "application/json"


def test_an_empty_file_has_its_own_error() -> None:
    with pytest.raises(EmptyFileError, match="empty"):
        sniff(b"")


@pytest.mark.parametrize(
    ("data", "guess"),
    [
        (b"Dear Sir,\nplease find enclosed", "plain text"),
        ("Grüße aus Köln ".encode() * 400, "plain text"),
        (b"PK\x03\x04" + bytes(40), "a ZIP archive"),
        (bytes(5000), "nothing but zero bytes"),
        (bytes(range(256)), "an unknown kind of data"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00mp42avc1", "unknown kind"),
    ],
)
def test_what_is_not_read_is_named(data: bytes, guess: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=guess):
        sniff(data)
