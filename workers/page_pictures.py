"""Pictures of pages as they are stored."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

JPEG_QUALITY = 85
MAX_PICTURE_SIDE_PX = 2400  # enough to read along on a large screen

PagePixels = npt.NDArray[np.uint8]


def jpeg(pixels: PagePixels) -> bytes:
    """A page's picture, RGB [H, W, 3], as JPEG, shrunk where it is very large."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((MAX_PICTURE_SIDE_PX, MAX_PICTURE_SIDE_PX))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
