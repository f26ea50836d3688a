"""Trains one stage of a release from its configuration: resumable, logged, seeded."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from corpora.document import LabelledDocument
from layout.schema import load_schema
from layout.tokens import DocumentTokeniser
from models.batches import (
    Inputs,
    SpecialIds,
    collate_inputs,
    collate_targets,
    draw_window,
    group_by_length,
)
from models.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from models.config import ScheduleConfig, StageConfig, TrainConfig
from models.data import DataFolders, Held, development_documents, training_documents
from models.evaluate import DevelopmentExamples, Scorer, figures, score_development
from models.examples import Example, make_example
from models.losses import Losses, TargetBatch, compute_losses
from models.network import SpatialModel
from models.weights import load_pretrained, read_network_config
from ocr.errors import SetupError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunOptions:
    """Where and on what a run happens.

    Attributes:
        run_dir: for checkpoint, log and final weights.
        init: Hugging Face folder of the initial weights.
        start_from: final weights of an earlier run with the same labels, instead of `init`'s.
        device: "cpu" or "cuda".
        n_threads: of torch on the CPU.
        fold: of CORD's development receipts that is held out; None holds out all.
    """

    run_dir: Path
    init: Path
    start_from: Path | None = None
    device: str = "cpu"
    n_threads: int = 2
    fold: int | None = 0


@dataclass
class _Run:
    """What changes while training goes on."""

    model: SpatialModel
    optimiser: torch.optim.AdamW
    step: int = 0


def labels_of(config: TrainConfig) -> tuple[str, ...]:
    """The model's labels: the leaves of all its schemas, in order."""
    return tuple(label for name in config.schemas for label in load_schema(name).labels)


def train_stage(
    config: TrainConfig, stage: StageConfig, folders: DataFolders, options: RunOptions
) -> Path:
    """Train to the end of the schedule, going on from the run's checkpoint where there is one.

    A stage that has ended is not run again.

    Returns:
        The final weights (safetensors), written beside `config.json` and `tokenizer.json`.
    """
    finished = options.run_dir / "model.safetensors"
    if finished.exists():
        log.info("%s is there already", finished)
        return finished
    torch.manual_seed(stage.schedule.seed)
    torch.set_num_threads(options.n_threads)
    options.run_dir.mkdir(parents=True, exist_ok=True)
    labels = labels_of(config)
    tokenizer = Tokenizer.from_file(str(options.init / "tokenizer.json"))
    special = special_ids(tokenizer)
    tokeniser = DocumentTokeniser(tokenizer)
    held = Held(options.fold, config.n_folds)
    pools = _read_pools(stage, folders, held, (labels, tokeniser))
    development = read_development(folders, held, (labels, tokeniser))
    run = _start(config, stage.schedule, options, len(labels))
    scorer = Scorer(run.model, labels, special, config.max_tokens, options.device)
    batches = _batches((config, stage.schedule), pools, special, first_step=run.step)
    _loop(run, stage.schedule, options, (batches, scorer, development))
    return _finish(run, options, tokenizer)


def special_ids(tokenizer: Tokenizer) -> SpecialIds:
    """Vocabulary ids of BERT's special tokens.

    Raises:
        SetupError: the tokenizer is not BERT's.
    """
    ids = [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[MASK]")]
    if None in ids or tokenizer.token_to_id("[PAD]") != 0:
        raise SetupError("the tokenizer lacks [CLS], [SEP] or [MASK], or [PAD] is not 0")
    return SpecialIds(*(i for i in ids if i is not None))


def read_development(
    folders: DataFolders, held: Held, form: tuple[tuple[str, ...], DocumentTokeniser]
) -> DevelopmentExamples:
    """The development documents, tokenised for the model's labels."""
    documents = development_documents(folders, held)
    examples = {
        task: [_example(document, form) for document in of_task]
        for task, of_task in documents.by_task().items()
    }
    return DevelopmentExamples(documents, examples)


def _read_pools(
    stage: StageConfig,
    folders: DataFolders,
    held: Held,
    form: tuple[tuple[str, ...], DocumentTokeniser],
) -> list[tuple[float, list[Example]]]:
    pools = []
    for source in stage.sources:
        documents = training_documents(source, folders, held)
        pools.append((source.weight, [_example(d, form) for d in documents]))
        log.info("%s: %d documents", source.name, len(documents))
    return pools


def _example(
    document: LabelledDocument, form: tuple[tuple[str, ...], DocumentTokeniser]
) -> Example:
    return make_example(document, *form)


def _start(
    config: TrainConfig, schedule: ScheduleConfig, options: RunOptions, n_labels: int
) -> _Run:
    network = read_network_config(
        options.init,
        relative_term=config.relative_term,
        absolute_embeddings=config.absolute_embeddings,
    )
    model = SpatialModel(network, n_labels).to(options.device)
    fresh = {f"encoder.{name}" for name in load_pretrained(model, options.init)}
    if options.start_from is not None:
        model.load_state_dict(load_file(options.start_from))
    groups = _parameter_groups(model, fresh, schedule)
    run = _Run(model, torch.optim.AdamW(groups, betas=(0.9, 0.98)))
    checkpoint = options.run_dir / CHECKPOINT
    if checkpoint.exists():
        run.step = load_checkpoint(checkpoint, model, run.optimiser)
        log.info("resumed at step %d", run.step)
    return run


def _parameter_groups(
    model: SpatialModel, fresh: set[str], schedule: ScheduleConfig
) -> list[dict[str, object]]:
    """Pretrained and fresh parameters have their own rates; norms and biases do not decay."""
    groups: dict[tuple[bool, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        is_fresh = name in fresh or not name.startswith("encoder.")
        decays = parameter.ndim > 1
        groups.setdefault((is_fresh, decays), []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": schedule.fresh_rate if is_fresh else schedule.encoder_rate,
            "weight_decay": schedule.weight_decay if decays else 0.0,
        }
        for (is_fresh, decays), parameters in groups.items()
    ]


def _batches(
    settings: tuple[TrainConfig, ScheduleConfig],
    pools: list[tuple[float, list[Example]]],
    special: SpecialIds,
    first_step: int,
) -> Iterator[tuple[Inputs, TargetBatch]]:
    """Endless batches, a new mixture of all sources each epoch."""
    config, schedule = settings
    rng = np.random.default_rng((schedule.seed, first_step))
    while True:
        drawn = []
        for weight, examples in pools:
            count = int(weight * len(examples) + rng.random())
            chosen = np.concatenate(
                [rng.permutation(len(examples)) for _ in range(count // len(examples) + 1)]
            )[:count]
            drawn += [examples[i] for i in chosen if len(examples[i].document.word_ids)]
        windows = [
            draw_window(
                example,
                max_tokens=config.max_tokens,
                special=special,
                augmentation=config.augmentation,
                rng=rng,
            )
            for example in drawn
        ]
        for batch in group_by_length(windows, max_batch_tokens=schedule.batch_tokens, rng=rng):
            yield collate_inputs(batch), collate_targets(batch)


def _loop(
    run: _Run,
    schedule: ScheduleConfig,
    options: RunOptions,
    parts: tuple[
        Iterator[tuple[Inputs, TargetBatch]],
        Scorer,
        DevelopmentExamples,
    ],
) -> None:
    batches, scorer, development = parts
    base_rates = _base_rates(run)
    started = time.perf_counter()
    while run.step < schedule.n_steps:
        _set_rates(run, base_rates, _rate_factor(run.step, schedule))
        losses = _step(run, next(batches), schedule, options.device)
        run.step += 1
        if run.step % 20 == 0:
            seconds = (time.perf_counter() - started) / 20
            started = time.perf_counter()
            entry = {name: round(part.item(), 4) for name, part in losses._asdict().items()}
            _log(options, {"step": run.step, "seconds": round(seconds, 3), **entry})
        if run.step % schedule.save_every == 0:
            save_checkpoint(options.run_dir / CHECKPOINT, run.model, run.optimiser, run.step)
        if run.step % schedule.evaluate_every == 0 or run.step == schedule.n_steps:
            run.model.eval()
            found = figures(score_development(scorer, development))
            run.model.train()
            _log(options, {"step": run.step, **found})
            started = time.perf_counter()


def _step(
    run: _Run, batch: tuple[Inputs, TargetBatch], schedule: ScheduleConfig, device: str
) -> Losses:
    inputs, targets = batch
    run.model.train()
    with torch.autocast(device, dtype=torch.bfloat16):
        output = run.model(*(tensor.to(device) for tensor in inputs))
    losses = compute_losses(output, TargetBatch(*(tensor.to(device) for tensor in targets)))
    run.optimiser.zero_grad(set_to_none=True)
    losses.total.backward()
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), schedule.max_gradient_norm)
    run.optimiser.step()
    return losses


def _base_rates(run: _Run) -> list[float]:
    """The groups' rates at full height; a resumed optimiser holds scaled ones."""
    for group in run.optimiser.param_groups:
        group.setdefault("base_lr", group["lr"])
    return [float(group["base_lr"]) for group in run.optimiser.param_groups]


def _rate_factor(step: int, schedule: ScheduleConfig) -> float:
    """Linear warm-up, then linear decay to zero."""
    n_warm = max(int(schedule.warm_up * schedule.n_steps), 1)
    if step < n_warm:
        return (step + 1) / n_warm
    return (schedule.n_steps - step) / max(schedule.n_steps - n_warm, 1)


def _set_rates(run: _Run, base_rates: list[float], factor: float) -> None:
    for group, rate in zip(run.optimiser.param_groups, base_rates, strict=True):
        group["lr"] = rate * factor


def _log(options: RunOptions, entry: dict[str, float]) -> None:
    log.info("%s", entry)
    with (options.run_dir / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def _finish(run: _Run, options: RunOptions, tokenizer: Tokenizer) -> Path:
    weights = options.run_dir / "model.safetensors"
    save_file({k: v.contiguous() for k, v in run.model.state_dict().items()}, weights)
    (options.run_dir / "network.json").write_text(run.model.config.model_dump_json(indent=1))
    tokenizer.save(str(options.run_dir / "tokenizer.json"))
    return weights
