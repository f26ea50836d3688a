"""The documents that a release learns from and is developed on; nothing stands on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora import cord, cord_r, sroie
from corpora.document import LabelledDocument
from corpora.receipt_view import with_guessed_groups, with_receipt_fields, with_sroie_keys
from corpora.splits import fold_of, is_development, sroie_groups
from models.config import SourceConfig
from ocr.errors import SetupError
from ocr.limits import Limits
from ocr.types import Page
from ocr.words_file import WordsFile

SYNTHETIC_SEED = 1_000_000
"""First seed of synthetic training documents; smaller ones are for tests and development."""


@dataclass(frozen=True)
class DataFolders:
    """Where the data lies.

    Attributes:
        root: with `sroie`, `cord` and `cord_r` in their official layouts.
        ocr_words: words files of SROIE's pictures as docspade's own OCR reads them.
    """

    root: Path
    ocr_words: Path | None = None


@dataclass(frozen=True)
class Held:
    """Which part of CORD's 100 development receipts training must not see.

    The folds are by the hash of the receipt's number, the same for CORD and CORD-r.
    """

    fold: int | None
    n_folds: int

    def holds_out(self, stem: str) -> bool:
        """Whether a receipt of `cord/dev` is held out; with no fold, all are."""
        return self.fold is None or cord_fold(stem, n_folds=self.n_folds) == self.fold


def cord_fold(stem: str, *, n_folds: int) -> int:
    """The fold of a CORD development receipt, named `receipt_00007` or `valid_0007`."""
    return fold_of(str(int(stem.rsplit("_", 1)[1])), n_folds=n_folds)


def training_documents(
    source: SourceConfig, folders: DataFolders, held: Held
) -> list[LabelledDocument]:
    """The documents of one source that may be trained on."""
    readers: dict[str, Callable[[], Iterator[LabelledDocument]]] = {
        "sroie": lambda: _sroie(folders, is_dev=False),
        "sroie_ocr": lambda: _sroie_ocr(folders, is_dev=False),
        "cord": lambda: _cord(folders, held, is_dev=False),
        "cord_r": lambda: _cord_r(folders),
        "synthetic_receipts": lambda: _synthetic(source.limit or 1000),
    }
    documents = list(readers[source.name]())
    return documents[: source.limit] if source.limit else documents


@dataclass(frozen=True)
class Development:
    """Held-out documents by task."""

    sroie: tuple[LabelledDocument, ...]
    sroie_ocr: tuple[LabelledDocument, ...]
    cord: tuple[LabelledDocument, ...]
    cord_r: tuple[cord_r.CordRDocument, ...]

    def by_task(self) -> dict[str, tuple[LabelledDocument, ...]]:
        """Each task's documents."""
        return {
            "sroie": self.sroie,
            "sroie_ocr": self.sroie_ocr,
            "cord": self.cord,
            "cord_r": tuple(read.document for read in self.cord_r),
        }


def development_documents(folders: DataFolders, held: Held) -> Development:
    """SROIE's held-out shops with gold and with OCR words, CORD's and CORD-r's held-out fold."""
    return Development(
        sroie=tuple(_sroie(folders, is_dev=True)),
        sroie_ocr=tuple(_sroie_ocr(folders, is_dev=True)) if folders.ocr_words else (),
        cord=tuple(_cord(folders, held, is_dev=True)),
        cord_r=tuple(
            read
            for read in cord_r.read_documents(folders.root / "cord_r", "dev")
            if held.holds_out(read.document.id)
        ),
    )


def _sroie_stems(folders: DataFolders, *, is_dev: bool) -> list[str]:
    root = folders.root / "sroie"
    stems = sroie.stems(root, "train")
    groups = sroie_groups({stem: sroie.read_truth(root, "train", stem) for stem in stems})
    return [stem for stem in stems if is_development(groups[stem]) == is_dev]


def _sroie(folders: DataFolders, *, is_dev: bool) -> Iterator[LabelledDocument]:
    root = folders.root / "sroie"
    for stem in _sroie_stems(folders, is_dev=is_dev):
        yield sroie.read_document(root, "train", stem)


def _sroie_ocr(folders: DataFolders, *, is_dev: bool) -> Iterator[LabelledDocument]:
    if folders.ocr_words is None:
        raise SetupError("source sroie_ocr needs a folder of words files (--ocr-words)")
    root = folders.root / "sroie"
    for stem in _sroie_stems(folders, is_dev=is_dev):
        path = folders.ocr_words / f"{stem}.words.json"
        yield sroie.label_pages(stem, _read_words(path), sroie.read_truth(root, "train", stem))


def _read_words(path: Path) -> tuple[Page, ...]:
    source = WordsFile(path.read_bytes(), Limits())
    loaded = [source.load(index) for index in range(source.n_pages)]
    return tuple(
        Page(number, page.width, page.height, page.words or (), source="words")
        for number, page in enumerate(loaded, start=1)
    )


def _cord(folders: DataFolders, held: Held, *, is_dev: bool) -> Iterator[LabelledDocument]:
    for document in cord.read_documents(folders.root / "cord", "dev"):
        if held.holds_out(document.id) == is_dev:
            yield document if is_dev else with_receipt_fields(document)


def _cord_r(folders: DataFolders) -> Iterator[LabelledDocument]:
    for read in cord_r.read_documents(folders.root / "cord_r", "train"):
        yield with_receipt_fields(with_guessed_groups(read.document))


def _synthetic(count: int) -> Iterator[LabelledDocument]:
    from corpora.synthesis import receipts

    for number in range(count):
        yield with_sroie_keys(receipts.generate(SYNTHETIC_SEED + number))
