"""`docspade ocr`: how well and how fast pages are read, upright and turned.

Word F1: what was read and what was transcribed are split at white space into multisets of words and
compared exactly, case included, counts summed over all pages; precision = shared / read,
recall = shared / transcribed, F1 their harmonic mean. SROIE's transcripts are in upper case
throughout, whatever the receipts show, so what was read is put in upper case before.
`benchmarks/as_read.py` tells what the other figures count.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.answering import QuarterTurn, turned
from benchmarks.as_read import AsRead, as_read
from benchmarks.sroie import TASK
from corpora import sroie
from corpora.transcribed_lines import LineText
from ocr.engine import Device, PpocrOptions, open_engine
from ocr.reader import DocumentReader, FailedPage, ReadPage

TURNS: tuple[QuarterTurn, ...] = (0, 90, 180, 270)


class OcrOptions(BaseModel):
    """The command line of `docspade ocr`; see each option's help there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    data: Path
    split: str
    words: Path | None
    recogniser: Path | None
    limit: int | None
    stride: int
    device: Device
    threads: int | None
    rotations: bool


@dataclass(frozen=True, slots=True)
class OcrQuality:
    """What one pass over the pages gave.

    Attributes:
        n_pages: read or failed.
        n_failed: that could not be read; their words count as missed.
        n_righted: whose quarter turn was found.
        precision: share of the words read that are transcribed, in [0, 1].
        recall: share of the words transcribed that were read, in [0, 1].
        decode_seconds: median, from the file to pixels.
        ocr_seconds: median, from pixels to words.
        as_read: keys and lines that are right letter by letter.
    """

    n_pages: int
    n_failed: int
    n_righted: int
    precision: float
    recall: float
    decode_seconds: float
    ocr_seconds: float
    as_read: AsRead

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A document and what stands on it.

    Attributes:
        path: of its picture, or of the words that were read from it.
        words: that stand on it.
        lines: its transcript.
        keys: of the receipt.
    """

    path: Path
    words: Counter[str]
    lines: tuple[LineText, ...]
    keys: Mapping[str, str]


def sroie_transcripts(
    root: Path, split: str, *, words_dir: Path | None = None
) -> list[Transcribed]:
    """The documents of a SROIE split with what stands on them, in name order.

    Args:
        root: of SROIE.
        split: train, test, or dev for the held-out shops of train, without which train is then.
        words_dir: with NAME.words.json for every document; None takes the pictures.
    """
    folder = "test" if split == "test" else "train"
    names = sroie.stems(root, folder) if split == "all" else TASK.names(root, split)
    found = []
    for name in names:
        lines = tuple(sroie.read_lines(root, folder, name))
        picture = sroie.image_path(root, folder, name)
        path = words_dir / f"{name}.words.json" if words_dir is not None else picture
        words = Counter(word for line in lines for word in line.text.split())
        found.append(Transcribed(path, words, lines, sroie.read_truth(root, folder, name)))
    return found


def measure(
    reader: DocumentReader, documents: Sequence[Transcribed], *, turn: QuarterTurn = 0
) -> OcrQuality:
    """Read every picture, turned clockwise by `turn` before, and compare its words.

    Args:
        reader: warm; the first page's time counts like the others'.
        documents: at least one.
        turn: in degrees.
    """
    shared = n_read = n_failed = n_righted = 0
    pages: list[ReadPage] = []
    right = AsRead()
    for document, page in _read(reader, documents, turn):
        if isinstance(page, FailedPage):
            n_failed += 1
            continue
        pages.append(page)
        words = Counter(word.text.upper() for word in page.page.words)
        shared += (words & document.words).total()
        n_read += words.total()
        n_righted += page.page.rotation == turn
        right += as_read(page.page.words, document.lines, document.keys)
    n_true = sum(document.words.total() for document in documents)
    return OcrQuality(
        n_pages=len(documents),
        n_failed=n_failed,
        n_righted=n_righted,
        precision=shared / max(n_read, 1),
        recall=shared / max(n_true, 1),
        decode_seconds=_median_seconds(pages, "decode"),
        ocr_seconds=_median_seconds(pages, "ocr"),
        as_read=right,
    )


def _read(
    reader: DocumentReader, documents: Sequence[Transcribed], turn: QuarterTurn
) -> Iterator[tuple[Transcribed, ReadPage | FailedPage]]:
    described = f"turned by {turn}" if turn else "upright"
    for document in track(documents, described, console=Console(stderr=True), transient=True):
        data = document.path.read_bytes()
        (page,) = reader.open(turned(data, turn) if turn else data).pages()
        yield document, page


def _median_seconds(pages: Sequence[ReadPage], stage: str) -> float:
    return (
        statistics.median(page.timings_ms.get(stage, 0.0) / 1000 for page in pages)
        if pages
        else 0.0
    )


_positive = click.IntRange(min=1)


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False, exists=True),
              required=True, help="Root of SROIE: {train,test}/{img,box}.")  # fmt: skip
@click.option("--split", type=click.Choice(["train", "dev", "test", "all"]), default="all",
              show_default=True, help="dev: shops held out of train; all: both.")  # fmt: skip
@click.option("--words", type=click.Path(path_type=Path, file_okay=False, exists=True),
              help="Folder of what `docspade read` wrote, in place of the pictures.")  # fmt: skip
@click.option("--recogniser", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="ONNX recogniser to read with instead of the one that ships.")  # fmt: skip
@click.option("--limit", type=_positive, help="Only the first N pages, in name order.")
@click.option("--stride", type=_positive, default=1, show_default=True,
              help="Only every N-th page, in name order, before the limit.")  # fmt: skip
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--threads", type=_positive, help="CPU threads; by default every core.")
@click.option("--rotations/--no-rotations", default=True, show_default=True,
              help="Also read the pages turned by 90, 180 and 270 degrees.")  # fmt: skip
def ocr(**options: object) -> None:
    """Measure how well and how fast receipts are read.

    What was read is put in upper case, as SROIE's transcripts are, and compared word by word.
    """
    chosen = OcrOptions.model_validate(options)
    found = sroie_transcripts(chosen.data, chosen.split, words_dir=chosen.words)
    documents = found[:: chosen.stride][: chosen.limit]
    if not documents:
        raise click.ClickException(f"{chosen.data} has no pages in its split {chosen.split}")
    engine = open_engine(
        PpocrOptions(
            device=chosen.device, n_threads=chosen.threads, recogniser_path=chosen.recogniser
        )
    )
    reader = DocumentReader(engine)
    measure(reader, documents[:1])  # the first call of a session takes longer
    turns = TURNS if chosen.rotations and chosen.words is None else TURNS[:1]
    measured = {turn: measure(reader, documents, turn=turn) for turn in turns}
    console = Console()
    console.print(_table(measured))
    console.print(_letters_table(measured[0].as_read))


def _table(measured: Mapping[QuarterTurn, OcrQuality]) -> Table:
    table = Table("turn", "pages", "failed", "righted", "precision", "recall", "word F1",
                  "decode, median", "OCR, median")  # fmt: skip
    for turn, quality in measured.items():
        table.add_row(
            f"{turn}°",
            str(quality.n_pages),
            str(quality.n_failed),
            f"{quality.n_righted}/{quality.n_pages}",
            f"{quality.precision:.4f}",
            f"{quality.recall:.4f}",
            f"{quality.f1:.4f}",
            f"{quality.decode_seconds:.2f} s",
            f"{quality.ocr_seconds:.2f} s",
        )
    return table


def _letters_table(right: AsRead) -> Table:
    table = Table("upright, letter by letter", "right", "of", "%")
    for key, counts in right.keys.items():
        table.add_row(key, *_share(counts.n_correct, counts.n_true))
    table.add_row("lines, of those that were found", *_share(right.n_exact, right.n_matched))
    table.add_row("lines found", *_share(right.n_matched, right.n_lines))
    table.add_row("wrong characters on found lines", *_share(right.n_edits, right.n_characters))
    return table


def _share(count: int, total: int) -> tuple[str, str, str]:
    return str(count), str(total), f"{100 * count / max(total, 1):.2f}"
