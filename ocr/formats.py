"""Which format a file has, told by its first bytes and never by its name."""

from __future__ import annotations

from typing import Literal

from ocr.errors import EmptyFileError, UnsupportedFormatError

PictureType = Literal[
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/tiff",
    "image/bmp",
    "image/gif",
    "image/heic",
]
MediaType = PictureType | Literal["application/pdf", "application/json"]

_SIGNATURES: tuple[tuple[bytes, PictureType], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_PDF_HEADER_WITHIN = 1024
"""Readers accept a PDF whose header stands this far into the file (ISO 32000-1, annex H)."""
_READ_FORMATS = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, PDF and words files (JSON)"


def sniff(data: bytes) -> MediaType:
    """Tell a file's format from its content.

    Raises:
        EmptyFileError: there are no bytes.
        UnsupportedFormatError: it is none of the formats that docspade reads.
    """
    if not data:
        raise EmptyFileError("the file is empty")
    picture = _sniff_picture(data)
    if picture:
        return picture
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return "application/pdf"
    text = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return "application/json"
    raise UnsupportedFormatError(f"the file holds {_guess(data)}; docspade reads {_READ_FORMATS}")


def _sniff_picture(data: bytes) -> PictureType | None:
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        # Box size, "ftyp", major brand, version, compatible brands (ISO/IEC 14496-12, 4.3).
        size = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[i : i + 4] for i in (8, *range(16, size, 4))}
        if brands & _HEIC_BRANDS:
            return "image/heic"
    return None


def _guess(data: bytes) -> str:
    """A word about content that is not read, to help whoever mixed up two files."""
    head = data[:4096]
    if not head.strip(b"\x00"):
        return "nothing but zero bytes"
    if head.startswith(b"PK\x03\x04"):
        return "a ZIP archive or an office document"
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end of the head.
        if error.start < len(head) - 4:
            return "an unknown kind of data"
        text = head[: error.start].decode("utf-8")
    printable = sum(c.isprintable() or c.isspace() for c in text)
    return "plain text" if printable > 0.95 * len(text) else "an unknown kind of data"
