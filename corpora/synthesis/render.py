"""Photograph-like pictures of made-up documents, with every word where its quad says."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from corpora.synthesis.capture import Capture
from corpora.synthesis.dice import Dice
from corpora.synthesis.flat_sheet import FlatSheet, draw_flat
from corpora.synthesis.light import Light
from corpora.synthesis.looks import Stock
from corpora.synthesis.sheet import Print, Sheet
from corpora.synthesis.shots import Shot

Levels = npt.NDArray[np.float32]
"""Brightness or a share of it: [H, W] or [H, W, 3]."""

GRID = 8
"""Pixels from one point to the next at which slow changes over the picture are worked out."""
RELIEF = 1.6
"""How much brighter paper is that rises towards the light by a camera height a sheet size."""
SHADOW_PX = 40.0
"""Width of the soft edge of the sheet's own shadow."""
BILEVEL_SHARE = 0.8
"""Share of the paper's brightness from which a fax is white: what is darker is print, as scanners
choose it, so that thin strokes are left as well."""


def render(printed: Print, sheet: Sheet, shot: Shot, dice: Dice) -> bytes:
    """A picture of a printed sheet.

    Args:
        printed: what stands on the sheet.
        sheet: how it was set.
        shot: where the sheet lies in the picture, what it is made of, how the picture is taken.
        dice: chooses the texture.

    Returns:
        A JPEG of the view's width and height in pixels.
    """
    random = np.random.default_rng(dice.between(0, 2**31))
    view, light = shot.view, shot.light
    flat = draw_flat(printed, sheet, shot.stock, _scale_of(view, printed))
    grid = _Grid(view)
    print_strength = light.ink * np.clip(grid.spots(random, coarse=25, depth=0.18), 0.0, 1.0)
    print_strength *= 1.0 - light.fading * grid.bands(random)
    page = _seen(flat, grid, shot.stock, grid.dense(print_strength))
    noise = random.standard_normal((view.height, view.width), np.float32)
    shade = grid.shade(light) * grid.spots(random, coarse=40, depth=0.025 * light.texture)
    page *= (grid.dense(shade) + (0.008 * light.texture) * noise)[:, :, None]
    if shot.stock.table is not None:
        page = _on_table(page, grid, shot, flat, _Texture(random, noise))
    return _develop(page, light, noise)


@dataclass(frozen=True, slots=True)
class _Texture:
    """A source of random spots, and noise for every pixel, [H, W]."""

    random: np.random.Generator
    noise: Levels


def _scale_of(view: Capture, printed: Print) -> float:
    """Pixels of the picture a sheet pixel, in the middle of the sheet."""
    x, y = printed.width_px / 2, printed.height_px / 2
    middle, right, below = view.points(np.array([[x, y], [x + 1, y], [x, y + 1]]))
    return float(max(np.hypot(*(right - middle)), np.hypot(*(below - middle))))


class _Grid:
    """Points of the picture, `GRID` pixels apart, a ring of them outside; fields on them."""

    def __init__(self, view: Capture) -> None:
        self.view = view
        self._n_rows, self._n_columns = (-(-side // GRID) + 2 for side in (view.height, view.width))
        x = (np.arange(self._n_columns) - 0.5) * GRID
        y = (np.arange(self._n_rows) - 0.5) * GRID
        self.page = np.column_stack([np.tile(x, self._n_rows), np.repeat(y, self._n_columns)])
        self.sheet = view.sheet_points(self.page)

    def dense(self, values: npt.NDArray[np.floating]) -> Levels:
        """Values on the grid, [N], for every pixel, [H, W], linear in between."""
        small = values.reshape(self._n_rows, self._n_columns).astype(np.float32)
        size = (self._n_columns * GRID, self._n_rows * GRID)
        large = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
        dense = large[GRID : GRID + self.view.height, GRID : GRID + self.view.width]
        return np.ascontiguousarray(dense, dtype=np.float32)

    def spots(
        self, random: np.random.Generator, *, coarse: int, depth: float
    ) -> npt.NDArray[np.float64]:
        """Soft spots around 1: brightness that varies over about `coarse` pixels, [N]."""
        shape = (self.view.height // coarse + 2, self.view.width // coarse + 2)
        small = np.clip(random.normal(0.0, 0.47, shape), -1, 1).astype(np.float32)
        size = (self._n_columns, self._n_rows)
        spots = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
        return 1.0 + depth * np.asarray(spots, np.float64).reshape(-1)

    def bands(self, random: np.random.Generator) -> npt.NDArray[np.float64]:
        """Bands along the paper's way through a printer, [N], from 0 to 1."""
        extent = float(np.ptp(self.sheet[:, 0])) + 1.0
        place = self.sheet[:, 0] / extent
        phase = random.uniform(0, 2 * np.pi, 3)
        turns = 2 * np.pi * place[:, None] * np.array((1.3, 3.1, 7.7)) + phase  # [N, 3]
        bands: npt.NDArray[np.float64] = np.clip(0.5 + np.sin(turns).sum(axis=1) / 4, 0.0, 1.0)
        return bands

    def moved(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Values moved down and to the right by a grid's step."""
        rows = values.reshape(self._n_rows, self._n_columns)
        return np.roll(rows, (1, 1), (0, 1)).reshape(-1)

    def shade(self, light: Light, *, is_flat: bool = False) -> npt.NDArray[np.float64]:
        """Brightness: a fall-off to one side, a cast shadow's edge, the paper's relief, [N]."""
        size = np.array((self.view.width, self.view.height))
        place = self.page / size
        along = place @ _direction(light.shadow_angle)
        along = (along - along.min()) / np.ptp(along)
        shade = 1.0 - light.shadow * along**2
        if light.cast:
            across = (place - 0.5) @ _direction(light.cast_angle) + 0.5
            bulge = 0.06 * np.sin(5 * (place @ _direction(light.cast_angle + np.pi / 2)))
            shade *= 1.0 - light.cast / (1 + np.exp(-(across + bulge - light.cast_at) / 0.035))
        if self.view.bend is not None and not is_flat:
            rise = self.view.bend.slopes(self.sheet) @ _direction(light.shadow_angle)
            shade *= np.clip(1.0 - RELIEF * rise, 0.55, 1.2)
        brightness: npt.NDArray[np.float64] = shade
        return brightness


def _direction(angle: float) -> npt.NDArray[np.float64]:
    return np.array((np.cos(angle), np.sin(angle)))


def _seen(flat: FlatSheet, grid: _Grid, stock: Stock, strength: Levels) -> Levels:
    """The sheet through the view, its print as strong as said, [H, W, 3] in 0..255."""
    places = (grid.sheet + flat.margin_px) * flat.scale - 0.5  # pixels count from their middles
    seen = cv2.remap(
        np.asarray(flat.image),
        grid.dense(places[:, 0]),
        grid.dense(places[:, 1]),
        interpolation=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=stock.paper,
    )
    paper = np.array(stock.paper, np.float32)
    page: Levels = paper + (seen.astype(np.float32) - paper) * strength[:, :, None]
    return page


def _on_table(page: Levels, grid: _Grid, shot: Shot, flat: FlatSheet, texture: _Texture) -> Levels:
    """The sheet cut out and laid on a table, with the shadow that it casts there."""
    width, height = (side / flat.scale for side in flat.image.size)
    x, y = (grid.sheet + flat.margin_px).T
    inwards = flat.scale * np.minimum(np.minimum(x, width - x), np.minimum(y, height - y))
    inside = np.clip(grid.dense(inwards) + 0.5, 0.0, 1.0)[:, :, None]
    under = np.clip(0.5 + grid.moved(inwards) / SHADOW_PX, 0.0, 1.0)
    shade = grid.spots(texture.random, coarse=90, depth=0.12) * grid.shade(shot.light, is_flat=True)
    brightness = grid.dense(shade * (1.0 - 0.55 * under)) + 0.036 * texture.noise
    table = brightness[:, :, None] * np.array(shot.stock.table, np.float32)
    laid: Levels = table + (page - table) * inside
    return laid


def _develop(picture: Levels, light: Light, noise: Levels) -> bytes:
    """Movement, blur, grain and JPEG."""
    if light.motion_px > 1:
        picture = _filtered(picture, _streak(light.motion_px, light.motion_angle))
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), light.blur_px), np.float32)
    grain = np.roll(noise, (7, 5), (0, 1))  # not what the paper's texture is made of
    levels = np.clip(blurred + (light.grain * grain)[:, :, None], 0, 255).astype(np.uint8)
    if light.is_bilevel or light.is_grey:
        levels = np.asarray(cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY), np.uint8)
    if light.is_bilevel:
        paper = float(np.median(levels))
        levels = np.where(levels > BILEVEL_SHARE * paper, 255, 0).astype(np.uint8)
    output = io.BytesIO()
    Image.fromarray(levels).save(output, "JPEG", quality=light.quality)
    return output.getvalue()


def _filtered(picture: Levels, kernel: Levels) -> Levels:
    return np.asarray(cv2.filter2D(picture, -1, kernel), np.float32)


def _streak(length_px: float, angle: float) -> Levels:
    """The path of a point while the camera moves, as a filter of odd size whose sum is 1."""
    reach = int(np.ceil(length_px / 2))
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    steps = np.linspace(-length_px / 2, length_px / 2, 8 * reach + 1)
    columns = np.rint(reach + steps * np.cos(angle)).astype(int)
    rows = np.rint(reach + steps * np.sin(angle)).astype(int)
    np.add.at(kernel, (rows, columns), 1.0)
    streak: Levels = kernel / kernel.sum()
    return streak
