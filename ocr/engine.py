"""The small protocol behind which every OCR engine stands, and the choice of one.

The type of the options selects the engine; its module is imported only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from ocr.types import Quad, Word

Image = npt.NDArray[np.uint8]
"""A page's pixels, RGB, [H, W, 3]."""
Device = Literal["cpu", "cuda"]
QuarterTurn = Literal[0, 90, 180, 270]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text as an engine found it.

    Attributes:
        quad: around the whole line, in pixels of the image that was read.
        words: from the line's start to its end.
        confidence: of the recogniser, the mean over the characters, in [0, 1].
    """

    quad: Quad
    words: tuple[Word, ...]
    confidence: float

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class RightedLines:
    """What was read from a picture after undoing its quarter turn.

    Attributes:
        turn: the clockwise turn in degrees in which the picture was found.
        lines: in pixels of the picture with that turn undone.
    """

    turn: QuarterTurn
    lines: tuple[TextLine, ...]


class TextEngine(Protocol):
    """Reads the lines of text in a picture. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Short and stable: "ppocr", "paddle", "tesseract"."""
        ...

    def read(self, image: Image) -> tuple[TextLine, ...]:
        """Read a picture whose text runs from left to right, give or take some skew.

        Args:
            image: RGB uint8 [H, W, 3].

        Returns:
            The lines in no particular order, the same for the same picture; none for a blank one.
        """
        ...

    def read_righted(self, image: Image) -> RightedLines:
        """Find out from its text in which quarter turn a picture lies, and read it upright.

        Args:
            image: RGB uint8 [H, W, 3], turned by 0, 90, 180 or 270 degrees.
        """
        ...


@dataclass(frozen=True, slots=True)
class PpocrOptions:
    """PaddleOCR's detector and recogniser as ONNX, on ONNX Runtime. The default engine.

    Lines whose script the recogniser does not know are read again by the Korean one.

    Attributes:
        device: "cuda" where there is none is an error, never a fallback.
        n_threads: CPU threads; None takes every core that the process may use.
        detector_path: an ONNX detector; None takes PP-OCRv6 small of the `rapidocr` wheel.
        recogniser_path: an ONNX recogniser that carries its characters as the metadata entry
            "character"; None takes PP-OCRv6 small of the `rapidocr` wheel.
        korean_path: likewise, one that knows Hangul; None takes models/released/korean_lines.
        reads_korean: whether lines are read a second time at all.
        max_detector_side_px: the picture's long side is shrunk to this for the detector alone;
            lines are cut from the full picture.
        min_line_confidence: lines read with less are dropped as no text.
    """

    device: Device = "cpu"
    n_threads: int | None = None
    detector_path: Path | None = None
    recogniser_path: Path | None = None
    korean_path: Path | None = None
    reads_korean: bool = True
    max_detector_side_px: int = 1280
    min_line_confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class PaddleOptions:
    """PaddleOCR's own pipeline (`paddleocr` with engine="onnxruntime"), on local models only.

    Attributes:
        detector_dir: folder holding `inference.onnx` and `inference.yml`.
        recogniser_dir: likewise.
        device: "cuda" where there is none is an error.
        n_threads: CPU threads; None takes every core that the process may use.
        min_line_confidence: lines read with less are dropped as no text.
    """

    detector_dir: Path
    recogniser_dir: Path
    device: Device = "cpu"
    n_threads: int | None = None
    min_line_confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class TesseractOptions:
    """The `tesseract` command.

    Attributes:
        languages: trained data sets, joined by "+".
        command: name or path of the program.
        timeout_seconds: for one page; a page that takes longer fails.
        min_word_confidence: words read with less, in [0, 1], are dropped as no text.
    """

    languages: str = "kor+eng"
    command: str = "tesseract"
    timeout_seconds: float = 60.0
    min_word_confidence: float = 0.3


OcrOptions = PpocrOptions | PaddleOptions | TesseractOptions


def open_engine(options: OcrOptions) -> TextEngine:
    """Load the engine that the options' type names.

    Raises:
        SetupError: the engine, its models or the requested device are not there.
    """
    match options:
        case PpocrOptions():
            from ocr.engines.ppocr import PpocrEngine

            return PpocrEngine(options)
        case PaddleOptions():
            from ocr.engines.paddle import PaddleEngine

            return PaddleEngine(options)
        case TesseractOptions():
            from ocr.engines.tesseract import TesseractEngine

            return TesseractEngine(options)
