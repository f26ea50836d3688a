"""Unlabelled pages: words with boxes in thousandths of the page."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from corpora.vrdu import read_documents
from ocr.errors import CorruptFileError, SetupError


def write(folder: Path, name: str, *lines: str) -> None:
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def entry(name: str, words: list[str]) -> str:
    boxes = [[100 * i, 500, 100 * i + 90, 520] for i in range(len(words))]
    return json.dumps({"id": name, "width": 600, "height": 800, "words": words, "boxes": boxes})


def test_pages_have_their_words_in_pixels_and_no_labels(tmp_path: Path) -> None:
    write(tmp_path, "b", entry("b1", ["Name:"]))
    write(tmp_path, "a", entry("a1", ["Ship", "to:"]), entry("a2", []))
    documents = list(read_documents(tmp_path))
    assert [document.id for document in documents] == ["a1", "a2", "b1"]
    assert [word.text for word in documents[0].words] == ["Ship", "to:"]
    assert documents[0].words[1].quad.box == pytest.approx((60, 400, 114, 416))
    assert documents[0].entities == ()
    assert not documents[0].labelled


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no pages"):
        list(read_documents(tmp_path))
    write(tmp_path, "a", entry("a1", []), '{"id": "a2"}')
    with pytest.raises(CorruptFileError, match=r"a\.jsonl\.gz, line 2"):
        list(read_documents(tmp_path))
    broken = json.loads(entry("a1", ["one", "two"]))
    write(tmp_path, "a", json.dumps({**broken, "words": ["one"]}))
    with pytest.raises(CorruptFileError, match="1 words, but 2 boxes"):
        list(read_documents(tmp_path))
