"""`docspade reliability` and `docspade curves`: what a run is worth, in figures and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from models.calibrate import Judged
    from models.config import TrainConfig
    from models.data import DataFolders, Held
    from models.development import DevelopmentTask

DEFAULT_CONFIG = Path(__file__).parent / "configs" / "documents.yaml"
DIAGRAM = "reliability.svg"

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


class _ReliabilityOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    config: Path
    data: Path
    ocr_words: Path | None
    run: Path | None
    bundle: Path | None
    threads: int
    out: Path


@click.command()
@click.argument(
    "config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=DEFAULT_CONFIG,
    metavar="[CONFIG.yaml]",
)
@click.option(
    "--data",
    type=_FOLDER,
    envvar="DOCSPADE_DATA",
    required=True,
    show_envvar=True,
    help="Folder with sroie and cord.",
)
@click.option(
    "--ocr-words",
    type=_FOLDER,
    help="Folder with SROIE's pictures as words files, from `docspade read`; gold words without.",
)
@click.option(
    "--run", type=_FOLDER, help="A run: its last stage that held documents out is judged."
)
@click.option(
    "--bundle",
    type=_FOLDER,
    help="Judge a bundle's model, as it serves, instead of a run's; only one that never saw the "
    "held-out documents.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=f"Folder for {DIAGRAM}.",
)
def reliability(**options: object) -> None:
    """Say how far confidences can be relied on, on held-out documents.

    The confidences are those that users see (the model's, calibrated, times the recogniser's). They
    are calibrated, and the thresholds for accepting fields unseen are chosen, on documents of other
    shops than those that are measured.
    """
    chosen = _ReliabilityOptions.model_validate(options)
    if (chosen.run is None) == (chosen.bundle is None):
        raise click.UsageError("give either --run or --bundle")
    from benchmarks.report import report_console
    from models.config import read_config
    from models.data import DataFolders, Held
    from models.reliability import draw_reliability, measure_reliability, reliability_table

    config = read_config(chosen.config)
    folders = DataFolders(chosen.data, chosen.ocr_words)
    held = Held(config.held_out_fold, config.n_folds)
    judged = _judge(chosen, config, (folders, held))
    if not judged:
        raise click.ClickException("no field could be judged: the model found none")
    parts = measure_reliability(judged)
    report_console().print(reliability_table(parts))
    _write(chosen.out / DIAGRAM, draw_reliability(parts))


@click.command()
@click.argument("run", type=_FOLDER)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="CURVES.svg",
    help="The picture.",
)
@click.option(
    "--stage",
    "stages",
    multiple=True,
    help="Only this stage; may be given several times, in the wanted order.",
)
def curves(run: Path, out: Path, stages: tuple[str, ...]) -> None:
    """Draw a run's losses and development figures, all its stages one after the other."""
    from models.curves import draw_curves, read_run

    logs = read_run(run, stages)
    names = ", ".join(log.name for log in logs)
    _write(out, draw_curves(logs, title=f"{run.resolve().name}: {names}"))


def _judge(
    chosen: _ReliabilityOptions, config: TrainConfig, data: tuple[DataFolders, Held]
) -> list[Judged]:
    import torch

    from models.judging import JUDGED_TASKS, judge_fields
    from models.release import open_trained

    if chosen.bundle is not None:
        return _judge_bundle(chosen, config, data)
    torch.set_num_threads(chosen.threads)
    folder = (chosen.run or Path()) / config.judged_stage.name
    tasks = [name for name in config.judged_stage.evaluated if name in JUDGED_TASKS]
    scorer, development = open_trained(config, folder, tasks, data)
    return judge_fields(lambda task, name: task.decode(scorer, name), development)


def _judge_bundle(
    chosen: _ReliabilityOptions, config: TrainConfig, data: tuple[DataFolders, Held]
) -> list[Judged]:
    from tokenizers import Tokenizer

    from layout.bundle import Bundle
    from layout.decode import decode
    from layout.graph import FieldGraph
    from layout.schema import load_schema
    from layout.session import SpatialModel
    from layout.tokens import DocumentTokeniser
    from models.development import read_development
    from models.judging import JUDGED_TASKS, judge_fields

    model = SpatialModel.open(chosen.bundle, n_threads=chosen.threads)
    bundle = Bundle(chosen.bundle)
    tokenizer = Tokenizer.from_file(str(bundle.tokenizer_path()))
    form = (model.labels, DocumentTokeniser(tokenizer, bundle.description.box_form))

    def decoded(task: DevelopmentTask, schema_name: str) -> list[FieldGraph]:
        schema = load_schema(schema_name)
        return [decode(model.score(sample.pages), schema) for sample in task.samples]

    tasks = [name for name in config.judged_stage.evaluated if name in JUDGED_TASKS]
    return judge_fields(decoded, read_development(tasks, *data, form))


def _write(path: Path, svg: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg, encoding="utf-8")
    click.echo(f"written: {path}")
