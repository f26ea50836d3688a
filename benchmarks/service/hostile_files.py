"""Files that are broken, oversized or made to do harm, and good ones; a seed gives them again."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.rendered import page_of_tokens
from benchmarks.service.hostile_words import broken_words
from ocr.words_file import words_json

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "PDF")
MAGIC = (
    b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"GIF89a", b"BM",
    b"%PDF-1.7\n", b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", b"PK\x03\x04", b"{",
)  # fmt: skip
BOMB_BYTES = 64 * 1024 * 1024
"""What a decompression bomb unpacks to; packed it has a thousandth of that."""
HUGE_SIDES = (20_000, 65_500, 1_000_000, 2**31 - 1)
N_PAGES = 3000

Rng = np.random.Generator


def good_file(rng: Rng) -> bytes:
    """A file that docspade reads: words, mostly, or a small picture."""
    if rng.random() < 0.7:
        return words_json((page_of_tokens(60, int(rng.integers(50))),)).encode()
    return picture(str(rng.choice(FORMATS)), int(rng.integers(20)))


def hostile_file(rng: Rng) -> tuple[str, bytes]:
    """A file that is none, or no good one: its kind and its bytes."""
    kinds = tuple(_KINDS)
    kind = kinds[int(rng.integers(len(kinds)))]
    return kind, _KINDS[kind](rng)


@cache
def picture(form: str, seed: int) -> bytes:
    """A small picture with a line of text in one of `FORMATS`."""
    image = Image.new("RGB", (160, 90), "white")
    ImageDraw.Draw(image).text((10, 30), f"TOTAL {seed}.00", "black")
    output = io.BytesIO()
    image.save(output, form)
    return output.getvalue()


def _any_picture(rng: Rng) -> bytes:
    return picture(str(rng.choice(FORMATS)), int(rng.integers(20)))


def _truncated(rng: Rng) -> bytes:
    content = _any_picture(rng)
    return content[: int(rng.integers(1, len(content)))]


def _flipped(rng: Rng) -> bytes:
    content = bytearray(_any_picture(rng))
    for position in rng.integers(len(content), size=int(rng.integers(1, 40))):
        content[int(position)] ^= 1 << int(rng.integers(8))
    return bytes(content)


def _spliced(rng: Rng) -> bytes:
    content = _any_picture(rng)
    first, second = sorted(int(place) for place in rng.integers(len(content), size=2))
    if rng.random() < 0.5:
        return content[:first] + content[second:]
    return content[:second] + content[first:]


def _wrong_magic(rng: Rng) -> bytes:
    magic = MAGIC[int(rng.integers(len(MAGIC)))]
    return magic + _any_picture(rng)[len(magic) :]


def _noise(rng: Rng) -> bytes:
    magic = MAGIC[int(rng.integers(len(MAGIC)))] if rng.random() < 0.6 else b""
    return magic + rng.bytes(int(rng.integers(1, 4000)))


def _tiny(rng: Rng) -> bytes:
    return b"" if rng.random() < 0.5 else rng.bytes(int(rng.integers(1, 4)))


def _png_bomb(rng: Rng) -> bytes:
    side = int(rng.choice(HUGE_SIDES))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = _zeros() if rng.random() < 0.1 else zlib.compress(bytes(1000))
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return MAGIC[1] + b"".join(_png_chunk(name, content) for name, content in chunks)


def _png_text_bomb(rng: Rng) -> bytes:
    content = picture("PNG", int(rng.integers(20)))
    end = content.index(b"IDAT") - 4
    name = [b"zTXt", b"iCCP"][int(rng.integers(2))]
    return content[:end] + _png_chunk(name, b"a\x00\x00" + _zeros()) + content[end:]


def _png_chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def _jpeg_bomb(rng: Rng) -> bytes:
    content = bytearray(picture("JPEG", int(rng.integers(20))))
    start = content.index(b"\xff\xc0") + 5
    content[start : start + 4] = struct.pack(">HH", 65_500, int(rng.choice([1, 1200, 65_500])))
    return bytes(content)


def _tiff_bomb(rng: Rng) -> bytes:
    """A directory that says what it likes of its size, or names itself as the next page."""
    side = int(rng.choice(HUGE_SIDES))
    entries = [(256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 8), (259, 3, 1, 1),
               (262, 3, 1, 1), (273, 4, 1, 8), (278, 4, 1, side), (279, 4, 1, 100)]  # fmt: skip
    if rng.random() < 0.5:
        entries[0], entries[1], entries[6] = (256, 4, 1, 10), (257, 4, 1, 10), (278, 4, 1, 10)
    table = struct.pack("<H", len(entries))
    table += b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\x00" + struct.pack("<I", 8) + table + struct.pack("<I", 8) + bytes(100)


@cache
def _zeros() -> bytes:
    return zlib.compress(bytes(BOMB_BYTES), 9)


def _pdf(objects: list[bytes], root: int = 1) -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, text) for n, text in enumerate(objects, 1))
    trailer = b"trailer<</Size %d/Root %d 0 R>>\n%%%%EOF\n" % (len(objects) + 1, root)
    return b"%PDF-1.7\n" + body + trailer


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), entries, content)


def _page(entries: bytes = b"", box: bytes = b"0 0 200 100") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[%s]%s>>" % (box, entries)


def _pages(kids: bytes = b"3 0 R", count: int = 1) -> list[bytes]:
    return [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)]


def _pdf_zip_bomb(rng: Rng) -> bytes:
    """A page's drawing, or its picture, that unpacks to a thousand times its size."""
    content, filters = _zeros(), b"/Filter/FlateDecode"
    if rng.random() < 0.5:
        content, filters = zlib.compress(content), b"/Filter[/FlateDecode/FlateDecode]"
    if rng.random() < 0.5:
        return _pdf([*_pages(), _page(b"/Contents 4 0 R"), _stream(content, filters)])
    side = int(rng.choice([8_000, 60_000]))
    sizes = b"/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8/Width %d/Height %d"
    image = _stream(content, filters + sizes % (side, side))
    entries = b"/Contents 5 0 R/Resources<</XObject<</A 4 0 R>>>>"
    return _pdf([*_pages(), _page(entries), image, _stream(b"200 0 0 100 0 0 cm /A Do")])


def _pdf_many_pages(rng: Rng) -> bytes:
    count = int(rng.choice([201, N_PAGES, 2**31 - 1]))
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + min(count, N_PAGES)))
    return _pdf([*_pages(kids, count), *[_page()] * min(count, N_PAGES)])


def _pdf_knot(rng: Rng) -> bytes:
    """Page trees that bite their tail, boxes that are none, nesting without end."""
    knots: tuple[list[bytes], ...] = (
        [*_pages(b"2 0 R 2 0 R", 5), _page()],
        [*_pages(b"3 0 R " * 150, 150), _page()],
        [*_pages(count=-1), _page()],
        [*_pages(), _page(box=b"0 0 1e30 1e30")],
        [*_pages(), _page(box=b"0 0 0.0001 90000")],
        [*_pages(), _page(box=b"5 5 5 5")],
        [*_pages(), _page(b"/Contents 4 0 R"), _stream(b"[" * 200_000)],
        [*_pages(), _page(b"/Contents 4 0 R"), _stream(b"q " * 300_000)],
        [*_pages(), _page(b"/A " + b"[" * 100_000 + b"]" * 100_000)],
        [*_pages(), _page(b"/Contents 4 0 R/Resources<</XObject<</A 4 0 R>>>>"),
         _stream(b"/A Do", b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 4 0 R>>>>")],
    )  # fmt: skip
    return _pdf(knots[int(rng.integers(len(knots)))])


_KINDS: dict[str, Callable[[Rng], bytes]] = {
    "truncated": _truncated,
    "bits flipped": _flipped,
    "spliced": _spliced,
    "wrong magic": _wrong_magic,
    "noise": _noise,
    "empty": _tiny,
    "PNG bomb": _png_bomb,
    "PNG text bomb": _png_text_bomb,
    "JPEG bomb": _jpeg_bomb,
    "TIFF bomb": _tiff_bomb,
    "PDF bomb": _pdf_zip_bomb,
    "PDF of many pages": _pdf_many_pages,
    "PDF knot": _pdf_knot,
    "broken words": broken_words,
    "more broken words": broken_words,
}
