"""`docspade synthesise`."""

from __future__ import annotations

from pathlib import Path

import click

from corpora.synthesis.files import write_document
from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.views import photograph_of, words_of


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
    "--noise",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="Strength of reading errors in the words: 0 none, 1 a bad photograph.",
)
def synthesise(
    *, type_name: str, count: int, seed: int, folder: Path, pictures: bool, noise: float
) -> None:
    """Make up documents with known fields.

    Writes NAME.words.json (words with their places, as `docspade extract` reads them) and
    NAME.truth.json (the fields) for each document, with --pictures also NAME.jpg, in whose pixels
    the words' places then count.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(seed, seed + count):
        design = DESIGNERS[type_name](number)
        if pictures:
            photograph = photograph_of(design, noise=noise)
            write_document(folder, photograph.document, photograph.jpeg)
        else:
            write_document(folder, words_of(design, noise=noise), None)
    click.echo(f"{count} of type {type_name} in {folder}", err=True)
