"""The sample receipt that the repository ships is what its seed makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from corpora.synthesis.files import truth_json
from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.views import words_in_photograph

SAMPLES = Path(__file__).parents[2] / "samples"
SEED = 10196
"""`docspade synthesise --type receipt --seed 10196 --pictures` made it, with fonts-dejavu."""


def test_the_shipped_truth_and_picture_are_those_of_the_seed() -> None:
    document = words_in_photograph(DESIGNERS["receipt"](SEED))
    truth = (SAMPLES / "receipt.truth.json").read_text(encoding="utf-8")
    assert truth == truth_json(replace(document, id="receipt"))
    with Image.open(SAMPLES / "receipt.jpg") as image:
        assert image.size == (document.pages[0].width, document.pages[0].height)
    assert 100_000 < (SAMPLES / "receipt.jpg").stat().st_size < 260_000
