"""Made-up documents read by the real engine: labels on what was really read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from rapidfuzz.distance import Levenshtein

from corpora.command import synthesise
from corpora.document import LabelledDocument
from corpora.labelled_files import read_labelled
from corpora.synthesis.receipts.generator import design
from corpora.synthesis.views import words_in_photograph

pytestmark = pytest.mark.integration

SEEDS = (7, 9)
"""Two short receipts in Latin script."""


def _texts(document: LabelledDocument, label: str) -> list[str]:
    words = document.words
    return [
        "".join(words[i].text for i in entity.word_ids)
        for entity in document.entities
        if entity.label == label
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read")
    for seed in SEEDS:
        options = ["--seed", str(seed), "--read", "--pictures", "--threads", "1"]
        result = CliRunner().invoke(synthesise, ["--out", str(folder), *options])
        assert result.exit_code == 0, result.output
    return folder


def test_what_was_read_carries_the_labels_of_what_was_printed(folder: Path) -> None:
    documents = list(read_labelled(folder, "receipt"))
    assert [document.id for document in documents] == [f"receipt_{seed:08d}" for seed in SEEDS]
    for seed, read in zip(SEEDS, documents, strict=True):
        printed = words_in_photograph(design(seed))
        assert read.truth == printed.truth
        assert len(read.entities) >= 0.9 * len(printed.entities)
        labels = {entity.label for entity in printed.entities}
        for label in labels:
            before, after = _texts(printed, label), _texts(read, label)
            if len(before) == len(after):
                alike = Levenshtein.normalized_similarity("".join(before), "".join(after))
                assert alike > 0.75, (label, before, after)


def test_words_truth_and_picture_lie_beside_each_other(folder: Path) -> None:
    for document in read_labelled(folder, "receipt"):
        words = json.loads((folder / f"{document.id}.words.json").read_text(encoding="utf-8"))
        (page,) = words["pages"]
        assert [word["text"] for word in page["words"]] == [word.text for word in document.words]
        truth = json.loads((folder / f"{document.id}.truth.json").read_text(encoding="utf-8"))
        assert len(truth["entities"]) == len(document.entities)
        with Image.open(folder / f"{document.id}.jpg") as image:
            assert image.format == "JPEG"
