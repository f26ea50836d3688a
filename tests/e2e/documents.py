"""Documents made on the spot: good ones, and all kinds of bad ones."""

from __future__ import annotations

import io
import json
import random

from PIL import Image, ImageDraw, ImageFont

ROWS = (
    ("CORNER BOOK SHOP SDN BHD", ""),
    ("12, JALAN BESAR, 81100 JOHOR BAHRU", ""),
    ("TEL: 07-351 2345", ""),
    ("DATE: 25/12/2018", "TIME: 8:13 PM"),
    ("NOTEBOOK A5", "8.00"),
    ("PENCIL HB", "1.50"),
    ("TOTAL RM", "9.50"),
    ("CASH", "10.00"),
    ("CHANGE", "0.50"),
)


def receipt() -> Image.Image:
    """A printed receipt, 700 x 900 pixels."""
    paper = Image.new("RGB", (700, 900), "white")
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(26)
    for index, (left, right) in enumerate(ROWS):
        top = 60 + 85 * index
        draw.text((60, top), left, "black", font)
        draw.text((640, top), right, "black", font, anchor="ra")
    return paper


def receipt_jpeg() -> bytes:
    return _saved(receipt(), "JPEG")


def receipts_tiff(n_pages: int) -> bytes:
    """As many receipts as wanted in one file: a job that takes its time."""
    out = io.BytesIO()
    rest = [receipt() for _ in range(n_pages - 1)]
    receipt().save(out, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw")
    return out.getvalue()


def blank_png() -> bytes:
    return _saved(Image.new("RGB", (700, 900), "white"), "PNG")


def scenery_jpeg() -> bytes:
    """Sky, hills and noise: a photograph without any document."""
    picture = Image.linear_gradient("L").resize((800, 600))
    photo = Image.merge("RGB", (picture, picture.rotate(180), Image.new("L", (800, 600), 200)))
    draw = ImageDraw.Draw(photo)
    generator = random.Random(7)
    for _ in range(60):
        x, y, r = generator.randrange(800), generator.randrange(300, 600), generator.randrange(90)
        draw.ellipse((x, y, x + 2 * r, y + r), (30, generator.randrange(60, 160), 40))
    return _saved(photo, "JPEG")


def huge_png() -> bytes:
    """30,000 x 30,000 pixels, all white, in about 100 KB."""
    return _saved(Image.new("1", (30_000, 30_000), 1), "PNG")


def pdf(n_pages: int, *, is_encrypted: bool = False) -> bytes:
    """A PDF with empty pages, written by hand."""
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + n_pages))
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {n_pages}/Kids[{kids}]>>",
        *[page] * n_pages,
    ]
    trailer = f"/Size {len(bodies) + 1}/Root 1 0 R"
    if is_encrypted:
        # The keys fit no password: not even the empty one opens the file.
        key = "5A" * 32
        trailer += (
            f"/Encrypt<</Filter/Standard/V 1/R 2/O<{key}>/U<{key}>/P -4>>"
            f"/ID[<{'00' * 16}><{'00' * 16}>]"
        )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010d} 00000 n \n".encode()
    out += f"trailer<<{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def words(text: str = "TOTAL", quad: str = "[[10,10],[90,10],[90,30],[10,30]]") -> bytes:
    """A words file with one word."""
    return (
        f'{{"pages": [{{"width": 200, "height": 100, '
        f'"words": [{{"text": {json.dumps(text)}, "quad": {quad}}}]}}]}}'
    ).encode()


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()
