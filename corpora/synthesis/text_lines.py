"""Single lines of text as pictures, for training a line recogniser.

How they look is varied as far as cameras, thermal printers and fonts vary it; what they say,
`corpora/synthesis/line_texts.py` makes up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ocr.errors import SetupError

Picture = npt.NDArray[np.uint8]

HEIGHT = 48
"""Pixel rows that PP-OCR recognisers see."""
CANVAS_HEIGHT = 96
"""Pixel rows in which a line is drawn before it is bent and shrunk."""
SCALES = (1.0, 0.8, 0.65, 0.5, 0.42, 0.36)
"""Sizes in which lines stood in their pictures before they were cut out at full height."""
SCALE_SHARES = (0.26, 0.18, 0.16, 0.16, 0.14, 0.1)
TAKEN_SMALL = 0.7
"""Share of lines whose blur, grain and JPEG blocks are those of the small picture, enlarged too; of
the others they come on top, as of a picture that somebody enlarged before."""
FONT_DIR = Path("/usr/share/fonts")
HANGUL_FONTS = (
    "truetype/nanum/*.ttf",
    "truetype/unfonts-core/*.ttf",
    "truetype/baekmuk/*.ttf",
    "opentype/noto/Noto*CJK-*.ttc",
)
"""Debian's fonts-nanum, fonts-unfonts-core, fonts-baekmuk and fonts-noto-cjk."""
LATIN_FONTS = (
    "truetype/dejavu/*.ttf",
    "truetype/liberation*/*.ttf",
    "truetype/noto/NotoMono*.ttf",
    "truetype/noto/NotoSansMono*.ttf",
    "opentype/urw-base35/Nimbus*.otf",
    "opentype/urw-base35/[CP]05*.otf",
    "opentype/urw-base35/URW*.otf",
)
"""Debian's fonts-dejavu, fonts-liberation, fonts-noto-mono and fonts-urw-base35."""
IDEOGRAPH_FONTS = ("opentype/noto/Noto*CJK-*.ttc", *HANGUL_FONTS)
"""Debian's fonts-noto-cjk; Korean ones know many Chinese characters too."""
KOREAN_FACE = 1
"""Of the faces in Noto's CJK collections."""


@dataclass(frozen=True)
class LinePicture:
    """A line of text and its picture, RGB uint8 [48, W, 3]."""

    text: str
    picture: Picture


@lru_cache
def installed_fonts(patterns: tuple[str, ...]) -> tuple[Path, ...]:
    """The installed fonts of some names.

    Args:
        patterns: of their files, below the system's folder of fonts.

    Raises:
        SetupError: there is none.
    """
    found = {path for pattern in patterns for path in FONT_DIR.glob(pattern)}
    if not found:
        raise SetupError(f"no font is installed of: {', '.join(patterns)}")
    return tuple(sorted(found))


@lru_cache(maxsize=512)
def _font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    index = KOREAN_FACE if path.suffix == ".ttc" else 0
    return ImageFont.truetype(path, size_px, index=index)


class LineMaker:
    """Makes pictures of lines.

    Args:
        seed: equal seeds give equal pictures of equal texts where the same fonts are installed.
        texts: what stands on the lines, without end.
        fonts: patterns of the fonts' files.
    """

    def __init__(self, seed: int, texts: Iterator[str], fonts: tuple[str, ...]) -> None:
        self._random = np.random.default_rng(seed)
        self._texts = texts
        self._fonts = installed_fonts(fonts)

    def line(self) -> LinePicture:
        """The next line."""
        text = next(self._texts)
        return LinePicture(text, draw_line(text, self._random, self._fonts))


def draw_line(text: str, random: np.random.Generator, fonts: Sequence[Path]) -> Picture:
    """A text as a detector would cut it out of a photograph: RGB uint8 [48, W, 3]."""
    ink = _ink(text, random, fonts)
    ink = _print_faults(ink, random)
    ink = _bend(ink, random)
    size = (max(16, round(ink.shape[1] * HEIGHT / ink.shape[0])), HEIGHT)
    scale = float(random.choice(SCALES, p=SCALE_SHARES))
    small = (max(8, round(size[0] * scale)), round(HEIGHT * scale))
    ink = _floats(cv2.resize(ink, small, interpolation=cv2.INTER_AREA))
    picture = _lit(ink, random)
    if random.random() < TAKEN_SMALL:
        taken = _developed(picture, random, scale)
        return np.asarray(cv2.resize(taken, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    enlarged = _floats(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR))
    return _developed(enlarged, random, 1.0)


def _ink(text: str, random: np.random.Generator, fonts: Sequence[Path]) -> npt.NDArray[np.float32]:
    """How much ink lies where, [96, W] from 0 to 1."""
    font = _font(fonts[int(random.integers(len(fonts)))], int(random.integers(52, 76)))
    spacing = float(random.choice((0.0, 0.0, 0.0, 3.0, 8.0)))
    length = font.getlength(text) + spacing * len(text)
    margin = int(random.integers(2, 20))
    sheet = Image.new("L", (int(length) + 2 * margin + 8, CANVAS_HEIGHT), 0)
    draw = ImageDraw.Draw(sheet)
    left, top, _, bottom = draw.textbbox((0, 0), "가Hg", font=font)
    y = (CANVAS_HEIGHT - (bottom - top)) / 2 - top + random.normal(0.0, 3.0)
    if spacing:
        x = float(margin)
        for char in text:
            draw.text((x, y), char, fill=255, font=font)
            x += font.getlength(char) + spacing
    else:
        draw.text((margin - left, y), text, fill=255, font=font)
    if random.random() < 0.25:  # the feet or the head of a neighbouring line
        away = CANVAS_HEIGHT * random.uniform(0.86, 1.05) * random.choice((-1, 1))
        draw.text((margin, y + away), text[::-1], fill=255, font=font)
    if random.random() < 0.06:
        at = int(random.integers(CANVAS_HEIGHT - 14, CANVAS_HEIGHT - 2))
        draw.line((0, at, sheet.width, at), fill=220, width=int(random.integers(1, 4)))
    stretch = random.choice((1.0, 0.75, 0.88, 1.2, 1.9), p=(0.5, 0.14, 0.14, 0.1, 0.12))
    wide = sheet.resize((max(8, round(sheet.width * stretch)), CANVAS_HEIGHT))
    return np.asarray(wide, dtype=np.float32) / np.float32(255)


def _print_faults(
    ink: npt.NDArray[np.float32], random: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Thin, fat, faded or dotted print."""
    kind = random.random()
    if kind < 0.12:
        ink = _floats(cv2.erode(ink, np.ones((2, 2), dtype=np.uint8)))
    elif kind < 0.28:
        ink = _floats(cv2.dilate(ink, np.ones((3, 2), dtype=np.uint8)))
    elif kind < 0.4:  # the pixels of a thermal or matrix printer
        step = int(random.integers(3, 6))
        small = (max(4, ink.shape[1] // step), CANVAS_HEIGHT // step)
        dots = cv2.resize(ink, small, interpolation=cv2.INTER_AREA) > random.uniform(0.3, 0.5)
        size = (ink.shape[1], CANVAS_HEIGHT)
        ink = _floats(cv2.resize(dots.astype(np.float32), size, interpolation=cv2.INTER_NEAREST))
    if random.random() < 0.2:
        bands = 1.0 - random.uniform(0.0, 0.6) * random.random((CANVAS_HEIGHT // 6, 1))
        ink = ink * _floats(cv2.resize(bands.astype(np.float32), (ink.shape[1], CANVAS_HEIGHT)))
    return ink


def _bend(ink: npt.NDArray[np.float32], random: np.random.Generator) -> npt.NDArray[np.float32]:
    """A little turned, slanted and cut out askew."""
    height, width = ink.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    moved = corners + random.normal(0.0, 2.5, (4, 2)).astype(np.float32)
    moved[:2, 0] += random.normal(0.0, 5.0)  # slant
    cut = random.uniform(-0.02, 0.1) * height
    moved[:2, 1] -= cut * random.uniform(0.3, 1.0)
    moved[2:, 1] += cut * random.uniform(0.3, 1.0)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    bent = cv2.warpPerspective(ink, matrix, (width, height))
    if random.random() < 0.15:
        x = np.arange(width, dtype=np.float32)
        wave = random.uniform(1.0, 4.0) * np.sin(
            x / width * random.uniform(1.0, 3.0) * np.pi + random.uniform(0, np.pi)
        )
        grid_y = np.arange(height, dtype=np.float32)[:, None] + wave[None, :].astype(np.float32)
        grid_x = np.broadcast_to(x, (height, width)).copy()
        bent = cv2.remap(bent, grid_x, grid_y, cv2.INTER_LINEAR)
    return np.asarray(bent, dtype=np.float32)


def _lit(ink: npt.NDArray[np.float32], random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Ink on paper under some light, [h, w, 3] from 0 to 255."""
    height, width = ink.shape
    paper = random.uniform(120, 255, 1) + random.normal(0.0, 10.0, 3)
    contrast = random.uniform(45, 1.0 * paper.mean())
    print_colour = np.clip(paper - contrast + random.normal(0.0, 12.0, 3), 0, 255)
    if random.random() < 0.08:
        paper, print_colour = print_colour, paper
    coarse = random.normal(0.0, random.uniform(0.0, 9.0), (3, max(2, width // 40)))
    light = cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    ramp = np.linspace(0.0, random.normal(0.0, 25.0), width)[None, :]
    sheet = paper[None, None, :] + (light + ramp)[:, :, None]
    strength = ink[:, :, None]
    return np.asarray(sheet * (1 - strength) + print_colour * strength, dtype=np.float32)


def _developed(
    picture: npt.NDArray[np.float32], random: np.random.Generator, scale: float
) -> Picture:
    """Blur, grain and JPEG; the blur is less in a picture of a smaller scale."""
    kind = random.random()
    if kind < 0.4:
        sigma = random.uniform(0.3, 1.3) * (0.3 + 0.7 * scale)
        picture = cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.float32)
    elif kind < 0.48:
        length = int(random.integers(2, 2 + round(4 * scale)))
        kernel = np.zeros((length, length), dtype=np.float32)
        if random.random() < 0.5:
            kernel[length // 2] = 1 / length
        else:
            kernel[:, length // 2] = 1 / length
        picture = cv2.filter2D(picture, -1, kernel).astype(np.float32)
    grain = random.uniform(0.0, 10.0)
    noisy = picture + grain * random.standard_normal(picture.shape, np.float32)
    pixels = np.clip(noisy, 0, 255).astype(np.uint8)
    if random.random() < 0.6:
        quality = int(random.integers(25, 95))
        _, packed = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, quality))
        pixels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.asarray(pixels, dtype=np.uint8)


def _floats(array: object) -> npt.NDArray[np.float32]:
    """What OpenCV gives, as the type that it was."""
    return np.asarray(array, dtype=np.float32)
