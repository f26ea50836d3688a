"""Ablations: short runs that change one thing each, and the table made of them.

Every run lies in a folder of its own, RUN/ROW/seedN, and is not run twice: rows and seeds can be
added later, the table is drawn from all runs that have ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, stdev

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from layout.decode import decode
from layout.schema import load_schema
from models.config import StageConfig, TrainConfig
from models.data import DataFolders, Held
from models.development import figures
from models.release import open_trained
from models.train import RunOptions, train_stage
from ocr.errors import SetupError

REFERENCE = "reference"
PRETRAINED = "pretrained"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Form):
    """A column of the table: its head, and the figure's key in a run's log."""

    name: str
    key: str


class Row(_Form):
    """One thing that is changed.

    Attributes:
        name: of the row.
        about: what is changed, for people.
        seeds: how many runs; their seeds are 1, 2, …
        start: `pretrained` for the stage that the command is given; None for the initial weights.
        changes: values of the configuration by their dotted place.
        pretraining: changes of the short pretraining that the row starts with; None for none.
    """

    name: str
    about: str
    seeds: int = 1
    start: str | None = None
    changes: dict[str, JsonValue] = {}
    pretraining: dict[str, JsonValue] | None = None


class AblationConfig(_Form):
    """All rows, what they have in common, and the figures that are shown."""

    config: TrainConfig
    pretraining: StageConfig
    figures: tuple[Figure, ...]
    rows: tuple[Row, ...]
    constraints: tuple[str, ...] = ()

    def row(self, name: str) -> Row:
        """The row of a name.

        Raises:
            SetupError: there is none.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise SetupError(f"no row {name!r}; there are {', '.join(row.name for row in self.rows)}")


@dataclass(frozen=True)
class Outcome:
    """What came out of a row's runs: the figures of each, by their keys."""

    row: Row
    runs: tuple[Mapping[str, float], ...]

    def cell(self, key: str) -> str:
        """Mean and sample standard deviation of a figure, in percent."""
        values = [100 * run[key] for run in self.runs]
        spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
        return f"{mean(values):.1f}{spread}"


def read_ablation(path: Path) -> AblationConfig:
    """Read the rows.

    Raises:
        SetupError: the file is missing, or a key is unknown or has the wrong form.
    """
    try:
        return AblationConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SetupError(f"{path}: {error}") from error


def changed(config: TrainConfig, changes: Mapping[str, JsonValue], seed: int) -> TrainConfig:
    """A configuration with some values changed, and the seed of every stage.

    Raises:
        SetupError: a place does not exist, or a value does not fit there.
    """
    tree: dict[str, JsonValue] = config.model_dump(mode="json")
    for place, value in changes.items():
        _put(tree, place, value)
    try:
        config = TrainConfig.model_validate(tree)
    except ValidationError as error:
        raise SetupError(f"{', '.join(changes)}: {error}") from error
    stages = [_seeded(stage, seed) for stage in config.stages]
    return config.model_copy(update={"stages": tuple(stages)})


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


def _seeded(stage: StageConfig, seed: int) -> StageConfig:
    return stage.model_copy(update={"schedule": stage.schedule.model_copy(update={"seed": seed})})


def run_row(
    ablation: AblationConfig, row: Row, seed: int, data: tuple[DataFolders, RunOptions]
) -> Path:
    """Train one run of a row, after its own short pretraining where it has one.

    Args:
        ablation: that the row is of.
        row: what is changed.
        seed: of the run.
        data: where the data lies; options whose `run_dir` is the whole ablation's and whose
            `start_from` is the stage of layout pretraining.

    Returns:
        The run's folder.

    Raises:
        SetupError: the row starts from a pretrained stage and none was given.
    """
    folders, options = data
    config = changed(ablation.config, row.changes, seed)
    (stage,) = config.stages
    folder = run_folder(options.run_dir, row, seed)
    start = options.start_from if row.start == PRETRAINED else None
    if row.start == PRETRAINED and start is None:
        raise SetupError(f"row {row.name!r} starts from a pretrained stage: --start-from is needed")
    if row.pretraining is not None:
        tree = ablation.pretraining.model_dump(mode="json") | row.pretraining
        of_row = _seeded(StageConfig.model_validate(tree), seed)
        before = replace(options, run_dir=folder / "before", start_from=None)
        start = train_stage(config, of_row, folders, before)
    return train_stage(config, stage, folders, replace(options, run_dir=folder, start_from=start))


def run_folder(root: Path, row: Row, seed: int) -> Path:
    """Where a run lies."""
    return root / row.name.replace(" ", "-") / f"seed{seed}"


def outcomes(ablation: AblationConfig, root: Path) -> list[Outcome]:
    """The rows that have runs which have ended, in the configuration's order."""
    found = []
    for row in ablation.rows:
        folders = sorted((root / row.name.replace(" ", "-")).glob("seed*"))
        logs = [last_figures(f) for f in folders if (f / "model.safetensors").exists()]
        if logs:
            found.append(Outcome(row, tuple(logs)))
    return found


def last_figures(folder: Path) -> dict[str, float]:
    """The development figures that a run ended with."""
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    evaluations = [entry for entry in entries if "seconds" not in entry]
    if not evaluations:
        raise SetupError(f"{folder}: no development figures in its log")
    last: dict[str, float] = evaluations[-1]
    return last


def constraint_outcomes(
    ablation: AblationConfig, folder: Path, folders: DataFolders
) -> Iterator[Outcome]:
    """A run's development documents decoded without one constraint each; nothing is trained."""
    (stage,) = ablation.config.stages
    held = Held(0, ablation.config.n_folds)
    scorer, tasks = open_trained(ablation.config, folder, stage.evaluated, (folders, held))
    scores = {name: [scorer.score(e) for e in task.examples] for name, task in tasks.items()}
    for constraint in (None, *ablation.constraints):
        without = frozenset({constraint} if constraint else ())
        found = {}
        for name, task in tasks.items():
            schema = load_schema(task.task.document_type)
            graphs = [decode(s, schema, without=without) for s in scores[name]]
            found.update(figures({name: task.score(graphs)}))
        title = "all constraints" if constraint is None else f"without {constraint}"
        yield Outcome(Row(name=title, about="decoding alone"), (found,))


def table(figures_shown: Sequence[Figure], rows: Sequence[Outcome]) -> str:
    """A Markdown table in percent: mean ± sample standard deviation over seeds.

    Its last column is the first figure's difference to the first row.
    """
    heads = ["row", "what is changed", "seeds", *(f.name for f in figures_shown), "difference"]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    first = figures_shown[0].key
    base = mean(run[first] for run in rows[0].runs)
    for outcome in rows:
        difference = 100 * (mean(run[first] for run in outcome.runs) - base)
        cells = [outcome.row.name, outcome.row.about, str(len(outcome.runs))]
        cells += [outcome.cell(figure.key) for figure in figures_shown]
        cells.append("" if outcome is rows[0] else f"{difference:+.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
