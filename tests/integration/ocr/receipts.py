"""Receipts rendered for the tests, and how to turn, lean and compare them."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.reader import FailedPage, ReadPage
from ocr.types import Word

LINES = [
    ("KEDAI BUKU SURIA SDN BHD", ""),
    ("NO. 12 JALAN SAGU 18, TAMAN DAYA", ""),
    ("81100 JOHOR BAHRU", ""),
    ("DATE 25/12/2018", "TIME 20:13:39"),
    ("CASHIER MANIS", "MEMBER 4026588"),
    ("MODELLING CLAY", "9.00"),
    ("EXERCISE BOOK", "12.40"),
    ("BALL PEN BLUE", "3.25"),
    ("SUBTOTAL", "24.65"),
    ("ROUNDING", "0.00"),
    ("TOTAL AMOUNT", "24.65"),
    ("CASH", "50.00"),
    ("CHANGE", "25.35"),
    ("GOODS SOLD ARE NOT RETURNABLE", ""),
    ("THANK YOU PLEASE COME AGAIN", ""),
]
WORDS = Counter(" ".join(part for line in LINES for part in line).split())
READING = " ".join(part for line in LINES for part in line).split()


def receipt(scale: float = 1.0) -> Image.Image:
    """A receipt of 760 x 1000 pixels, times `scale`."""
    width, height, margin, step = (round(n * scale) for n in (760, 1000, 60, 58))
    image = Image.new("RGB", (width, height), (250, 249, 245))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(round(30 * scale))
    for row, (left, right) in enumerate(LINES):
        y = margin + row * step
        draw.text((margin, y), left, fill=(30, 30, 30), font=font)
        draw.text((width - margin, y), right, fill=(30, 30, 30), font=font, anchor="ra")
    return image


def turned(image: Image.Image, clockwise: float) -> Image.Image:
    """The picture turned, large enough to hold all of it, on a white table."""
    return image.rotate(-clockwise, expand=True, resample=Image.Resampling.BICUBIC,
                        fillcolor=(255, 255, 255))  # fmt: skip


def encoded(image: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    output = io.BytesIO()
    image.save(output, file_format, **options)
    return output.getvalue()


def only_page(pages: Sequence[ReadPage | FailedPage]) -> ReadPage:
    (page,) = pages
    assert isinstance(page, ReadPage)
    return page


def word_f1(words: Sequence[Word]) -> float:
    read = Counter(word.text for word in words)
    return 2 * (read & WORDS).total() / (read.total() + WORDS.total())


def places_agree(one: Sequence[Word], other: Sequence[Word], tolerance_px: float) -> bool:
    """Whether words of the same text, unique on the page, stand in the same places."""
    count = Counter(word.text for word in one) & Counter(word.text for word in other)
    at = {word.text: word.quad.center for word in other}
    return all(
        math.dist(word.quad.center, at[word.text]) <= tolerance_px
        for word in one
        if count[word.text] == 1 and READING.count(word.text) == 1
    )


def has_ink_inside(page: ReadPage, word: Word) -> bool:
    """Whether the page's picture is dark somewhere inside the word's box."""
    assert page.image is not None
    left, top, right, bottom = (round(side) for side in word.quad.box)
    return bool(np.min(page.image[top:bottom, left:right]) < 128)
