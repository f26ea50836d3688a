"""`docspade train-recogniser`."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from models.recogniser.train import RecogniserSchedule, train_recogniser


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
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
def train_recogniser_command(*, run: Path, steps: int, threads: int) -> None:
    """Teach PP-OCR's recogniser Korean on rendered lines; goes on where it was broken off."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    path = train_recogniser(run, RecogniserSchedule(n_steps=steps), n_threads=threads)
    click.echo(f"trained: {path}")
