"""Pictures of pages with words blacked out in the pixels, without text layer or metadata."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Final

from PIL import Image, ImageDraw

from layout.placed_words import enclosing_quad
from layout.redaction import MaskedWords, page_lines
from layout.result import PageEntry
from ocr.types import Point, Quad

JPEG_QUALITY: Final = 92
POINTS_PER_INCH: Final = 72
DEFAULT_DPI: Final = 150
_GROWTH: Final = 0.2  # of a line's height, so that no tail of a letter shows


def redact_pictures(
    pages: Sequence[PageEntry], pictures: Mapping[int, bytes], masked: MaskedWords, *, as_pdf: bool
) -> bytes:
    """Black out words in the pages' pictures.

    Args:
        pages: with their words.
        pictures: of the upright pages, by number, in whatever size; a page without one is drawn
            white with the masked places black.
        masked: words to black out.
        as_pdf: whether a single page becomes a PDF as well.

    Returns:
        A PNG of a single page; a PDF of pictures alone otherwise.
    """
    if len(pages) == 1 and not as_pdf:
        return _encoded(_redacted(pages[0], pictures, masked), "PNG")
    return _pdf(
        [
            (page, _encoded(_redacted(page, pictures, masked), "JPEG"))  # one in memory at a time
            for page in pages
        ],
    )


def masked_quads(page: PageEntry, word_ids: frozenset[int]) -> list[Quad]:
    """One grown quad for each run of neighbouring masked words in a line, in the page's pixels."""
    words = page.words or []
    runs: list[list[Quad]] = []
    for line in page_lines(page):
        runs.append([])
        for i in line:
            if i in word_ids:
                one, two, three, four = words[i].quad
                runs[-1].append(Quad((one, two, three, four)))
            elif runs[-1]:
                runs.append([])
    return [_grown(enclosing_quad(run)) for run in runs if run]


def _grown(quad: Quad) -> Quad:
    """The quad with each corner moved outwards along both sides."""
    margin = quad.height * _GROWTH + 1

    def away(corner: Point, *others: Point) -> Point:
        x, y = corner
        for other_x, other_y in others:
            dx, dy = corner[0] - other_x, corner[1] - other_y
            length = (dx * dx + dy * dy) ** 0.5 or 1.0
            x, y = x + dx / length * margin, y + dy / length * margin
        return x, y

    a, b, c, d = quad.corners
    return Quad((away(a, b, d), away(b, a, c), away(c, b, d), away(d, a, c)))


def _redacted(page: PageEntry, pictures: Mapping[int, bytes], masked: MaskedWords) -> Image.Image:
    content = pictures.get(page.number)
    if content is None:
        picture = Image.new("RGB", (page.width, page.height), "white")
    else:
        picture = Image.open(io.BytesIO(content)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    scale_x, scale_y = picture.width / page.width, picture.height / page.height
    for quad in masked_quads(page, masked.get(page.number, frozenset())):
        draw.polygon([(x * scale_x, y * scale_y) for x, y in quad.corners], fill="black")
    return picture


def _encoded(picture: Image.Image, form: str) -> bytes:
    # Only the pixels go into a new picture: what the old one told of itself stays behind.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, form, quality=JPEG_QUALITY)
    return out.getvalue()


def _pdf(pages: Sequence[tuple[PageEntry, bytes]]) -> bytes:
    """A PDF 1.4 file of one JPEG a page, and nothing else in it (ISO 32000-1, 7.5)."""
    kids = " ".join(f"{3 + 3 * i} 0 R" for i in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
    ]
    for page, jpeg in pages:
        bodies += _page_objects(page, jpeg, first=len(bodies) + 1)
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(bodies) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def _page_objects(page: PageEntry, jpeg: bytes, *, first: int) -> list[bytes]:
    """The page, its content and its picture."""
    points = POINTS_PER_INCH / (page.dpi or DEFAULT_DPI)
    width, height = page.width * points, page.height * points
    with Image.open(io.BytesIO(jpeg)) as picture:
        width_px, height_px = picture.size
    content = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /P Do Q".encode()
    entry = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2f} {height:.2f}] "
        f"/Contents {first + 1} 0 R /Resources << /XObject << /P {first + 2} 0 R >> >> >>"
    )
    shown = (
        f"<< /Type /XObject /Subtype /Image /Width {width_px} /Height {height_px} "
        f"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)} >>"
    )
    return [
        entry.encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        shown.encode() + b"\nstream\n" + jpeg + b"\nendstream",
    ]
