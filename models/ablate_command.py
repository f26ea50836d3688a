"""`docspade ablate`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

import click
from pydantic import BaseModel, ConfigDict

from models.ablate import (
    REFERENCE,
    AblationConfig,
    constraint_outcomes,
    outcomes,
    read_ablation,
    run_folder,
    run_row,
    table,
)
from models.data import DataFolders
from models.train import RunOptions
from models.weights import minilm_folder

CONFIG = Path(__file__).parent / "configs" / "ablation.yaml"
TEXT = """# Ablations

Written by `docspade ablate --run RUN --start-from RELEASE/pretrained --out docs/ablation.md`
(`models/configs/ablation.yaml` holds every row). Each row changes one thing in a short run of
{n_steps} steps of {batch_tokens} tokens on FUNSD's and CORD-r's training documents; the figures are
F1 in percent on held-out ones, mean ± sample standard deviation over seeds. Runs this short show
tendencies, and what helps early need not help late. FUNSD's licence is non-commercial: nothing of
these runs is released.

## Training

{training}
## Decoding

The reference's scores, decoded with one constraint switched off (`docspade benchmark … --without
CONSTRAINT` does the same with a released model).

{decoding}"""

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    config: Path
    data: Path
    run: Path
    init: Path | None
    start_from: Path | None
    rows: tuple[str, ...]
    seeds: int | None
    out: Path | None
    device: Literal["cpu", "cuda"]
    threads: int


@click.command()
@click.argument(
    "config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=CONFIG,
    metavar="[ABLATION.yaml]",
)
@click.option("--data", type=_FOLDER, envvar="DOCSPADE_DATA", required=True, show_envvar=True,
              help="Folder with the data sets, each under its benchmark's name.")  # fmt: skip
@click.option("--run", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Folder of the runs; those that have ended are not run again.")  # fmt: skip
@click.option("--init", type=_FOLDER, help="Initial weights; MiniLM by default.")
@click.option("--start-from", type=_FOLDER, metavar="RUN/STAGE",
              help="The pretrained stage, for rows that start from one.")  # fmt: skip
@click.option("--row", "rows", multiple=True, help="Only this row; may be repeated.")
@click.option("--seeds", type=click.IntRange(min=1), help="Runs a row, instead of its own number.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="TABLE.md",
              help="Write the page there; it goes to standard output in any case.")  # fmt: skip
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
def ablate(**options: object) -> None:
    """Train short variants that change one thing each, and tabulate what comes out."""
    chosen = _Options.model_validate(options)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    ablation = read_ablation(chosen.config)
    folders = DataFolders(chosen.data)
    run_options = RunOptions(
        run_dir=chosen.run,
        init=chosen.init or minilm_folder(),
        start_from=chosen.start_from,
        device=chosen.device,
        n_threads=chosen.threads,
    )
    rows = [ablation.row(name) for name in chosen.rows] or list(ablation.rows)
    for row in rows:
        for seed in range(1, (chosen.seeds or row.seeds) + 1):
            run_row(ablation, row, seed, (folders, run_options))
    page = _page(ablation, chosen.run, folders)
    if chosen.out is not None:
        chosen.out.write_text(page, encoding="utf-8")
    click.echo(page)


def _page(ablation: AblationConfig, root: Path, folders: DataFolders) -> str:
    (stage,) = ablation.config.stages
    reference = run_folder(root, ablation.row(REFERENCE), 1)
    decoding = "the reference has not been run\n"
    if (reference / "model.safetensors").exists():
        found = list(constraint_outcomes(ablation, reference, folders))
        decoding = table(ablation.figures, found)
    return TEXT.format(
        n_steps=stage.schedule.n_steps,
        batch_tokens=f"{stage.schedule.batch_tokens:,}",
        training=table(ablation.figures, outcomes(ablation, root)),
        decoding=decoding,
    )
