"""`docspade synthesise`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from pydantic import BaseModel, ConfigDict

from corpora.synthesis.files import write_document
from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.views import Design, photograph_of, words_of
from ocr.engine import Device

if TYPE_CHECKING:
    from ocr.reader import DocumentReader


class SynthesisOptions(BaseModel):
    """The command line of `docspade synthesise`; see each option's help there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type_name: str
    count: int
    seed: int
    folder: Path
    pictures: bool
    hardship: float
    noise: float
    read: bool
    engine: Literal["ppocr", "tesseract"]
    device: Device
    threads: int | None


@click.command()
@click.option(
    "--type",
    "type_name",
    type=click.Choice(sorted(DESIGNERS)),
    default="receipt",
    show_default=True,
    help="Type of document.",
)
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the first document; the others follow. The same seed gives the same document.",
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the files, made if need be.",
)
@click.option("--pictures", is_flag=True, help="Also a photograph-like picture of each.")
@click.option(
    "--hardship",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="How often something is wrong with a picture: 0 never, 1 as often as in bad ones.",
)
@click.option(
    "--noise",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="Strength of reading errors in the words: 0 none, 1 a bad photograph.",
)
@click.option(
    "--read",
    is_flag=True,
    help="Words as the project's OCR reads them in a picture of each, instead of those printed.",
)
@click.option("--engine", type=click.Choice(["ppocr", "tesseract"]), default="ppocr",
              show_default=True, help="That --read reads with.")  # fmt: skip
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True,
              help="Where --read runs its models.")  # fmt: skip
@click.option("--threads", type=click.IntRange(min=1), help="CPU threads for --read.")
def synthesise(**options: object) -> None:
    """Make up documents with known fields.

    Writes NAME.words.json (words with their places, as `docspade extract` reads them) and
    NAME.truth.json (the fields) for each document, with --pictures also NAME.jpg, in whose pixels
    the words' places then count.

    With --read the words are those that the project's OCR reads in the picture, with its errors,
    in pixels of the upright page, and the truth's entities are made of them: such a folder can be
    trained on (docs/types.md).
    """
    chosen = SynthesisOptions.model_validate(options)
    if chosen.read and chosen.noise:
        raise click.UsageError("--read makes real reading errors: --noise does not go with it")
    reader = _open_reader(chosen) if chosen.read else None
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for number in range(chosen.seed, chosen.seed + chosen.count):
        design = DESIGNERS[chosen.type_name](number)
        if reader is not None:
            _write_reading(design, reader, chosen)
        elif chosen.pictures:
            photograph = photograph_of(design, noise=chosen.noise, hardship=chosen.hardship)
            write_document(chosen.folder, photograph.document, photograph.jpeg)
        else:
            write_document(chosen.folder, words_of(design, noise=chosen.noise), None)
    click.echo(f"{chosen.count} of type {chosen.type_name} in {chosen.folder}", err=True)


def _open_reader(chosen: SynthesisOptions) -> DocumentReader:
    from ocr.engine import PpocrOptions, TesseractOptions, open_engine
    from ocr.reader import DocumentReader

    if chosen.engine == "tesseract":
        return DocumentReader(open_engine(TesseractOptions()))
    options = PpocrOptions(device=chosen.device, n_threads=chosen.threads)
    return DocumentReader(open_engine(options))


def _write_reading(design: Design, reader: DocumentReader, chosen: SynthesisOptions) -> None:
    from corpora.synthesis.reading import read_design

    reading = read_design(design, reader, hardship=chosen.hardship)
    jpeg = reading.jpeg if chosen.pictures else None
    write_document(chosen.folder, reading.document, jpeg)
