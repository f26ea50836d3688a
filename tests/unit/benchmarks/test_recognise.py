import json
from pathlib import Path

import pytest

from benchmarks.recognise import Place, recognise
from ocr.errors import CorruptFileError, SetupError


def lay_out(root: Path, *folders: str) -> Path:
    for folder in folders:
        (root / folder).mkdir(parents=True)
    return root


def write_characters(root: Path, stem: str, label: str | None) -> Path:
    (root / "jsons").mkdir(parents=True, exist_ok=True)
    (root / "data.test.txt").touch()
    labels = [] if label is None else [{"label": label, "word_idx": [0]}]
    (root / "jsons" / f"{stem}.json").write_text(json.dumps({"label_entities": labels}))
    return root


@pytest.mark.parametrize(
    ("benchmark", "folders"),
    [
        ("funsd", ["dataset/testing_data/annotations", "dataset/training_data/annotations"]),
        ("funsd", ["training_data/annotations"]),
        ("cord", ["train/json", "train/image"]),
        ("cord", ["test/json"]),
        ("sroie", ["test/entities", "test/box"]),
        ("rvl_invoices", ["test/annotations", "test/ocr_bounding_boxes"]),
    ],
)
def test_roots_are_known_by_their_folders(
    benchmark: str, folders: list[str], tmp_path: Path
) -> None:
    root = lay_out(tmp_path / "any name", *folders)
    assert recognise(root) == Place(benchmark, root)


@pytest.mark.parametrize(
    ("folder", "given", "split"),
    [
        ("dataset/testing_data/annotations", "dataset", None),
        ("dataset/testing_data/annotations", "dataset/testing_data", "test"),
        ("dataset/training_data/annotations", "dataset/training_data", None),
        ("dev/json", "dev", "dev"),
        ("test/entities", "test", "test"),
        ("test/annotations", "test", "test"),
        ("train/annotations", "train", None),
    ],
)
def test_a_folder_below_the_root_names_its_split(
    folder: str, given: str, split: str | None, tmp_path: Path
) -> None:
    place = recognise(lay_out(tmp_path, folder) / given)
    assert (place.root, place.split) == (tmp_path, split)


def test_a_folder_is_also_known_from_within(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lay_out(tmp_path, "test/entities") / "test")
    assert recognise(Path()) == Place("sroie", tmp_path, "test")


@pytest.mark.parametrize(
    ("stem", "label", "benchmark"),
    [
        ("any", "menu.nm", "cord_r"),
        ("train_0001", "question", "funsd_r"),  # the label says more than the name
        ("test_0001", None, "cord_r"),
        ("0000971160", None, "funsd_r"),
    ],
)
def test_the_two_sets_of_characters_are_told_apart(
    stem: str, label: str | None, benchmark: str, tmp_path: Path
) -> None:
    assert recognise(write_characters(tmp_path, stem, label)) == Place(benchmark, tmp_path)


def test_the_first_label_counts_though_other_files_have_none(tmp_path: Path) -> None:
    write_characters(tmp_path, "a", None)
    write_characters(tmp_path, "b", "answer")
    assert recognise(tmp_path).benchmark == "funsd_r"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    write_characters(tmp_path, "a", None)
    (tmp_path / "jsons" / "a.json").write_text("[]")
    with pytest.raises(CorruptFileError, match=r"a\.json"):
        recognise(tmp_path)


def test_anything_else_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"neither a truth file nor a data set \(funsd, funsd_r"):
        recognise(lay_out(tmp_path, "photos"))
