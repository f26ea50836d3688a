"""Files made for the tests, good and bad, byte by byte where it matters."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw


def drawn(width: int = 120, height: int = 80) -> Image.Image:
    """A white picture with a red square in its top left corner."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((4, 4, 24, 24), fill=(200, 0, 0))
    return image


def noise(width: int = 400, height: int = 300) -> Image.Image:
    """A picture that compresses badly, so that half of its file is half of its rows."""
    pixels = np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    output = io.BytesIO()
    image.save(output, file_format, **options)
    return output.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces this size and holds hardly any pixel data."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 64)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def pdf(contents: Sequence[bytes], *, page_entries: bytes = b"", encrypted: bool = False) -> bytes:
    """A PDF of A5-like pages of 400 x 600 points with these content streams, font /F1."""
    n = len(contents)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(n)), n),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, content in enumerate(contents):
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] %s"
            b" /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
            % (page_entries, 5 + 2 * i),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    output = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(output)
    output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        output += b"%010d 00000 n \n" % offset
    lock = b""
    if encrypted:
        # A standard security handler whose check values fit no password, the empty one least.
        key = b"<" + b"5a" * 32 + b">"
        lock = b" /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O %s /U %s >>" % (
            key,
            key,
        )
    output += b"trailer\n<< /Size %d /Root 1 0 R%s >>\n" % (len(objects) + 1, lock)
    return bytes(output + b"startxref\n%d\n%%%%EOF\n" % start)


def text_at(x: float, y: float, text: str, *, size: float = 20, turn: int = 0) -> bytes:
    """A content stream that shows a text at a point, turned clockwise by quarters."""
    a, b = {0: (1, 0), 1: (0, -1), 2: (-1, 0), 3: (0, 1)}[turn]
    matrix = f"{a} {b} {-b} {a} {x} {y} Tm"
    return f"BT /F1 {size} Tf {matrix} ({text}) Tj ET\n".encode("latin-1")
