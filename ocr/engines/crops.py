"""Cutting lines of text out of a picture so that they lie straight."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ocr.engine import Image
from ocr.types import Quad

LINE_HEIGHT = 48
"""Pixel rows that PP-OCR recognisers see."""
WIDTH_STEP = 8
"""Pixel columns of one recogniser step; widths are rounded to it, by stretching, not by padding."""
MAX_LINE_WIDTH = 3200
MAX_SHRINK = 2.0
"""Cut at most this much larger than needed: what is beyond is averaged away first."""


def cut_line(image: Image, quad: Quad) -> Image:
    """Cut out a line by the perspective of its quad.

    Args:
        image: RGB uint8 [H, W, 3].
        quad: of the line, in pixels of the picture.

    Returns:
        RGB uint8 [48, W', 3], W' a multiple of 8 and at least 16, text running to the right.
    """
    width = line_width(quad)
    if quad.height > LINE_HEIGHT * MAX_SHRINK:
        image, quad = _shrunk_surroundings(image, quad)
    source = np.array(quad.corners, dtype=np.float32)
    target = np.array(
        [(0, 0), (width, 0), (width, LINE_HEIGHT), (0, LINE_HEIGHT)], dtype=np.float32
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    line = cv2.warpPerspective(
        image,
        matrix,
        (width, LINE_HEIGHT),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(line, dtype=np.uint8)


def line_width(quad: Quad) -> int:
    """The columns that a line takes at the recogniser's height."""
    natural = LINE_HEIGHT * quad.width / max(quad.height, 1.0)
    steps = max(2, math.ceil(natural / WIDTH_STEP))
    return min(MAX_LINE_WIDTH, steps * WIDTH_STEP)


def _shrunk_surroundings(image: Image, quad: Quad) -> tuple[Image, Quad]:
    """The picture around a large line at about twice the recogniser's size, and the quad in it.

    Sampling every few pixels of a large picture would keep its noise; averaging does not.
    """
    left, top, right, bottom = quad.box
    x0, y0 = max(0, math.floor(left)), max(0, math.floor(top))
    x1 = min(image.shape[1], math.ceil(right) + 1)
    y1 = min(image.shape[0], math.ceil(bottom) + 1)
    factor = LINE_HEIGHT * MAX_SHRINK / quad.height
    window = image[y0:y1, x0:x1]
    size = (max(1, round((x1 - x0) * factor)), max(1, round((y1 - y0) * factor)))
    shrunk = cv2.resize(window, size, interpolation=cv2.INTER_AREA)
    scale_x, scale_y = size[0] / (x1 - x0), size[1] / (y1 - y0)
    a, b, c, d = (((x - x0) * scale_x, (y - y0) * scale_y) for x, y in quad.corners)
    return np.asarray(shrunk, dtype=np.uint8), Quad((a, b, c, d))
