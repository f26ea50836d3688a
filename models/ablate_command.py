"""`docspade ablate`: the command and the page that it writes."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev
from textwrap import fill
from typing import Literal

import click
from pydantic import BaseModel, ConfigDict

from benchmarks.counts import Score
from benchmarks.links import links_of
from benchmarks.registry import load_task
from benchmarks.tasks import LinkedTask, score_answers
from layout.decode import decode
from layout.graph import GraphScores
from layout.linking import link_entities
from layout.schema import load_schema
from models.ablate import (
    AblationConfig,
    Figure,
    Figures,
    Form,
    Outcome,
    Row,
    Run,
    ended_runs,
    held_out,
    outcome_of,
    read_ablation,
    train_rows,
    write_text,
)
from models.config import StageConfig
from models.data import DataFolders
from models.development import TASKS, DevelopmentTask, figures
from models.release import open_trained
from models.train import RunOptions
from models.weights import minilm_folder

CONFIG = Path(__file__).parent / "configs" / "ablation.yaml"
TEXT = """# Ablations

{intro}

## Training

Steps are those of the row's own pretraining, where it has one, and of the training after it.

{training}
## Decoding

The same runs' scores, decoded without one of the constraints (`docspade benchmark … --without
CONSTRAINT` does it with a released model).

{decoding}"""
INTRO = """Written by `{command}` from the runs that had ended
(`models/configs/ablation.yaml` holds the shipped rows). Each row changes one thing in a short run:
{n_steps} steps of {batch_tokens} tokens on the training documents of {sources}. The figures are F1
in percent on held-out documents of the training splits, mean ± sample standard deviation over seeds
(how many, the table says), in brackets the difference to the table's first row. Runs this short
show tendencies: what helps early need not help late, and a difference within the spread of the
seeds is none. FUNSD's licence allows research and education only: these runs are for measuring,
nothing of them is released."""
PAGE_WIDTH = 120
NO_RUNS = "No run has ended.\n"
ALL_CONSTRAINTS = "all constraints"


class Summary(Form):
    """A figure over a row's runs, all of it shares in [0, 1].

    Attributes:
        values: of the runs, in the order of their seeds.
        mean: of the values.
        deviation: their sample standard deviation; None for one run.
        difference: of the mean to that of the row compared with; None where that has not been run.
    """

    values: tuple[float, ...]
    mean: float
    deviation: float | None
    difference: float | None


class RowSummary(Form):
    """A row of the table; `figures` by their keys, without those that a run lacks."""

    name: str
    about: str
    n_steps: tuple[int, ...]
    seeds: tuple[int, ...]
    figures: Mapping[str, Summary]


class Block(Form):
    """A row that others are compared with, and these others; `is_whole` where it has been run."""

    against: str
    is_whole: bool
    rows: tuple[RowSummary, ...]


class Report(Form):
    """All that was found, for `--report`."""

    command: str
    training: tuple[Block, ...]
    decoding: tuple[Block, ...]


_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    config: Path
    data: Path
    run: Path
    init: Path | None
    start_from: Path | None
    rows: tuple[str, ...]
    seeds: int | None
    steps: int | None
    out: Path | None
    report: Path | None
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
@click.option("--rows", "--row", "rows", multiple=True, metavar="NAME",
              help="Run this row alone; may be repeated. The table has all runs.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(min=1), help="Runs a row, instead of its own number.")
@click.option("--steps", type=click.IntRange(min=1),
              help="Steps a run; runs of another length need another --run.")  # fmt: skip
@click.option("--out", type=_NEW_FILE, metavar="TABLE.md",
              help="Write the page there; it goes to standard output in any case.")  # fmt: skip
@click.option("--report", type=_NEW_FILE, metavar="OUT.json", help="Every figure of every run.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
def ablate(**options: object) -> None:
    """Train short variants that change one thing each, and tabulate what comes out."""
    chosen = _Options.model_validate(options)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    ablation = read_ablation(chosen.config)
    if chosen.steps is not None:
        ablation = ablation.with_steps(chosen.steps)
    folders = DataFolders(chosen.data)
    run_options = RunOptions(
        run_dir=chosen.run,
        init=chosen.init or minilm_folder(),
        start_from=chosen.start_from,
        device=chosen.device,
        n_threads=chosen.threads,
    )
    rows = [ablation.row(name) for name in chosen.rows] or list(ablation.rows)
    train_rows(ablation, rows, (folders, run_options), n_seeds=chosen.seeds)
    report = make_report(ablation, chosen.run, folders, command=_command(chosen))
    page = draw_page(ablation, report)
    if chosen.out is not None:
        write_text(chosen.out, page)
    if chosen.report is not None:
        write_text(chosen.report, report.model_dump_json(indent=1) + "\n")
    click.echo(page)


def _command(chosen: _Options) -> str:
    """The command of the last call without its folders and rows, which draws the same page."""
    is_shipped = chosen.config.resolve() == CONFIG.resolve()
    parts = ["docspade ablate", *([] if is_shipped else [chosen.config.name])]
    parts.append("--run RUN --start-from RELEASE/pretrained")
    for name, number in (("steps", chosen.steps), ("seeds", chosen.seeds)):
        parts += [f"--{name} {number}"] if number is not None else []
    return " ".join([*parts, "--out docs/ablation.md"])


def make_report(
    ablation: AblationConfig, root: Path, folders: DataFolders, *, command: str
) -> Report:
    """Everything found in the folder of the runs, and their documents decoded once more."""
    training, decoding = [], []
    where = (root, folders)
    for head, others in ablation.blocks():
        found = [_outcome(ablation, row, where) for row in (head, *others)]
        ended = [outcome for outcome in found if outcome is not None]
        if ended:
            training.append(summarise(ablation.figures, head.name, ended))
        of_head = _decoding(ablation, head, where)
        if of_head:
            decoding.append(summarise(ablation.figures, ALL_CONSTRAINTS, of_head))
    return Report(command=command, training=tuple(training), decoding=tuple(decoding))


def _outcome(ablation: AblationConfig, row: Row, where: tuple[Path, DataFolders]) -> Outcome | None:
    """What came out of a row's runs, with the links between true entities."""
    root, folders = where
    outcome = outcome_of(ablation, row, root)
    if outcome is None:
        return None
    linked = [n for n in ablation.stage.evaluated if isinstance(load_task(TASKS[n]), LinkedTask)]
    links = [
        _kept(run.folder / "links.json", (ALL_CONSTRAINTS,), run, (folders, linked))
        for run in ended_runs(ablation, row, root)
    ]
    both = zip(outcome.runs, links, strict=True)
    return replace(outcome, runs=tuple({**run, **of_run[ALL_CONSTRAINTS]} for run, of_run in both))


def _decoding(ablation: AblationConfig, row: Row, where: tuple[Path, DataFolders]) -> list[Outcome]:
    """A row's runs decoded with all constraints and without one each; nothing is trained."""
    root, folders = where
    runs = ended_runs(ablation, row, root)
    names = (ALL_CONSTRAINTS, *ablation.constraints)
    tasks = ablation.stage.evaluated
    found = [_kept(run.folder / "decoding.json", names, run, (folders, tasks)) for run in runs]
    seeds = tuple(run.seed for run in runs)
    rows = [Row(name=_title(name), about=f"{row.name}, decoding alone") for name in names]
    return [
        Outcome(of_name, seeds, (), tuple(of_run[name] for of_run in found))
        for name, of_name in zip(names, rows, strict=True)
        if runs
    ]


def _title(constraint: str) -> str:
    return constraint if constraint == ALL_CONSTRAINTS else f"without {constraint}"


def _kept(
    path: Path,
    constraints: Sequence[str],
    run: Run,
    what: tuple[DataFolders, Sequence[str]],
) -> dict[str, Figures]:
    """What a file keeps of a run's decoding; it is written where it lacks a constraint."""
    known: dict[str, Figures] = {}
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
    if not known.keys() >= set(constraints):
        known = decoded(run, constraints, *what)
        write_text(path, json.dumps(known))
    return known


def decoded(
    run: Run, constraints: Sequence[str], folders: DataFolders, tasks: Sequence[str]
) -> dict[str, Figures]:
    """Figures of an ended run's documents, links between true entities among them.

    Args:
        run: whose model is opened.
        constraints: those that are left out, one after the other; `ALL_CONSTRAINTS` for none.
        folders: where the data lies.
        tasks: to decode.
    """
    data = (folders, held_out(run.config))
    scorer, development = open_trained(run.config, run.folder, tasks, data)
    scores = {name: [scorer.score(e) for e in task.examples] for name, task in development.items()}
    found: dict[str, Figures] = {}
    for constraint in constraints:
        without = frozenset({constraint} - {ALL_CONSTRAINTS})
        of_all: dict[str, float] = {}
        for name, task in development.items():
            of_all |= figures({name: _scored(task, scores[name], without)})
        found[constraint] = of_all
    return found


def _scored(
    task: DevelopmentTask, scores: Sequence[GraphScores], without: frozenset[str]
) -> tuple[Score, ...]:
    schema = load_schema(task.task.document_type)
    found = task.score([decode(of_one, schema, without=without) for of_one in scores])
    if not isinstance(task.task, LinkedTask):
        return found
    answers = []
    for sample, of_one in zip(task.samples, scores, strict=True):
        entities = link_entities(of_one, task.task.gold_entities(sample), schema, without=without)
        answers.append(task.task.answer_of_links(sample, links_of(entities)))
    return found + score_answers(task.task.metrics_gold_entities, task.samples, answers)


def summarise(figures: Sequence[Figure], against: str, found: Sequence[Outcome]) -> Block:
    """Means, sample standard deviations and differences of rows with runs.

    Args:
        figures: that are looked at.
        against: name of the row that the others are compared with; it need not have been run.
        found: at least one row, each with at least one run.
    """
    heads = [outcome for outcome in found if outcome.row.name == against]
    rows = [
        RowSummary(
            name=outcome.row.name,
            about=outcome.row.about,
            n_steps=outcome.n_steps,
            seeds=outcome.seeds,
            figures={
                figure.key: _summary(outcome, figure.key, heads)
                for figure in figures
                if all(figure.key in run for run in outcome.runs)
            },
        )
        for outcome in found
    ]
    return Block(against=against, is_whole=bool(heads), rows=tuple(rows))


def _summary(outcome: Outcome, key: str, heads: Sequence[Outcome]) -> Summary:
    values = [run[key] for run in outcome.runs]
    bases = [run[key] for head in heads for run in head.runs if key in run]
    is_head = outcome in heads
    return Summary(
        values=tuple(values),
        mean=mean(values),
        deviation=stdev(values) if len(values) > 1 else None,
        difference=mean(values) - mean(bases) if bases and not is_head else None,
    )


def draw_page(ablation: AblationConfig, report: Report) -> str:
    """The page in Markdown."""
    stage = ablation.stage
    intro = INTRO.format(
        command=report.command,
        n_steps=stage.schedule.n_steps,
        batch_tokens=f"{stage.schedule.batch_tokens:,}",
        sources=_sources(stage),
    )
    return TEXT.format(
        intro=fill(intro, PAGE_WIDTH, break_on_hyphens=False, break_long_words=False),
        training=_tables(ablation.figures, report.training),
        decoding=_tables(ablation.figures, report.decoding),
    )


def _sources(stage: StageConfig) -> str:
    """The data sets, and how much of each an epoch sees."""
    return ", ".join(f"`{s.name}` ({s.weight:g} times an epoch)" for s in stage.sources)


def _tables(figures: Sequence[Figure], blocks: Sequence[Block]) -> str:
    return "\n".join(draw_table(figures, block) for block in blocks) or NO_RUNS


def draw_table(figures: Sequence[Figure], block: Block) -> str:
    """A Markdown table in percent: mean ± sample standard deviation (difference)."""
    has_steps = any(row.n_steps for row in block.rows)
    heads = ["row", "what is changed", *(["steps"] if has_steps else []), "seeds"]
    heads += [figure.name for figure in figures]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in block.rows:
        cells = [row.name, row.about, *([" + ".join(map(str, row.n_steps))] if has_steps else [])]
        cells.append(str(len(row.seeds)))
        cells += [_cell(row.figures.get(figure.key)) for figure in figures]
        lines.append(f"| {' | '.join(cells)} |")
    if not block.is_whole:
        lines += ["", f"Without differences: the row `{block.against}` has not been run."]
    return "\n".join(lines) + "\n"


def _cell(summary: Summary | None) -> str:
    if summary is None:
        return ""
    parts = [f"{100 * summary.mean:.1f}"]
    if summary.deviation is not None:
        parts.append(f"± {100 * summary.deviation:.1f}")
    if summary.difference is not None:
        parts.append(f"({100 * summary.difference:+.1f})")
    return " ".join(parts)
