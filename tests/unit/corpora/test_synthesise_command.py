"""`docspade synthesise`: files that the rest of the project reads."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from PIL import Image

from benchmarks.answers import read_answers
from corpora.command import synthesise
from ocr.limits import Limits
from ocr.words_file import WordsFile


def _run(folder: Path, *options: str) -> None:
    result = CliRunner().invoke(synthesise, ["--out", str(folder), *options])
    assert result.exit_code == 0, result.output


def test_words_and_truth_are_read_back_by_the_project(tmp_path: Path) -> None:
    _run(tmp_path / "out", "--type", "receipt", "--count", "3", "--seed", "40")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    stems = [f"receipt_{seed:08d}" for seed in (40, 41, 42)]
    assert names == sorted(f"{s}{end}" for s in stems for end in (".truth.json", ".words.json"))
    for stem in stems:
        (answer,) = read_answers(tmp_path / "out" / f"{stem}.truth.json").values()
        words = (tmp_path / "out" / f"{stem}.words.json").read_bytes()
        page = WordsFile(words, Limits()).load(0)
        assert page.words is not None
        assert answer.id == stem
        for entity in answer.entities:
            held = " ".join(page.words[i].text for i in entity.word_ids)
            assert held == entity.text
        total = [entity.text for entity in answer.entities if entity.label == "total"]
        assert answer.fields["total"] == total[0]
        assert all(len(answer.entities) > max(link) for link in answer.links)


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    _run(tmp_path / "a", "--seed", "5", "--count", "2", "--noise", "0.5")
    _run(tmp_path / "b", "--seed", "6", "--noise", "0.5")
    for name in ("receipt_00000006.words.json", "receipt_00000006.truth.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_pictures_have_the_size_that_the_words_count_in(tmp_path: Path) -> None:
    _run(tmp_path, "--seed", "7", "--pictures")
    words = json.loads((tmp_path / "receipt_00000007.words.json").read_text(encoding="utf-8"))
    with Image.open(tmp_path / "receipt_00000007.jpg") as image:
        assert image.format == "JPEG"
        assert image.size == (words["pages"][0]["width"], words["pages"][0]["height"])


def test_an_unknown_type_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(synthesise, ["--out", str(tmp_path), "--type", "poem"])
    assert result.exit_code == 2
    assert "poem" in result.output
    assert not list(tmp_path.iterdir())


def test_hardship_changes_the_picture_and_not_what_is_printed(tmp_path: Path) -> None:
    _run(tmp_path / "good", "--seed", "7", "--pictures")
    _run(tmp_path / "bad", "--seed", "7", "--pictures", "--hardship", "1")
    names = ("receipt_00000007.truth.json", "receipt_00000007.jpg")
    truths, pictures = (
        [(tmp_path / folder / name).read_bytes() for folder in ("good", "bad")] for name in names
    )
    assert truths[0] == truths[1]
    assert pictures[0] != pictures[1]


def test_made_up_errors_do_not_go_with_real_ones(tmp_path: Path) -> None:
    options = ["--out", str(tmp_path), "--read", "--noise", "0.5"]
    result = CliRunner().invoke(synthesise, options)
    assert result.exit_code == 2
    assert "--noise" in result.output
    assert not list(tmp_path.iterdir())
