"""Plain receipts, rendered for timing only: the same pixels for the same seed."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.types import Page, Quad, Word

WIDTH, HEIGHT = 800, 1400
MARGIN, LINE_HEIGHT, FONT_SIZE = 60, 36, 26
GOODS = (
    "KOPI SUSU", "TEH TARIK", "NASI GORENG", "ROTI BAKAR", "MINERAL WATER", "CHICKEN RICE",
    "A4 PAPER 80G", "BALL PEN BLUE", "USB CABLE 1M", "HAND SOAP 500ML",
)  # fmt: skip


def render_receipt(seed: int, n_items: int = 18) -> bytes:
    """A receipt of about 130 words as a JPEG of 800 x 1400 pixels.

    Args:
        seed: chooses the items and prices.
        n_items: lines between head and total; up to 20 fit on the page.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(FONT_SIZE)
    for row, (left, right) in enumerate(_lines(seed, n_items)):
        y = MARGIN + row * LINE_HEIGHT
        draw.text((MARGIN, y), left, fill="black", font=font)
        draw.text((WIDTH - MARGIN, y), right, fill="black", font=font, anchor="ra")
    output = io.BytesIO()
    image.save(output, "JPEG", quality=90)
    return output.getvalue()


def _lines(seed: int, n_items: int) -> list[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    lines = [
        (f"KEDAI NUMBER {seed} SDN BHD", ""),
        ("NO. 12, JALAN SAGU 18, TAMAN DAYA,", ""),
        ("81100 JOHOR BAHRU, JOHOR.", ""),
        ("DATE: 25/12/2018", "10:42:07"),
        ("", ""),
    ]
    total = 0
    for _ in range(n_items):
        n, cents = int(rng.integers(1, 5)), int(rng.integers(100, 3000))
        total += n * cents
        name = GOODS[int(rng.integers(len(GOODS)))]
        lines.append((f"{n} {name} @ {cents / 100:.2f}", f"{n * cents / 100:.2f}"))
    paid = (total // 5000 + 1) * 5000
    amounts = {"SUBTOTAL": total, "TOTAL": total, "CASH": paid, "CHANGE": paid - total}
    return [*lines, *((name, f"{cents / 100:.2f}") for name, cents in amounts.items())]


def page_of_tokens(n_tokens: int, seed: int = 0) -> Page:
    """A page of words that the model sees as so many tokens, its two special ones included.

    Every word is a digit and a comma, which every WordPiece vocabulary of BERT's kind takes for two
    tokens; they stand in eight columns.

    Args:
        n_tokens: even and at least 4.
        seed: chooses the digits.
    """
    n_words = (n_tokens - 2) // 2
    digits = np.random.default_rng(seed).integers(0, 10, n_words)
    words = []
    columns = list(pairwise(range(0, 720 + 1, 90)))
    for i, digit in enumerate(digits):
        left, right = columns[i % len(columns)]
        top = 30.0 * (i // len(columns))
        box = (float(left), top, float(right - 30), top + 20.0)
        words.append(Word(f"{digit},", Quad.from_box(box)))
    height = 30 * (n_words // len(columns) + 1)
    return Page(1, 720, height, tuple(words), source="words")
