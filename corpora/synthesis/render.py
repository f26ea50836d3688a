"""Photograph-like pictures of made-up documents, with every word where its quad says."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from corpora.synthesis.capture import Capture, Matrix, random_capture
from corpora.synthesis.dice import Dice
from corpora.synthesis.fonts import load_font
from corpora.synthesis.sheet import Print, PrintedRule, PrintedWord, Sheet
from corpora.synthesis.typefaces import ASCENT, DESCENT

PAGE_WIDTHS = (900, 1400)
"""Width of the picture in pixels, about."""
TABLES = ((92, 74, 58), (120, 116, 110), (60, 62, 66), (150, 128, 100), (176, 172, 164))
"""Colours of what the sheet lies on."""


@dataclass(frozen=True)
class Light:
    """How a picture was taken.

    Attributes:
        ink: darkness of the print, 0 white to 1 black.
        paper: the sheet's colour, 0 to 255.
        table: colour of what it lies on.
        shadow: how much darker the darkest corner is, 0 to 1.
        shadow_angle: where the darkness lies, in radians.
        blur_px: radius of the blur.
        grain: deviation of the sensor's noise, in grey levels.
        quality: of the JPEG.
    """

    ink: float
    paper: tuple[int, int, int]
    table: tuple[int, int, int]
    shadow: float
    shadow_angle: float
    blur_px: float
    grain: float
    quality: int


def random_light(dice: Dice) -> Light:
    """Light as in a shop or a kitchen."""
    white = dice.between(222, 246)
    warmth = dice.between(0, 14)
    return Light(
        ink=dice.real(0.62, 0.9),
        paper=(white, white - warmth // 3, white - warmth),
        table=dice.pick(TABLES),
        shadow=dice.real(0.05, 0.38),
        shadow_angle=dice.real(0, 2 * np.pi),
        blur_px=dice.real(0.3, 1.0),
        grain=dice.real(1.5, 5.0),
        quality=dice.between(72, 88),
    )


def photograph_view(printed: Print, dice: Dice) -> Capture:
    """A view of a sheet with table around it, in the pixels of the picture to be rendered."""
    view = random_capture(printed, dice, margins=(0.14, 0.26))
    scale = dice.between(*PAGE_WIDTHS) / view.width
    return Capture(
        np.diag([scale, scale, 1.0]) @ view.matrix,
        round(view.width * scale),
        round(view.height * scale),
    )


def render(printed: Print, sheet: Sheet, view: Capture, dice: Dice) -> bytes:
    """A picture of a printed sheet.

    Args:
        printed: what stands on the sheet.
        sheet: how it was set.
        view: where the sheet lies in the picture.
        dice: chooses light and texture.

    Returns:
        A JPEG of the view's width and height in pixels.
    """
    light = random_light(dice)
    random = np.random.default_rng(dice.between(0, 2**31))
    scale = float(np.hypot(*view.matrix[:2, 0]))
    margin = 0.08 * printed.width_px
    ink = _ink(printed, sheet, scale, margin)
    flat_size = ink.size
    from_flat = view.matrix @ _flat_to_sheet(scale, margin)
    coverage = _warp(ink, from_flat, view)
    paper_mask = _warp(Image.new("L", flat_size, 255), from_flat, view)
    table = np.array(light.table, np.float32) * _texture(view, random, coarse=90, depth=0.12)
    paper = np.array(light.paper, np.float32) * _texture(view, random, coarse=40, depth=0.025)
    wear = _texture(view, random, coarse=25, depth=0.18)  # print is never equally dark
    dark = light.ink * np.clip(wear, 0.0, 1.0) * _levels(coverage)
    page = paper * (1 - dark) + 24.0 * dark
    inside = _levels(paper_mask)
    cast = _levels(_cast_shadow(paper_mask))
    picture = (page * inside + table * (1 - 0.55 * cast) * (1 - inside)) * _shade(view, light)
    return _develop(picture, light, random)


def _ink(printed: Print, sheet: Sheet, scale: float, margin: float) -> Image.Image:
    """How much ink lies where on the flat sheet, 0 to 255, margins included."""
    width = round((printed.width_px + 2 * margin) * scale)
    height = round((printed.height_px + 2 * margin) * scale)
    ink = Image.new("L", (width, height), 0)
    for word in printed.words:
        _draw_word(ink, word, sheet, scale, margin)
    draw = ImageDraw.Draw(ink)
    for rule in printed.rules:
        _draw_rule(draw, rule, sheet, scale, margin)
    return ink


def _draw_word(
    ink: Image.Image, word: PrintedWord, sheet: Sheet, scale: float, margin: float
) -> None:
    """Set a word so that its advance width fills its box, whatever font is at hand."""
    left, top, right, bottom = ((side + margin) * scale for side in word.box)
    em = (bottom - top) / (ASCENT + DESCENT)
    font = load_font(sheet.typeface.family, max(6, round(em)))
    natural = font.getlength(word.text)
    pad = round(em / 3)
    glyphs = Image.new("L", (round(natural) + 2 * pad, round(2 * em)), 0)
    base = round(1.3 * em)
    ImageDraw.Draw(glyphs).text((pad, base), word.text, fill=255, font=font, anchor="ls")
    stretch = (right - left) / max(1.0, natural)
    glyphs = glyphs.resize(
        (max(1, round(glyphs.width * stretch)), glyphs.height), Image.Resampling.BICUBIC
    )
    place = (round(left - pad * stretch), round(top + ASCENT * em) - base)
    region = ink.crop((*place, place[0] + glyphs.width, place[1] + glyphs.height))
    ink.paste(ImageChops.lighter(region, glyphs), place)


def _draw_rule(
    draw: ImageDraw.ImageDraw, rule: PrintedRule, sheet: Sheet, scale: float, margin: float
) -> None:
    start, end = ((x + margin) * scale for x in rule.x)
    y = (rule.y + margin) * scale
    thick = max(1, round(0.06 * sheet.em_px * scale))
    dash = {"-": 0.3, "=": 0.3, ".": 0.1, "*": 0.1}.get(rule.character, 0.0)
    step = (dash + 0.25) * sheet.em_px * scale if dash else end - start
    rows = (y - 1.5 * thick, y + 1.5 * thick) if rule.character == "=" else (y,)
    x = start
    while x < end:
        for row in rows:
            stop = min(end, x + (dash * sheet.em_px * scale if dash else step))
            draw.line((x, row, stop, row), fill=200, width=thick)
        x += step


def _flat_to_sheet(scale: float, margin: float) -> Matrix:
    """Maps pixels of the flat drawing to sheet pixels."""
    return np.array([[1 / scale, 0.0, -margin], [0.0, 1 / scale, -margin], [0.0, 0.0, 1.0]])


def _warp(flat: Image.Image, matrix: Matrix, view: Capture) -> Image.Image:
    """The flat drawing as the view sees it."""
    back = np.linalg.inv(matrix)
    back = back / back[2, 2]
    return flat.transform(
        (view.width, view.height),
        Image.Transform.PERSPECTIVE,
        tuple(back.reshape(-1)[:8].tolist()),
        resample=Image.Resampling.BICUBIC,
    )


def _levels(image: Image.Image) -> npt.NDArray[np.float32]:
    """[H, W, 1] float32 in 0..1."""
    return np.asarray(image, dtype=np.float32)[:, :, None] / np.float32(255)


def _texture(
    view: Capture, random: np.random.Generator, *, coarse: int, depth: float
) -> npt.NDArray[np.float32]:
    """Soft spots around 1, [H, W, 1] float32: brightness that varies over about `coarse` pixels."""
    small = random.normal(128, 60, (view.height // coarse + 2, view.width // coarse + 2))
    spots = Image.fromarray(np.clip(small, 0, 255).astype(np.uint8))
    spots = spots.resize((view.width, view.height), Image.Resampling.BICUBIC)
    fine = 0.3 * random.standard_normal((view.height, view.width, 1), np.float32)
    return (1.0 + depth * (2 * _levels(spots) - 1 + fine)).astype(np.float32)


def _cast_shadow(paper_mask: Image.Image) -> Image.Image:
    """The sheet's own soft shadow on the table."""
    moved = ImageChops.offset(paper_mask, 8, 10)
    return moved.filter(ImageFilter.GaussianBlur(12))


def _shade(view: Capture, light: Light) -> npt.NDArray[np.float32]:
    """Brightness that falls off towards one side, [H, W, 1]."""
    x = np.linspace(0, np.cos(light.shadow_angle), view.width, dtype=np.float32)
    y = np.linspace(0, np.sin(light.shadow_angle), view.height, dtype=np.float32)
    along = y[:, None] + x[None, :]
    along = (along - along.min()) / np.ptp(along)
    shade: npt.NDArray[np.float32] = 1.0 - np.float32(light.shadow) * along[:, :, None] ** 2
    return shade


def _develop(picture: npt.NDArray[np.float32], light: Light, random: np.random.Generator) -> bytes:
    """Blur, grain and JPEG."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    image = image.filter(ImageFilter.GaussianBlur(light.blur_px))
    grainy = np.asarray(image, dtype=np.float32) + light.grain * random.standard_normal(
        picture.shape, np.float32
    )
    output = io.BytesIO()
    Image.fromarray(np.clip(grainy, 0, 255).astype(np.uint8)).save(
        output, "JPEG", quality=light.quality
    )
    return output.getvalue()
