"""A release from its configuration: all stages, cross-validation, calibration, the bundle."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer

from benchmarks.counts import Score
from benchmarks.registry import load_task
from benchmarks.tasks import Sample, score_graphs
from layout.bundle import Precision
from layout.graph import FieldGraph
from layout.tokens import DocumentTokeniser
from models.batches import draw_sample
from models.calibrate import (
    all_held,
    cross_fit,
    expected_calibration_error,
    fit_calibration,
)
from models.config import StageConfig, TrainConfig
from models.data import DataFolders, Held
from models.development import (
    Development,
    read_development,
    score_development,
)
from models.evaluate import Scorer
from models.export import Parity, export_bundle
from models.judging import judge_fields
from models.pools import read_pool
from models.special_ids import special_ids
from models.stored import TOKENIZER, average_stages, is_stage, open_stage
from models.train import RunOptions, labels_of, train_stage
from ocr.errors import SetupError

log = logging.getLogger(__name__)

N_PARITY_SAMPLES = 24
_FOLDED = ("cord", "cord_r")


@dataclass(frozen=True)
class Folds:
    """Cross-validation over CORD's development receipts: scores pooled over all folds."""

    cord: tuple[Score, ...]
    cord_r: tuple[Score, ...]


def train_release(config: TrainConfig, folders: DataFolders, options: RunOptions) -> Path:
    """Run all stages, one after the other, each in its own folder below the run's.

    Returns:
        The last stage's folder.
    """
    for stage in config.stages:
        _train(config, stage, folders, _options(config, options, stage))
    return options.run_dir / config.stages[-1].name


def _train(
    config: TrainConfig, stage: StageConfig, folders: DataFolders, options: RunOptions
) -> Path:
    """Train a stage, several times with other seeds where it says so, and average the weights.

    Sources: model soups (Wortsman et al., ICML 2022), all of whose runs start alike, and the blend
    with the weights that training began with (Wortsman et al., CVPR 2022).
    """
    if (stage.n_runs == 1 and stage.blend == 1.0) or is_stage(options.run_dir):
        return train_stage(config, stage, folders, options)
    if stage.blend < 1.0 and options.start_from is None:
        raise SetupError(f"stage {stage.name!r} is blended with what it starts from: --start-from")
    runs = []
    for number in range(stage.n_runs):
        schedule = stage.schedule.model_copy(update={"seed": stage.schedule.seed + number})
        seeded = stage.model_copy(update={"schedule": schedule})
        of_run = replace(options, run_dir=options.run_dir / f"run{number}")
        runs.append(train_stage(config, seeded, folders, of_run))
    average_stages(runs, options.run_dir, start=options.start_from, blend=stage.blend)
    return options.run_dir


def cross_validate(config: TrainConfig, folders: DataFolders, options: RunOptions) -> Folds:
    """Train the stage with CORD's receipts once a fold, each time with other receipts held out.

    The stages before it do not see these receipts and are run once. The release's own fold serves
    too, so a release and its cross-validation cost as many runs as there are folds.
    """
    stage = config.folded_stage
    for earlier in config.stages[: config.stages.index(stage)]:
        _train(config, earlier, folders, _options(config, options, earlier))
    samples: dict[str, list[Sample]] = {name: [] for name in _FOLDED}
    graphs: dict[str, list[FieldGraph]] = {name: [] for name in _FOLDED}
    for fold in range(config.n_folds):
        of_fold = replace(_options(config, options, stage), fold=fold)
        if fold != config.held_out_fold:
            of_fold = replace(of_fold, run_dir=options.run_dir / f"{stage.name}-fold{fold}")
        folder = _train(config, stage, folders, of_fold)
        held = Held(fold, config.n_folds)
        scorer, development = open_trained(config, folder, _FOLDED, (folders, held))
        for name, task in development.items():
            samples[name] += task.samples
            graphs[name] += task.decode(scorer)
    return Folds(
        **{name: score_graphs(load_task(name), samples[name], graphs[name]) for name in _FOLDED}
    )


def open_trained(
    config: TrainConfig, folder: Path, tasks: Sequence[str], data: tuple[DataFolders, Held]
) -> tuple[Scorer, Development]:
    """A trained stage's model, ready to score, and the documents of some tasks it has not seen."""
    tokenizer = _tokenizer(folder)
    model, labels = open_stage(folder, labels_of(config))
    scorer = Scorer(model, labels, special_ids(tokenizer), config.max_tokens)
    form = (labels, DocumentTokeniser(tokenizer, model.config.box_form))
    return scorer, read_development(tasks, *data, form)


def _tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / TOKENIZER))


def export_release(
    config: TrainConfig, folder: Path, folders: DataFolders, out: Path
) -> tuple[dict[Precision, Parity], dict[str, tuple[Score, ...]], float]:
    """Calibrate on held-out documents, export, and compare with torch.

    Args:
        config: of the release.
        folder: of its last stage.
        folders: where the data lies.
        out: the bundle's folder.

    Returns:
        The parities, the development scores of the torch model, and the expected calibration
        error, each document's fields calibrated by documents of other groups.
    """
    held = Held(config.held_out_fold, config.n_folds)
    stage = config.judged_stage
    judged_folder = folder.with_name(stage.name)
    scorer, development = open_trained(config, judged_folder, stage.evaluated, (folders, held))
    judged = judge_fields(lambda task, name: task.decode(scorer, name), development)
    if not judged:
        log.warning("no calibration: no field of %s could be judged", ", ".join(development))
    calibration = fit_calibration(judged)
    examples = [example for task in development.values() for example in task.examples]
    if not examples:  # nothing is held out: what is compared need not be unseen
        form = (scorer.labels, DocumentTokeniser(_tokenizer(folder), scorer.model.config.box_form))
        _, examples = read_pool(stage.sources[0], (folders, held), form, config)
    stride = max(len(examples) // N_PARITY_SAMPLES, 1)
    samples = [
        draw_sample(example, max_tokens=scorer.max_tokens, special=scorer.special)
        for example in examples[::stride]
    ]
    parities = export_bundle(
        config, folder, out, samples=samples, calibration=calibration, licence=config.licence
    )
    error = expected_calibration_error(all_held(cross_fit(judged)))
    return parities, score_development(scorer, development), error


def _options(config: TrainConfig, options: RunOptions, stage: StageConfig) -> RunOptions:
    """A stage's own options: with no CORD receipts among its sources, all are held out."""
    before = config.stage_before(stage)
    return replace(
        options,
        run_dir=options.run_dir / stage.name,
        start_from=options.start_from if before is None else options.run_dir / before,
        fold=options.fold if stage.sees_cord else None,
    )
