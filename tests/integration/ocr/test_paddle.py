from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from ocr.engine import PaddleOptions, open_engine
from ocr.engines.paddle_models import build_paddle_models
from ocr.errors import SetupError
from tests.integration.ocr.receipts import receipt, word_f1

pytestmark = pytest.mark.integration

HAS_PADDLEOCR = importlib.util.find_spec("paddleocr") is not None


def test_model_folders_are_complete(tmp_path: Path) -> None:
    for folder in build_paddle_models(tmp_path):
        assert (folder / "inference.onnx").stat().st_size > 1_000_000
        settings = json.loads((folder / "inference.yml").read_text(encoding="utf-8"))
        assert settings["Global"]["model_name"] == folder.name


@pytest.mark.skipif(not HAS_PADDLEOCR, reason="paddleocr lives in an environment of its own")
def test_a_receipt_is_read(tmp_path: Path) -> None:
    engine = open_engine(PaddleOptions(*build_paddle_models(tmp_path)))
    righted = engine.read_righted(np.asarray(receipt()))
    assert righted.turn == 0
    assert word_f1([word for line in righted.lines for word in line.words]) > 0.95


def test_a_folder_without_models_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"has no inference\.onnx"):
        open_engine(PaddleOptions(tmp_path, tmp_path))


@pytest.mark.skipif(HAS_PADDLEOCR, reason="paddleocr is installed here")
def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="paddleocr is not installed"):
        open_engine(PaddleOptions(*build_paddle_models(tmp_path)))
