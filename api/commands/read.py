"""`docspade read`: the words of files and where they stand, without fields."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from api.commands.each_file import do_each, read_bytes
from api.commands.extract_output import OutputFolder
from ocr.words_file import words_json
from workers.settings import load_settings


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Write NAME.words.json there; NAME is the file's name up to the first dot.",
)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="Where the models run.")
@click.option("--threads", type=click.IntRange(min=1), help="CPU threads for the models.")
def read(
    files: tuple[Path, ...],
    *,
    out: Path,
    device: Literal["cpu", "cuda"] | None,
    threads: int | None,
) -> None:
    """Read the words of pictures and PDFs into words files.

    If a file fails, or one of its pages, the others are still done and the exit code is 1.
    """
    from ocr.engine import open_engine
    from ocr.reader import DocumentReader, FailedPage

    settings = load_settings(device=device, n_threads=threads)
    sink = OutputFolder(out, files)
    reader = DocumentReader(open_engine(settings.ocr_options), settings.limits)

    def do(path: Path) -> None:
        name = sink.claim(path)
        pages = []
        for page in reader.open(read_bytes(path, settings.limits)).pages():
            if isinstance(page, FailedPage):
                raise page.error
            pages.append(page.page)
        sink.write(f"{name}.words.json", words_json(pages).encode())

    if do_each(files, do):
        raise SystemExit(1)
