"""Recognises a public data set by its files: which one lies in a folder, and where its root is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ValidationError

from benchmarks.registry import TASK_MODULES
from ocr.errors import CorruptFileError, SetupError

SPLITS = ("test", "dev", "train")
SPLIT_FOLDERS = {"cord": "json", "sroie": "entities", "rvl_invoices": "annotations"}
"""The folder with the truth that lies in a split's folder, by data set."""
FUNSD_SPLITS = {"testing_data": "test", "training_data": "train"}
CORD_R_STEM = re.compile(r"(train|valid|dev|test)_\d+")
N_FILES_READ = 20
"""How many files are looked into for a label."""


@dataclass(frozen=True)
class Place:
    """A data set on the disk.

    Attributes:
        benchmark: its name in `TASK_MODULES`.
        root: its own root.
        split: the split whose folder was given, where that settles it; None for the root, and for
            the folder with the training documents, which `dev` is carved out of.
    """

    benchmark: str
    root: Path
    split: str | None = None


class _Label(BaseModel):
    label: str


class _Labels(BaseModel):
    label_entities: list[_Label] = []


def recognise(path: Path) -> Place:
    """The data set that a folder is the root of, or the folder of one of its splits.

    FUNSD may also be given by its `dataset` folder.

    Raises:
        SetupError: none of the benchmarks' data sets lies there.
        CorruptFileError: a file that should tell two data sets apart does not have their form.
    """
    path = path.absolute()
    found = _rooted(path)
    if found is None and path.name in (*SPLITS, *FUNSD_SPLITS):
        split = FUNSD_SPLITS.get(path.name, path.name)
        found = _rooted(path.parent)
        if found is not None and split != "train":
            found = replace(found, split=split)
    if found is not None:
        return found
    known = ", ".join(TASK_MODULES)
    raise SetupError(f"{path} is neither a truth file nor a data set ({known})")


def _rooted(root: Path) -> Place | None:
    """The data set whose root (FUNSD: or `dataset` folder) this is."""
    for holder in (root / "dataset", root):
        if any((holder / split / "annotations").is_dir() for split in FUNSD_SPLITS):
            return Place("funsd", holder.parent if holder.name == "dataset" else root)
    if (root / "jsons").is_dir() and any(root.glob("data.*.txt")):
        return Place(_character_set(root), root)
    for benchmark, folder in SPLIT_FOLDERS.items():
        if any((root / split / folder).is_dir() for split in SPLITS):
            return Place(benchmark, root)
    return None


def _character_set(root: Path) -> str:
    """FUNSD-r or CORD-r: by the first label in their files (`question`, `menu.nm`), else by names.

    CORD-r's files are `train_0001` and the like, FUNSD-r's are named by FUNSD's own numbers.
    """
    paths = sorted((root / "jsons").glob("*.json"))
    label = next(_labels(paths), None)
    if label is not None:
        return "cord_r" if "." in label else "funsd_r"
    is_cord = all(CORD_R_STEM.fullmatch(path.stem) for path in paths)
    return "cord_r" if is_cord else "funsd_r"


def _labels(paths: list[Path]) -> Iterator[str]:
    for path in islice(paths, N_FILES_READ):
        try:
            labels = _Labels.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise CorruptFileError(f"{path.name}: not FUNSD-r nor CORD-r: {error}") from error
        yield from (entity.label for entity in labels.label_entities)
