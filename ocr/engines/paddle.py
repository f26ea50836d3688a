"""PaddleOCR's own pipeline (`paddleocr`), run by ONNX Runtime on local model folders only."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol, TypedDict

import numpy as np
import numpy.typing as npt

from ocr.engine import Image, PaddleOptions, RightedLines, TextLine
from ocr.engines.paddle_models import DETECTOR_NAME, RECOGNISER_NAME
from ocr.errors import SetupError
from ocr.onnx_session import available_cores
from ocr.righting import read_by_trial
from ocr.types import Point, Quad, Word

MAX_DETECTOR_SIDE_PX = 1280

Corners = Sequence[Sequence[float]] | npt.NDArray[np.integer]


class _Result(TypedDict):
    """What is used of a page's result; one entry a line."""

    text_word: Sequence[Sequence[str]]
    text_word_region: Sequence[Sequence[Corners]]
    rec_polys: Sequence[Corners]
    rec_scores: Sequence[float]


class _Pipeline(Protocol):
    """What is used of `paddleocr.PaddleOCR`."""

    def predict(self, image: Image, /) -> Sequence[_Result]: ...


class PaddleEngine:
    """PaddleOCR behind the engines' protocol.

    Raises:
        SetupError: the package, a model folder or the requested device is missing.
    """

    name: ClassVar[str] = "paddle"

    def __init__(self, options: PaddleOptions) -> None:
        for folder in (options.detector_dir, options.recogniser_dir):
            _require_model(folder)
        self._pipeline = _open_pipeline(options)
        self._min_confidence = options.min_line_confidence
        self._lock = threading.Lock()  # the pipeline keeps state between its stages

    def read(self, image: Image) -> tuple[TextLine, ...]:
        """Read a picture whose text runs from left to right; see TextEngine."""
        bgr = np.ascontiguousarray(image[:, :, ::-1])  # PaddleOCR takes arrays to be BGR
        with self._lock:
            (result,) = self._pipeline.predict(bgr)
        lines = (
            _text_line(tokens, regions, polygon, score)
            for tokens, regions, polygon, score in zip(
                result["text_word"],
                result["text_word_region"],
                result["rec_polys"],
                result["rec_scores"],
                strict=True,
            )
        )
        return tuple(
            line for line in lines if line.words and line.confidence >= self._min_confidence
        )

    def read_righted(self, image: Image) -> RightedLines:
        """Find a picture's quarter turn by reading it in each, unless it reads well at once."""
        return read_by_trial(self.read, image)


def _require_model(folder: Path) -> None:
    for name in ("inference.onnx", "inference.yml"):
        if not (folder / name).is_file():
            raise SetupError(f"the model folder {folder} has no {name}")


def _open_pipeline(options: PaddleOptions) -> _Pipeline:
    try:
        from paddleocr import PaddleOCR
    except ImportError as error:
        raise SetupError("the package paddleocr is not installed (extra: paddle)") from error
    try:
        pipeline: _Pipeline = PaddleOCR(
            engine="onnxruntime",
            device="gpu" if options.device == "cuda" else "cpu",
            engine_config={"intra_op_num_threads": options.n_threads or available_cores()},
            text_detection_model_name=DETECTOR_NAME,
            text_detection_model_dir=str(options.detector_dir),
            text_recognition_model_name=RECOGNISER_NAME,
            text_recognition_model_dir=str(options.recogniser_dir),
            text_det_limit_side_len=MAX_DETECTOR_SIDE_PX,
            text_det_limit_type="max",
            text_recognition_batch_size=1,
            # These three would be downloaded; pages are righted without them.
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            return_word_box=True,
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise SetupError(f"PaddleOCR cannot be started: {error}") from error
    return pipeline


def _text_line(
    tokens: Sequence[str], regions: Sequence[Corners], polygon: Corners, score: float
) -> TextLine:
    """Join PaddleOCR's tokens, which part at punctuation and at scripts, into words."""
    words: list[Word] = []
    text, parts = "", list[Corners]()
    for token, region in zip(tokens, regions, strict=True):
        if text and token[:1].isspace():
            words.append(Word(text, _hull(parts), float(score)))
            text, parts = "", []
        if token.strip():
            text += token.strip()
            parts.append(region)
        if text and token[-1:].isspace():
            words.append(Word(text, _hull(parts), float(score)))
            text, parts = "", []
    if text:
        words.append(Word(text, _hull(parts), float(score)))
    return TextLine(_hull([polygon]), tuple(words), float(score))


def _hull(parts: Sequence[Corners]) -> Quad:
    """From the first part's left side to the last part's right side."""
    first, last = parts[0], parts[-1]
    return Quad((_point(first[0]), _point(last[1]), _point(last[2]), _point(first[3])))


def _point(corner: Sequence[float] | npt.NDArray[np.integer]) -> Point:
    return float(corner[0]), float(corner[1])
