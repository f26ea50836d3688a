"""The documents that a release learns from; what is held out for development stays out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora import cord, cord_r, funsd, funsd_r, rvl_invoices, sroie, vrdu
from corpora.document import LabelledDocument
from corpora.labelled_files import read_labelled
from corpora.receipt_view import with_guessed_groups, with_receipt_fields, with_sroie_keys
from corpora.splits import fold_of, is_development, sroie_groups
from layout.graph import UNKNOWN_TYPE
from models.config import SourceConfig, SourceName
from ocr.errors import SetupError
from ocr.limits import Limits
from ocr.types import Page
from ocr.words_file import WordsFile

DOCUMENT_TYPES: dict[SourceName, str | None] = {
    "vrdu": None,
    "sroie": "receipt",
    "sroie_ocr": "receipt",
    "cord": "receipt",
    "cord_r": "receipt",
    "rvl_invoices": "invoice",
    "funsd": "form",
    "funsd_r": "form",
    "synthetic_receipts": "receipt",
    "synthetic_invoices": "invoice",
    "synthetic_business_cards": "business_card",
    "synthetic_letters_of_credit": "letter_of_credit",
    "synthetic_forms": "form",
    "synthetic_strangers": UNKNOWN_TYPE,
    "labelled": None,
}
"""The type of each source's documents; None where they are of several, where nobody knows, or where
the configuration says it."""

SYNTHETIC: dict[SourceName, str] = {
    "synthetic_receipts": "receipt",
    "synthetic_invoices": "invoice",
    "synthetic_business_cards": "business_card",
    "synthetic_letters_of_credit": "letter_of_credit",
    "synthetic_forms": "form",
    "synthetic_strangers": "stranger",
}
"""The synthesiser's name for what each source makes up."""
SYNTHETIC_SEED = 1_000_000
"""First seed of synthetic training documents; smaller ones are for tests and development."""
DEFAULT_SYNTHETIC = 1000
"""How many are made up where the configuration does not say."""
NOISES = (0.0, 0.25, 0.6)
"""Strengths of reading errors, by turns."""


@dataclass(frozen=True)
class DataFolders:
    """Where the data lies.

    Attributes:
        root: with every data set under its benchmark's name, in its official layout.
        ocr_words: words files of SROIE's pictures as docspade's own OCR reads them.
    """

    root: Path
    ocr_words: Path | None = None


@dataclass(frozen=True)
class Held:
    """What training must not see.

    Attributes:
        fold: of CORD's 100 development receipts, by the hash of the receipt's number, the same for
            CORD and CORD-r; None holds out all of them.
        n_folds: of these receipts.
        includes_development: nothing at all is held out.
    """

    fold: int | None
    n_folds: int
    includes_development: bool = False

    def holds_out_receipt(self, stem: str) -> bool:
        """Whether a receipt of CORD's development part is held out."""
        if self.includes_development:
            return False
        return self.fold is None or cord_fold(stem, n_folds=self.n_folds) == self.fold

    def holds_out(self, stem: str, development: frozenset[str]) -> bool:
        """Whether a document is held out that may belong to a data set's development part."""
        return stem in development and not self.includes_development


def cord_fold(stem: str, *, n_folds: int) -> int:
    """The fold of a CORD development receipt, named `receipt_00007` or `valid_0007`."""
    return fold_of(str(int(stem.rsplit("_", 1)[1])), n_folds=n_folds)


def training_documents(
    source: SourceConfig, folders: DataFolders, held: Held
) -> list[LabelledDocument]:
    """The documents of one source that may be trained on."""
    root = folders.root
    readers: dict[str, Callable[[], Iterator[LabelledDocument]]] = {
        "vrdu": lambda: vrdu.read_documents(root / "vrdu"),
        "sroie": lambda: _sroie(root / "sroie", held),
        "sroie_ocr": lambda: _sroie_ocr(folders, held),
        "cord": lambda: _cord(root / "cord", held),
        "cord_r": lambda: _cord_r(root / "cord_r"),
        "rvl_invoices": lambda: _invoices(root / "rvl_invoices", held),
        "funsd": lambda: _forms(root, held),
        "funsd_r": lambda: _forms_r(root, held),
    }
    if source.name == "labelled":
        if source.folder is None or source.document_type is None:
            raise SetupError("a source `labelled` needs a folder and a document_type")
        return list(read_labelled(root / source.folder, source.document_type))[: source.limit]
    made_up = SYNTHETIC.get(source.name)
    if made_up is not None:
        return list(_synthetic(made_up, source.skip, source.limit or DEFAULT_SYNTHETIC))
    documents = list(readers[source.name]())
    return documents[: source.limit] if source.limit else documents


def sroie_development(root: Path) -> frozenset[str]:
    """Names of SROIE's training receipts whose shops are held out."""
    stems = sroie.stems(root, "train")
    groups = sroie_groups({stem: sroie.read_truth(root, "train", stem) for stem in stems})
    return frozenset(stem for stem in stems if is_development(groups[stem]))


def read_words(folder: Path, stem: str) -> tuple[Page, ...]:
    """A document's pages from a words file, as `docspade read` leaves it."""
    source = WordsFile((folder / f"{stem}.words.json").read_bytes(), Limits())
    loaded = [source.load(index) for index in range(source.n_pages)]
    return tuple(
        Page(number, page.width, page.height, page.words or (), source="words")
        for number, page in enumerate(loaded, start=1)
    )


def _sroie_stems(root: Path, held: Held) -> list[str]:
    development = sroie_development(root)
    return [s for s in sroie.stems(root, "train") if not held.holds_out(s, development)]


def _sroie(root: Path, held: Held) -> Iterator[LabelledDocument]:
    return (sroie.read_document(root, "train", stem) for stem in _sroie_stems(root, held))


def _sroie_ocr(folders: DataFolders, held: Held) -> Iterator[LabelledDocument]:
    if folders.ocr_words is None:
        raise SetupError("source sroie_ocr needs a folder of words files (--ocr-words)")
    root = folders.root / "sroie"
    for stem in _sroie_stems(root, held):
        pages = read_words(folders.ocr_words, stem)
        yield sroie.label_pages(stem, pages, sroie.read_truth(root, "train", stem))


def _cord(root: Path, held: Held) -> Iterator[LabelledDocument]:
    for document in cord.read_documents(root, "dev"):
        if not held.holds_out_receipt(document.id):
            yield with_receipt_fields(document)


def _cord_r(root: Path) -> Iterator[LabelledDocument]:
    for read in cord_r.read_documents(root, "train"):
        yield with_receipt_fields(with_guessed_groups(read.document))


def _invoices(root: Path, held: Held) -> Iterator[LabelledDocument]:
    development = rvl_invoices.development_stems(root)
    for document in rvl_invoices.read_documents(root, "train"):
        if not held.holds_out(document.id, development):
            yield document


def _held_out_forms(root: Path) -> frozenset[str]:
    """FUNSD and FUNSD-r hold the same forms: what either holds out, both do."""
    return funsd.development_stems(root / "funsd") | funsd_r.development_stems(root / "funsd_r")


def _forms(root: Path, held: Held) -> Iterator[LabelledDocument]:
    development = _held_out_forms(root)
    for document in funsd.read_documents(root / "funsd", "train"):
        if not held.holds_out(document.id, development):
            yield document


def _forms_r(root: Path, held: Held) -> Iterator[LabelledDocument]:
    development = _held_out_forms(root)
    for read in funsd_r.read_documents(root / "funsd_r", "train"):
        if not held.holds_out(read.document.id, development):
            yield read.document


def _synthetic(type_name: str, skip: int, count: int) -> Iterator[LabelledDocument]:
    from corpora.synthesis.registry import DESIGNERS
    from corpora.synthesis.views import words_of

    for number in range(SYNTHETIC_SEED + skip, SYNTHETIC_SEED + skip + count):
        noise = NOISES[number % len(NOISES)]
        document = words_of(DESIGNERS[type_name](number), noise=noise)
        yield with_sroie_keys(document) if type_name == "receipt" else document
