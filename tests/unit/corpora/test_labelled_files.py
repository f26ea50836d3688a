"""Documents of one's own: what was written is what is learned from, and broken files are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpora.labelled_files import read_labelled
from corpora.synthesis import forms
from corpora.synthesis.files import write_document
from ocr.errors import CorruptFileError, SetupError

SEEDS = range(12)


def test_a_written_form_is_read_back_with_all_its_parents(tmp_path: Path) -> None:
    written = {document.id: document for document in map(forms.generate, SEEDS)}
    for document in written.values():
        write_document(tmp_path, document, None)
    read = {document.id: document for document in read_labelled(tmp_path, "form")}
    assert read.keys() == written.keys()
    for name, document in read.items():
        assert document.entities == written[name].entities
        assert document.labelled == written[name].labelled
        assert document.truth == written[name].truth
    assert any(entity.other_parents for document in read.values() for entity in document.entities)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"entities": [{"label": "colour", "word_ids": [0]}]}, "no field 'colour'"),
        ({"entities": [{"label": "total", "word_ids": [999999]}]}, "words not there"),
        ({"entities": [{"label": "total", "word_ids": []}]}, "words not there"),
        ({"links": [[0, 999999]]}, "link"),
        ({"unlabelled": ["tip", "colour"]}, "no field 'colour'"),
        ({"entities": 3}, "not a truth"),
    ],
)
def test_a_broken_truth_is_named(tmp_path: Path, change: object, complaint: str) -> None:
    assert isinstance(change, dict)
    page = {"width": 100, "height": 50, "words": [{"text": "9.00", "box": [0, 0, 40, 10]}]}
    (tmp_path / "a.words.json").write_text(json.dumps({"pages": [page]}))
    truth = {"entities": [{"label": "total", "word_ids": [0]}], "links": [], **change}
    (tmp_path / "a.truth.json").write_text(json.dumps(truth))
    with pytest.raises(CorruptFileError, match=complaint) as caught:
        list(read_labelled(tmp_path, "receipt"))
    assert "a.truth.json" in str(caught.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="truth"):
        list(read_labelled(tmp_path, "receipt"))
    (tmp_path / "a.truth.json").write_text('{"entities": []}')
    with pytest.raises(CorruptFileError, match=r"a\.words\.json"):
        list(read_labelled(tmp_path, "receipt"))
