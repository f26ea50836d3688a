"""PP-OCR's text detector: where on a picture lines of text stand.

Differentiable Binarization (Liao et al., AAAI 2020), as in PaddleOCR: a map of text probability,
cut at a threshold into blobs; each blob's smallest rectangle, grown, holds one line.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from ocr.engine import Image
from ocr.types import Point

# PaddleOCR's published constants of the PP-OCR detectors.
MEAN, STD = 0.5, 0.5
STRIDE = 32
THRESHOLD = 0.3
BOX_THRESHOLD = 0.5
GROWTH = 1.6
MIN_SIDE = 3.0
MAX_CANDIDATES = 1000
MIN_DETECTOR_SIDE = 64
"""A picture flatter than this is padded: the network sees nothing in a strip."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TextBox:
    """A rotated rectangle around a line of text, its direction known up to quarter turns.

    Attributes:
        center: x, y in pixels of the picture.
        size: lengths along `angle` and across it, in pixels.
        angle: of the first side in radians, clockwise from the x axis.
        score: mean probability of text inside, in [0, 1].
    """

    center: tuple[float, float]
    size: tuple[float, float]
    angle: float
    score: float


class TextDetector:
    """Finds text boxes with a PP-OCR detector.

    Args:
        session: of the ONNX model; input [1, 3, H, W], H and W multiples of 32.
        max_side_px: longer pictures are shrunk to this before the network sees them.
    """

    def __init__(self, session: ort.InferenceSession, max_side_px: int) -> None:
        self._session = session
        self._input_name: str = session.get_inputs()[0].name
        self._max_side_px = max_side_px

    def detect(self, image: Image) -> tuple[TextBox, ...]:
        """Find the boxes of all lines, in no particular order.

        Args:
            image: RGB uint8 [H, W, 3].
        """
        padded = _pad_strip(image)
        tensor = self._tensor(padded)  # [1, 3, h, w]
        heat: Floats = self._session.run(None, {self._input_name: tensor})[0][0, 0]  # [h, w]
        scale = (padded.shape[1] / heat.shape[1], padded.shape[0] / heat.shape[0])
        return tuple(find_boxes(heat, scale))

    def _tensor(self, image: Image) -> Floats:
        height, width = image.shape[:2]
        ratio = min(1.0, self._max_side_px / max(height, width))
        size = (_to_stride(width * ratio), _to_stride(height * ratio))
        shrinks = size[0] < width
        resized = cv2.resize(
            image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
        bgr = resized[:, :, ::-1].astype(np.float32)  # the network was trained on BGR
        normal = (bgr / 255.0 - MEAN) / STD
        return np.ascontiguousarray(normal.transpose(2, 0, 1)[None], dtype=np.float32)


def find_boxes(heat: Floats, scale: tuple[float, float]) -> list[TextBox]:
    """Turn a map of text probability into boxes.

    Args:
        heat: float32 [h, w] in [0, 1].
        scale: picture pixels per map pixel along x and y.
    """
    mask = (heat > THRESHOLD).astype(np.uint8)
    mask = cv2.dilate(mask, np.ones((2, 2), np.uint8)).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours[:MAX_CANDIDATES]:
        (x, y), (width, height), degrees = cv2.minAreaRect(contour)
        if min(width, height) < MIN_SIDE:
            continue
        score = _mean_inside(heat, _corners((x, y), (width, height), degrees))
        if score < BOX_THRESHOLD:
            continue
        growth = width * height * GROWTH / (2 * (width + height))
        grown = (width + 2 * growth, height + 2 * growth)
        boxes.append(_scaled(_corners((x, y), grown, degrees), scale, score))
    return boxes


def _corners(center: Point, size: Point, degrees: float) -> Floats:
    """The corners [4, 2] of a rotated rectangle."""
    return np.asarray(cv2.boxPoints((center, size, degrees)), dtype=np.float32)


def _scaled(corners: Floats, scale: tuple[float, float], score: float) -> TextBox:
    """The box with these corners [4, 2] of the map, in pixels of the picture."""
    points = np.asarray(corners, dtype=np.float64) * scale
    along = (points[1] - points[0] + points[2] - points[3]) / 2
    across = (points[3] - points[0] + points[2] - points[1]) / 2
    center = points.mean(axis=0)
    return TextBox(
        center=(float(center[0]), float(center[1])),
        size=(float(np.hypot(*along)), float(np.hypot(*across))),
        angle=float(np.arctan2(along[1], along[0])),
        score=score,
    )


def _mean_inside(heat: Floats, corners: Floats) -> float:
    """The mean of the map inside a polygon [4, 2]."""
    height, width = heat.shape
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, [width - 1, height - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, [width - 1, height - 1])
    mask = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), dtype=np.uint8)
    cv2.fillPoly(mask, [(corners - low).astype(np.int32)], (1,))
    window = np.ascontiguousarray(heat[low[1] : high[1] + 1, low[0] : high[0] + 1])
    return float(cv2.mean(window, mask)[0])


def _pad_strip(image: Image) -> Image:
    """Add rows or columns at the far side, which move no coordinate, to a very flat picture."""
    height, width = image.shape[:2]
    bottom, right = max(0, MIN_DETECTOR_SIDE - height), max(0, MIN_DETECTOR_SIDE - width)
    if not bottom and not right:
        return image
    padded = np.pad(image, ((0, bottom), (0, right), (0, 0)), mode="edge")
    return np.asarray(padded, dtype=np.uint8)


def _to_stride(length: float) -> int:
    return max(STRIDE, round(length / STRIDE) * STRIDE)
