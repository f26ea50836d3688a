"""`docspade train-recogniser`."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Literal

import click

from models.recogniser.train import Recipe, train_recogniser
from ocr.checksums import checksum_path, sha256_of


@click.command("train-recogniser")
@click.argument("recipe", type=click.Choice(["korean", "latin"]))
@click.option(
    "--run",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of checkpoint, log and the finished model.onnx.",
)
@click.option(
    "--data-sets",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="DOCSPADE_DATA",
    show_envvar=True,
    metavar="DIR",
    help="Folder with all data sets; latin learns from its sroie.",
)
@click.option(
    "--start-from",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="MODEL.onnx",
    help="Of korean: train this recogniser on, such as the released one, not PP-OCR's own.",
)
@click.option(
    "--steps", type=click.IntRange(min=1), help="Of the whole schedule, in place of the recipe's."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write model.onnx and its sha256 there, as it is released.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
def train_recogniser_command(
    *,
    recipe: Literal["korean", "latin"],
    run: Path,
    data_sets: Path | None,
    start_from: Path | None,
    steps: int | None,
    out: Path | None,
    threads: int,
) -> None:
    """Train PP-OCR's recogniser on; goes on where it was broken off.

    korean: Hangul, on rendered lines. latin: the spaces, marks and letters of receipts, on SROIE's
    lines, without forgetting other scripts.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    chosen = _recipe(recipe, run, data_sets, start_from).with_steps(steps)
    path = train_recogniser(run, chosen, n_threads=threads)
    click.echo(f"trained: {path}")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        released = out / path.name
        shutil.copyfile(path, released)
        checksum_path(released).write_text(f"{sha256_of(released)}  {released.name}\n")
        click.echo(f"released: {released}")


def _recipe(
    name: Literal["korean", "latin"], run: Path, data_sets: Path | None, start: Path | None
) -> Recipe:
    from models.recogniser import recipes

    if name == "korean":
        return recipes.korean(start)
    if start is not None:
        raise click.UsageError("--start-from goes with korean; latin starts from PP-OCR's own")
    if data_sets is None:
        raise click.UsageError("latin needs --data-sets or the environment variable DOCSPADE_DATA")
    return recipes.latin(data_sets / "sroie", run)
