"""Ablations: short runs that change one thing each.

RUN/ROW/seedN/    a run, as `models.stored` has it; rows and seeds can be added later
  settings.json   what it was run with: a run with other settings needs another RUN
  before/         the row's own short pretraining, where it has one
  links.json      links between true entities, which training does not score
  decoding.json   for rows that others are compared with: decoded without one constraint each
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from layout.decode import REMOVABLE
from models.config import StageConfig, TrainConfig
from models.data import DataFolders, Held
from models.stored import WEIGHTS
from models.train import RunOptions, train_stage
from ocr.errors import SetupError

log = logging.getLogger(__name__)

Figures = Mapping[str, float]
"""What the development documents say of a run: shares in [0, 1] by task and metric."""


class Form(BaseModel):
    """What is read from files and written to them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Form):
    """A column of the table: its head, and the figure's key in a run's log."""

    name: str
    key: str


class Row(Form):
    """One thing that is changed.

    Attributes:
        name: of the row.
        about: what is changed, for people.
        seeds: how many runs; their seeds are 1, 2, …
        against: the row that it is compared with.
        start: `pretrained` for the stage that the command is given; None for the initial weights.
        changes: values of the configuration by their dotted place.
        pretraining: changes of the short pretraining that the row starts with; None for none.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_, ]*$")]
    about: str
    seeds: Annotated[int, Field(ge=1)] = 3
    against: str = "reference"
    start: Literal["pretrained"] | None = None
    changes: dict[str, JsonValue] = {}
    pretraining: dict[str, JsonValue] | None = None

    @property
    def folder_name(self) -> str:
        """The name as that of a folder."""
        return self.name.replace(",", "").replace(" ", "-")


class AblationConfig(Form):
    """All rows, what they have in common, and the figures that are shown."""

    config: TrainConfig
    pretraining: StageConfig
    figures: Annotated[tuple[Figure, ...], Field(min_length=1)]
    rows: tuple[Row, ...]
    constraints: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        folders = [row.folder_name for row in self.rows]
        missing = {row.against for row in self.rows} - {row.name for row in self.rows}
        if len(self.config.stages) != 1:
            raise ValueError("the runs have one stage")
        if len(set(folders)) < len(folders):
            raise ValueError("two rows have the same name")
        if missing:
            raise ValueError(f"rows to compare with are missing: {', '.join(sorted(missing))}")
        if unknown := set(self.constraints) - REMOVABLE:
            raise ValueError(f"no such constraints: {', '.join(sorted(unknown))}")
        if both := [row.name for row in self.rows if row.start and row.pretraining is not None]:
            raise ValueError(f"two starts, a stage and an own pretraining: {', '.join(both)}")
        return self

    @property
    def stage(self) -> StageConfig:
        """The one that is trained."""
        return self.config.stages[0]

    def row(self, name: str) -> Row:
        """The row of a name, or of a folder's name.

        Raises:
            SetupError: there is none.
        """
        for row in self.rows:
            if name in (row.name, row.folder_name):
                return row
        raise SetupError(f"no row {name!r}; there are: {'; '.join(row.name for row in self.rows)}")

    def blocks(self) -> list[tuple[Row, list[Row]]]:
        """Each row that others are compared with, and these others."""
        heads = dict.fromkeys(row.against for row in self.rows)
        return [
            (self.row(head), [row for row in self.rows if row.against == head != row.name])
            for head in heads
        ]

    def with_steps(self, n_steps: int) -> AblationConfig:
        """The same rows with runs of another length."""
        config = changed(self.config, {"stages.0.schedule.n_steps": n_steps})
        return self.model_copy(update={"config": config})


class RunSettings(Form):
    """What a run was made with; runs of one table may differ in their rows' changes alone."""

    config: TrainConfig
    pretraining: StageConfig | None
    init_sha256: str
    start_sha256: str | None


@dataclass(frozen=True)
class Run:
    """A run that is to be, or has been."""

    row: Row
    seed: int
    folder: Path
    config: TrainConfig
    pretraining: StageConfig | None

    @property
    def is_ended(self) -> bool:
        """Whether its weights are there, which are written last."""
        return (self.folder / WEIGHTS).exists()

    def read_settings(self) -> RunSettings | None:
        """What the run in the folder was made with; None where that is not noted."""
        path = self.folder / "settings.json"
        if not path.exists():
            return None
        try:
            return RunSettings.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            raise SetupError(f"{path}: {error}") from error


@dataclass(frozen=True)
class Outcome:
    """What came out of a row's runs: the figures of each, in the order of the seeds."""

    row: Row
    seeds: tuple[int, ...]
    n_steps: tuple[int, ...]
    runs: tuple[Figures, ...]


def read_ablation(path: Path) -> AblationConfig:
    """Read the rows.

    Raises:
        SetupError: the file is missing, or a key is unknown or has the wrong form.
    """
    try:
        return AblationConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SetupError(f"{path}: {error}") from error


Config = TypeVar("Config", TrainConfig, StageConfig)


def changed(config: Config, changes: Mapping[str, JsonValue]) -> Config:
    """A configuration with the values at some dotted places changed.

    Raises:
        SetupError: a place does not exist, or a value does not fit there.
    """
    tree: dict[str, JsonValue] = config.model_dump(mode="json")
    for place, value in changes.items():
        _put(tree, place, value)
    try:
        return type(config).model_validate(tree)
    except ValidationError as error:
        raise SetupError(f"{', '.join(changes)}: {error}") from error


def _put(tree: dict[str, JsonValue], place: str, value: JsonValue) -> None:
    *above, last = place.split(".")
    node: JsonValue = tree
    for name in above:
        node = _below(node, name, place)
    if not isinstance(node, dict) or last not in node:
        raise SetupError(f"no such place in the configuration: {place}")
    node[last] = value


def _below(node: JsonValue, name: str, place: str) -> JsonValue:
    if isinstance(node, dict) and name in node:
        return node[name]
    if isinstance(node, list) and name.isdigit() and int(name) < len(node):
        return node[int(name)]
    raise SetupError(f"no such place in the configuration: {place}")


def plan_run(ablation: AblationConfig, row: Row, seed: int, root: Path) -> Run:
    """One run of a row.

    Raises:
        SetupError: the row changes what is not there.
    """
    config = changed(ablation.config, row.changes)
    pretraining = None
    if row.pretraining is not None:
        pretraining = changed(ablation.pretraining, row.pretraining)
        pretraining = changed(pretraining, {"schedule.seed": seed})
    return Run(
        row=row,
        seed=seed,
        folder=root / row.folder_name / f"seed{seed}",
        config=changed(config, {"stages.0.schedule.seed": seed}),
        pretraining=pretraining,
    )


def train_rows(
    ablation: AblationConfig,
    rows: Sequence[Row],
    data: tuple[DataFolders, RunOptions],
    *,
    n_seeds: int | None = None,
) -> None:
    """Train what is not there yet of some rows.

    Args:
        ablation: that the rows are of.
        rows: to train.
        data: where the data lies; options whose `run_dir` is the whole ablation's and whose
            `start_from` is the stage of layout pretraining.
        n_seeds: runs a row, in place of its own number.

    Raises:
        SetupError: before anything is trained: a run was begun with other settings, the runs of
            other rows started from other weights, or a row needs a pretrained stage and none was
            given.
    """
    folders, options = data
    wanted = [(row, seed) for row in rows for seed in range(1, (n_seeds or row.seeds) + 1)]
    runs = [plan_run(ablation, row, seed, options.run_dir) for row, seed in wanted]
    settings = [_settings(run, options) for run in runs]
    _check_weights(ablation, settings, options.run_dir)
    for run, of_run in zip(runs, settings, strict=True):
        if not run.is_ended:
            run.folder.mkdir(parents=True, exist_ok=True)
            write_text(run.folder / "settings.json", of_run.model_dump_json(indent=1))
            _train(run, folders, replace(options, fold=held_out(run.config).fold))


def held_out(config: TrainConfig) -> Held:
    """What training does not see: without CORD's receipts among its sources, all of them."""
    fold = config.held_out_fold if config.stages[0].sees_cord else None
    return Held(fold, config.n_folds)


def _settings(run: Run, options: RunOptions) -> RunSettings:
    """What a run is to be made with, after comparing it with what it was made with."""
    found = run.read_settings()
    is_begun = any(run.folder.rglob("log.jsonl"))
    if is_begun and found is None:
        raise SetupError(f"{run.folder}: nobody noted its settings: choose another --run")
    start = None
    if run.row.start is not None:
        if options.start_from is not None:
            start = _digest(options.start_from / WEIGHTS)
        elif run.is_ended and found is not None:
            start = found.start_sha256
        else:
            raise SetupError(f"row {run.row.name!r} needs a pretrained stage: --start-from")
    wanted = RunSettings(
        config=run.config,
        pretraining=run.pretraining,
        init_sha256=_digest(options.init / WEIGHTS),
        start_sha256=start,
    )
    if is_begun and found is not None and found != wanted:
        other = [name for name, value in found if value != getattr(wanted, name)]
        message = f"was run with other settings ({', '.join(other)}): choose another --run"
        raise SetupError(f"{run.folder} {message}")
    return wanted


def _check_weights(ablation: AblationConfig, wanted: Sequence[RunSettings], root: Path) -> None:
    """One table, one set of weights to start from."""
    known = [
        run.read_settings() for row in ablation.rows for run in ended_runs(ablation, row, root)
    ]
    of_all = [*wanted, *(settings for settings in known if settings is not None)]
    starts = {settings.start_sha256 for settings in of_all} - {None}
    if len(starts) > 1 or len({settings.init_sha256 for settings in of_all}) > 1:
        raise SetupError(f"runs in {root} started from other weights: choose another --run")


@cache
def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SetupError(f"no weights to start from: {error}") from error


def _train(run: Run, folders: DataFolders, options: RunOptions) -> None:
    log.info("row %s, seed %d", run.row.name, run.seed)
    start = options.start_from if run.row.start is not None else None
    if run.pretraining is not None:
        before = replace(options, run_dir=run.folder / "before", start_from=None)
        start = train_stage(run.config, run.pretraining, folders, before)
    of_run = replace(options, run_dir=run.folder, start_from=start)
    train_stage(run.config, run.config.stages[0], folders, of_run)


def write_text(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def outcome_of(ablation: AblationConfig, row: Row, root: Path) -> Outcome | None:
    """What came out of the runs of a row that have ended; None where none has.

    Runs with other settings than the row's are left out, with a warning.
    """
    runs = ended_runs(ablation, row, root)
    if not runs:
        return None
    stages = [runs[0].pretraining, *runs[0].config.stages]
    return Outcome(
        row=row,
        seeds=tuple(run.seed for run in runs),
        n_steps=tuple(stage.schedule.n_steps for stage in stages if stage is not None),
        runs=tuple(last_figures(run) for run in runs),
    )


def ended_runs(ablation: AblationConfig, row: Row, root: Path) -> list[Run]:
    """A row's runs that have ended and were made with its settings, in the order of seeds."""
    folders = (root / row.folder_name).glob("seed*")
    numbers = sorted(int(f.name[4:]) for f in folders if f.name[4:].isdigit())
    found = []
    for run in (plan_run(ablation, row, number, root) for number in numbers):
        settings = run.read_settings()
        if settings is None or not run.is_ended:
            continue
        if (settings.config, settings.pretraining) == (run.config, run.pretraining):
            found.append(run)
        else:
            log.warning("%s was run with other settings and is left out", run.folder)
    return found


def last_figures(run: Run) -> Figures:
    """The development figures that a run ended with."""
    lines = (run.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    evaluations = [entry for entry in map(json.loads, lines) if "seconds" not in entry]
    if not evaluations or evaluations[-1]["step"] != run.config.stages[0].schedule.n_steps:
        raise SetupError(f"{run.folder}: no figures of the last step in its log")
    last: dict[str, float] = evaluations[-1]
    return last
