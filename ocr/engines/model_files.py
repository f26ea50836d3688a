"""Where the models of the default engine lie: in the `rapidocr` wheel, and in this package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ocr.errors import SetupError

WHEEL_DETECTOR = "PP-OCRv6_det_small.onnx"
WHEEL_RECOGNISER = "PP-OCRv6_rec_small.onnx"
_RELEASED = Path(__file__).resolve().parents[2] / "models" / "released"
RELEASED_KOREAN = _RELEASED / "korean_lines" / "model.onnx"


def wheel_model(name: str) -> Path:
    """The path of a model file in the `rapidocr` wheel, which is not imported for it.

    Raises:
        SetupError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise SetupError("the package rapidocr, which carries the OCR models, is not installed")
    return Path(spec.submodule_search_locations[0]) / "models" / name
