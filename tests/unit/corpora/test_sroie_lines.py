"""Receipts become lines to learn from: held-out shops never, and each receipt once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from corpora.splits import is_development
from corpora.sroie_lines import paired_receipts
from corpora.transcribed_lines import LineText
from ocr.engine import Image as Pixels
from ocr.types import Quad

NAMES = [f"X{number:03d}" for number in range(12)]
"""Each a shop of its own; some of these are held out."""


class OneLine:
    """A detector and recogniser that finds the same line everywhere."""

    def __init__(self) -> None:
        self.n_pictures = 0

    def find(self, image: Pixels) -> list[LineText]:
        assert image.shape == (40, 120, 3)
        self.n_pictures += 1
        return [LineText("No.5,Jalan", Quad.from_box((10, 10, 110, 30)))]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("img", "box", "entities"):
        (tmp_path / "train" / folder).mkdir(parents=True)
    for number, name in enumerate(NAMES):
        Image.fromarray(np.full((40, 120, 3), 255, np.uint8)).save(
            tmp_path / "train" / "img" / f"{name}.jpg"
        )
        (tmp_path / "train" / "box" / f"{name}.txt").write_text(
            "10,11,110,11,110,29,10,29,NO. 5, JALAN\n"
        )
        truth = {"company": f"{chr(65 + number) * 6} SDN BHD", "address": f"{number} {name} ROAD"}
        (tmp_path / "train" / "entities" / f"{name}.txt").write_text(json.dumps(truth))
    return tmp_path


def test_lines_of_held_out_shops_are_never_found(root: Path) -> None:
    receipts = paired_receipts(root, root / "lines.jsonl", OneLine())
    assert 0 < len(receipts) < len(NAMES)
    assert not any(is_development(receipt.shop) for receipt in receipts)
    (line,) = receipts[0].lines
    assert (line.read, line.text) == ("No.5,Jalan", "No. 5, Jalan")
    assert line.quad == Quad.from_box((10, 10, 110, 30))


def test_what_was_found_is_kept(root: Path) -> None:
    kept, finder = root / "lines.jsonl", OneLine()
    first = paired_receipts(root, kept, finder)
    assert finder.n_pictures == len(first)
    half = kept.read_text().splitlines()[: len(first) // 2]
    kept.write_text("\n".join(half) + "\n")
    assert paired_receipts(root, kept, finder) == first
    assert finder.n_pictures == 2 * len(first) - len(half)
