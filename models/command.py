"""`docspade train` and `docspade export`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

import click
from pydantic import BaseModel, ConfigDict

from benchmarks.counts import Score
from benchmarks.report import make_report, report_console, show
from models.config import read_config
from models.data import DataFolders
from models.export import Parity
from models.release import cross_validate, export_release, train_release
from models.train import RunOptions
from models.weights import minilm_folder

CONFIGS = Path(__file__).parent / "configs"

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_NEW_FOLDER = click.Path(path_type=Path, file_okay=False)
_config = click.argument(
    "config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=CONFIGS / "documents.yaml",
    metavar="[CONFIG.yaml]",
)
_data = click.option(
    "--data",
    type=_FOLDER,
    envvar="DOCSPADE_DATA",
    required=True,
    show_envvar=True,
    help="Folder with the data sets, each under its benchmark's name.",
)
_ocr_words = click.option(
    "--ocr-words",
    type=_FOLDER,
    help="Folder with SROIE's pictures as words files, from `docspade read`.",
)
_run = click.option(
    "--run", type=_NEW_FOLDER, required=True, help="Folder of checkpoints, logs and weights."
)


class _TrainOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    config: Path
    data: Path
    ocr_words: Path | None
    run: Path
    init: Path | None
    start_from: Path | None
    device: Literal["cpu", "cuda"]
    threads: int
    folds: bool


@click.command()
@_config
@_data
@_ocr_words
@_run
@click.option(
    "--init",
    type=_FOLDER,
    help="Hugging Face folder of BERT, LayoutLM (v1) or BROS weights; MiniLM by default.",
)
@click.option(
    "--start-from",
    type=_FOLDER,
    metavar="RUN/STAGE|BUNDLE",
    help="Begin with the weights of a stage that has ended, or of a bundle such as the one that "
    "ships; its network must be of the same shape.",
)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
@click.option(
    "--folds",
    is_flag=True,
    help="Also train the last stage for the other folds and print CORD's cross-validation.",
)
def train(**options: object) -> None:
    """Train a release; a run that was broken off goes on where it stood."""
    chosen = _TrainOptions.model_validate(options)
    _log_to_stderr()
    config = read_config(chosen.config)
    folders = DataFolders(chosen.data, chosen.ocr_words)
    run_options = RunOptions(
        run_dir=chosen.run,
        init=chosen.init or minilm_folder(),
        start_from=chosen.start_from,
        device=chosen.device,
        n_threads=chosen.threads,
        fold=config.held_out_fold,
    )
    folder = train_release(config, folders, run_options)
    click.echo(f"trained: {folder}")
    if not chosen.folds:
        return
    folds = cross_validate(config, folders, run_options)
    setting = f"{config.n_folds}-fold cross-validation, gold words"
    for name, scores in (("cord", folds.cord), ("cord_r", folds.cord_r)):
        _show(name, setting, scores)


class _ExportOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    config: Path
    data: Path
    ocr_words: Path | None
    run: Path
    stage: str | None
    out: Path


@click.command()
@_config
@_data
@_ocr_words
@_run
@click.option("--stage", help="Which stage to export; the last one by default.")
@click.option("--out", type=_NEW_FOLDER, required=True, help="The bundle's folder.")
def export(**options: object) -> None:
    """Calibrate a trained release and write it as a bundle of ONNX files."""
    chosen = _ExportOptions.model_validate(options)
    _log_to_stderr()
    config = read_config(chosen.config)
    folders = DataFolders(chosen.data, chosen.ocr_words)
    stage = chosen.stage or config.stages[-1].name
    if stage not in {each.name for each in config.stages}:
        raise click.UsageError(f"--stage: {config.name} has no stage {stage!r}")
    folder = chosen.run / stage
    parities, scores, error = export_release(config, folder, folders, chosen.out)
    for precision, parity in parities.items():
        click.echo(_parity_line(precision, parity))
    for task, of_task in scores.items():
        _show(task, "torch, before export", of_task)
    click.echo(f"expected calibration error, cross-fitted by document group: {error:.3f}")
    click.echo(f"bundle: {chosen.out}")


def _show(task: str, setting: str, scores: tuple[Score, ...]) -> None:
    n_documents = len(scores[0].documents)
    report = make_report(task, "dev", setting, scores, [], n_documents=n_documents)
    show(report, report_console())


def _parity_line(precision: str, parity: Parity) -> str:
    return (
        f"{precision}: probabilities within {parity.max_difference:.4f} of torch's, "
        f"{100 * parity.agreement:.2f} % of the decisions equal"
    )


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
