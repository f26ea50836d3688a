"""Weights that ship are those that were released."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr.checksums import checked, checksum_path, sha256_of
from ocr.errors import SetupError


def test_a_file_with_its_own_checksum_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"weights")
    checksum_path(path).write_text(f"{sha256_of(path)}  model.onnx\n")
    assert checked(path) == path


def test_an_altered_or_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(SetupError, match="missing"):
        checked(path)
    path.write_bytes(b"weights")
    with pytest.raises(SetupError, match="missing"):
        checked(path)
    checksum_path(path).write_text(f"{'0' * 64}  model.onnx\n")
    with pytest.raises(SetupError, match="sha256"):
        checked(path)
