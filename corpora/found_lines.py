"""The lines that the default engine finds in a picture, as it cuts and reads them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import PIL.Image

from corpora.transcribed_lines import LineText
from ocr.engine import Image, PpocrOptions
from ocr.engines.crops import cut_line
from ocr.engines.detector import TextDetector
from ocr.engines.model_files import WHEEL_DETECTOR, WHEEL_RECOGNISER, wheel_model
from ocr.engines.ppocr import level_quads
from ocr.engines.recogniser import TextRecogniser
from ocr.onnx_session import open_session
from ocr.pictures import to_rgb


@dataclass(frozen=True)
class LineFinder:
    """PP-OCR's detector and recogniser, line by line."""

    detector: TextDetector
    recogniser: TextRecogniser

    @classmethod
    def open(cls, *, n_threads: int = 1) -> LineFinder:
        """Load both as the `rapidocr` wheel has them."""
        detector = open_session(wheel_model(WHEEL_DETECTOR), device="cpu", n_threads=n_threads)
        recogniser = open_session(wheel_model(WHEEL_RECOGNISER), device="cpu", n_threads=1)
        return cls(
            TextDetector(detector, PpocrOptions().max_detector_side_px),
            TextRecogniser(recogniser, n_threads=n_threads, batch_size=1),
        )

    def find(self, image: Image) -> list[LineText]:
        """The lines of an upright picture, RGB uint8 [H, W, 3], with what is read on them."""
        quads = level_quads(self.detector.detect(image))
        reads = self.recogniser.recognise([cut_line(image, quad) for quad in quads])
        return [
            LineText("".join(read.characters), quad)
            for quad, read in zip(quads, reads, strict=True)
        ]


def load_picture(path: Path) -> Image:
    """A picture file's pixels, RGB uint8 [H, W, 3]."""
    with PIL.Image.open(io.BytesIO(path.read_bytes())) as picture:
        return to_rgb(picture)
