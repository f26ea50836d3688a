"""Trains one stage of a release from its configuration: resumable, logged, seeded."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from layout.schema import load_schema
from layout.tokens import DocumentTokeniser
from models.batches import (
    Changes,
    Inputs,
    SpecialIds,
    collate_inputs,
    collate_targets,
    draw_window,
    group_by_length,
)
from models.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from models.config import ScheduleConfig, StageConfig, TrainConfig
from models.data import DataFolders, Held
from models.development import Development, figures, read_development, score_development
from models.evaluate import Scorer
from models.examples import Example
from models.hangul import add_hangul
from models.learning_rates import base_rates, parameter_groups, rate_factor, set_rates
from models.losses import Losses, TargetBatch, compute_losses
from models.network import Encoder, SpatialModel
from models.pools import read_pool
from models.special_ids import special_ids
from models.stored import is_stage, load_stage, save_stage
from models.vocabulary import check_fit, read_tokenizer
from models.weights import load_pretrained, read_network_config
from models.word_guess import WordGuess
from ocr.errors import SetupError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunOptions:
    """Where and on what a run happens.

    Attributes:
        run_dir: for checkpoint, log and final weights.
        init: Hugging Face folder of the initial weights.
        start_from: folder of a stage that has ended, whose weights go before `init`'s.
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


class _Trained(nn.Module):
    """The network and the head that is for training alone."""

    def __init__(self, model: SpatialModel) -> None:
        super().__init__()
        self.model = model
        self.guess = WordGuess(model.config)


@dataclass
class _Run:
    """What changes while training goes on."""

    trained: _Trained
    optimiser: torch.optim.AdamW
    step: int = 0

    @property
    def model(self) -> SpatialModel:
        """The network."""
        return self.trained.model


def labels_of(config: TrainConfig) -> tuple[str, ...]:
    """The model's labels: the leaves of its schemas that are learned, in order.

    Raises:
        SetupError: a field that is to be learned is not in the schema.
    """
    labels: list[str] = []
    for name in config.schemas:
        known = load_schema(name).labels
        learned = {f"{name}.{path}" for path in config.fields.get(name, ())} or set(known)
        if not learned <= set(known):
            raise SetupError(f"no such fields: {', '.join(sorted(learned - set(known)))}")
        labels += [label for label in known if label in learned]
    return tuple(labels)


def train_stage(
    config: TrainConfig, stage: StageConfig, folders: DataFolders, options: RunOptions
) -> Path:
    """Train to the end of the schedule, going on from the run's checkpoint where there is one.

    A stage that has ended is not run again.

    Returns:
        The stage's folder, see `models.stored`.
    """
    if is_stage(options.run_dir):
        log.info("%s has ended already", options.run_dir)
        return options.run_dir
    torch.manual_seed(stage.schedule.seed)
    torch.set_num_threads(options.n_threads)
    options.run_dir.mkdir(parents=True, exist_ok=True)
    labels = labels_of(config)
    tokenizer = read_tokenizer(options.init)
    if config.hangul:
        tokenizer = add_hangul(tokenizer)
    special = special_ids(tokenizer)
    run = _start(config, stage.schedule, options, (labels, tokenizer))
    check_fit(tokenizer, run.model.config, config.max_tokens)
    form = (labels, DocumentTokeniser(tokenizer, run.model.config.box_form))
    held = Held(options.fold, config.n_folds, stage.includes_development)
    data = (folders, held)
    pools = [read_pool(source, data, form, config) for source in stage.sources]
    held = replace(held, includes_development=False)
    development = read_development(stage.evaluated, folders, held, form)
    scorer = Scorer(run.model, labels, special, config.max_tokens, options.device)
    batches = _batches((config, stage), pools, special, first_step=run.step)
    _loop(run, stage, options, (batches, scorer, development))
    save_stage(options.run_dir, run.model, labels, tokenizer)
    return options.run_dir


def _start(
    config: TrainConfig,
    schedule: ScheduleConfig,
    options: RunOptions,
    form: tuple[tuple[str, ...], Tokenizer],
) -> _Run:
    labels, tokenizer = form
    network = read_network_config(
        options.init,
        n_types=len(config.known_types),
        **({"vocab_size": tokenizer.get_vocab_size()} if config.hangul else {}),
        relative_term=config.relative_term,
        place_embedding=config.place_embedding,
        shape_embedding=config.shape_embedding,
        **({"absolute_embeddings": True} if config.absolute_embeddings else {}),
        **({"box_form": config.box_form} if config.box_form else {}),
    )
    model = SpatialModel(network, len(labels))
    if config.random_init:
        _initialise(model.encoder)
        fresh = {name for name, _ in model.named_parameters(prefix="model")}
    else:
        fresh = {f"model.encoder.{name}" for name in load_pretrained(model, options.init)}
    if options.start_from is not None:
        load_stage(options.start_from, model, labels, config.alike)
    trained = _Trained(model).to(options.device)
    groups = parameter_groups(trained, fresh, schedule)
    run = _Run(trained, torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True))
    checkpoint = options.run_dir / CHECKPOINT
    if checkpoint.exists():
        run.step = load_checkpoint(checkpoint, trained, run.optimiser)
        log.info("resumed at step %d", run.step)
    return run


def _initialise(encoder: Encoder) -> None:
    """Start without a language model, as BERT does: normal, 0.02 (Devlin et al., NAACL 2019).

    With torch's unit deviation the word guess, whose output is tied to the embeddings, costs 45
    nats after 20 steps, where blind guessing costs 10, and drowns every other loss.
    """
    for module in (encoder.words, encoder.positions, *encoder.layers.modules()):
        if isinstance(module, nn.Embedding | nn.Linear):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)


def _batches(
    settings: tuple[TrainConfig, StageConfig],
    pools: list[tuple[float, list[Example]]],
    special: SpecialIds,
    first_step: int,
) -> Iterator[tuple[Inputs, TargetBatch]]:
    """Endless batches, a new mixture of all sources each epoch."""
    config, stage = settings
    schedule, changes = stage.schedule, Changes(stage.augmentation, stage.masking)
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
                changes=changes,
                rng=rng,
            )
            for example in drawn
        ]
        for batch in group_by_length(windows, max_batch_tokens=schedule.batch_tokens, rng=rng):
            yield collate_inputs(batch), collate_targets(batch)


def _loop(
    run: _Run,
    stage: StageConfig,
    options: RunOptions,
    parts: tuple[Iterator[tuple[Inputs, TargetBatch]], Scorer, Development],
) -> None:
    batches, scorer, development = parts
    schedule = stage.schedule
    rates = base_rates(run.optimiser)
    started = time.perf_counter()
    while run.step < schedule.n_steps:
        set_rates(run.optimiser, rates, rate_factor(run.step, schedule))
        losses = _step(run, next(batches), stage, options.device)
        run.step += 1
        if run.step % 20 == 0:
            seconds = (time.perf_counter() - started) / 20
            started = time.perf_counter()
            entry = {name: round(part.item(), 4) for name, part in losses._asdict().items()}
            _log(options, {"step": run.step, "seconds": round(seconds, 3), **entry})
        if run.step % schedule.save_every == 0:
            save_checkpoint(options.run_dir / CHECKPOINT, run.trained, run.optimiser, run.step)
        is_due = run.step % schedule.evaluate_every == 0 or run.step == schedule.n_steps
        if development and is_due:
            run.model.eval()
            found = figures(score_development(scorer, development))
            run.model.train()
            _log(options, {"step": run.step, **found})
            started = time.perf_counter()


def _step(run: _Run, batch: tuple[Inputs, TargetBatch], stage: StageConfig, device: str) -> Losses:
    inputs = Inputs(*(tensor.to(device) for tensor in batch[0]))
    targets = TargetBatch(*(tensor.to(device) for tensor in batch[1]))
    run.trained.train()
    with torch.autocast(device, dtype=torch.bfloat16):
        hidden = run.model.encode(inputs.input_ids, inputs.boxes, inputs.shapes)
        output = run.model.score(hidden, inputs.boxes, inputs.word_starts)
        guess = None
        if stage.losses.guess:
            guess = run.trained.guess(hidden, run.model.encoder.words.weight, targets.guesses)
    losses = compute_losses(output, targets, guess)
    run.optimiser.zero_grad(set_to_none=True)
    stage.losses.total(losses).backward()
    torch.nn.utils.clip_grad_norm_(run.trained.parameters(), stage.schedule.max_gradient_norm)
    run.optimiser.step()
    return losses


def _log(options: RunOptions, entry: dict[str, float]) -> None:
    log.info("%s", entry)
    with (options.run_dir / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
