"""Model folders for PaddleOCR, built from the models that the `rapidocr` wheel carries.

PaddleOCR looks for `inference.onnx` and `inference.yml` in a folder; with these two it runs
offline.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import onnxruntime as ort

from ocr.engines.detector import BOX_THRESHOLD, GROWTH, MAX_CANDIDATES, MEAN, STD, THRESHOLD
from ocr.engines.model_files import WHEEL_DETECTOR, WHEEL_RECOGNISER, wheel_model

DETECTOR_NAME = "PP-OCRv6_small_det"
RECOGNISER_NAME = "PP-OCRv6_small_rec"
_MAX_SIDE_PX = 1280

Setting = str | int | float | bool | Sequence["Setting"] | Mapping[str, "Setting"]


def build_paddle_models(target_dir: Path) -> tuple[Path, Path]:
    """Write the detector's and the recogniser's folder.

    Args:
        target_dir: in which the two folders are made; existing files are overwritten.

    Returns:
        The detector's and the recogniser's folder.

    Raises:
        SetupError: the `rapidocr` wheel is not installed.
    """
    detector = target_dir / DETECTOR_NAME
    recogniser = target_dir / RECOGNISER_NAME
    _write(detector, wheel_model(WHEEL_DETECTOR), _detector_settings())
    model = wheel_model(WHEEL_RECOGNISER)
    _write(recogniser, model, _recogniser_settings(_characters(model)))
    return detector, recogniser


def _write(folder: Path, model: Path, settings: Mapping[str, Setting]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model, folder / "inference.onnx")
    # JSON is YAML too, and spells odd characters safely.
    (folder / "inference.yml").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _characters(model: Path) -> list[str]:
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    listed: str = session.get_modelmeta().custom_metadata_map["character"]
    return listed.removesuffix("\n").split("\n")


def _detector_settings() -> dict[str, Setting]:
    return {
        "Global": {"model_name": DETECTOR_NAME},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"DetResizeForTest": {"resize_long": _MAX_SIDE_PX, "limit_type": "max"}},
                {
                    "NormalizeImage": {
                        "mean": [MEAN] * 3,
                        "std": [STD] * 3,
                        "scale": 1 / 255,
                        "order": "hwc",
                    }
                },
                {"ToCHWImage": {}},
            ]
        },
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": THRESHOLD,
            "box_thresh": BOX_THRESHOLD,
            "max_candidates": MAX_CANDIDATES,
            "unclip_ratio": GROWTH,
        },
    }


def _recogniser_settings(characters: Sequence[str]) -> dict[str, Setting]:
    return {
        "Global": {"model_name": RECOGNISER_NAME},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": list(characters)},
    }
