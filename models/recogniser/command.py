"""`docspade train-recogniser`."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import click

from models.recogniser.train import RecogniserSchedule, train_recogniser
from ocr.checksums import checksum_path, sha256_of


@click.command("train-recogniser")
@click.option(
    "--run",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of checkpoint, log and the finished model.onnx.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=RecogniserSchedule.n_steps,
    show_default=True,
    help="Of the whole schedule.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write model.onnx and its sha256 there, as it is released.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
def train_recogniser_command(*, run: Path, steps: int, out: Path | None, threads: int) -> None:
    """Teach PP-OCR's recogniser Korean on rendered lines; goes on where it was broken off."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    path = train_recogniser(run, RecogniserSchedule(n_steps=steps), n_threads=threads)
    click.echo(f"trained: {path}")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        released = out / path.name
        shutil.copyfile(path, released)
        checksum_path(released).write_text(f"{sha256_of(released)}  {released.name}\n")
        click.echo(f"released: {released}")
