"""Trains a PP-OCR recogniser on: CTC (Graves et al., ICML 2006) on lines with known text.

What is to be learned, a recipe tells (`models/recogniser/recipes.py`). The network starts as
PP-OCR's own; the result is the same kind of file. Lines without a text keep it from forgetting:
there it is held to what it read before training (distillation, Li and Hoiem, ECCV 2016).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import onnx
import torch
from rapidfuzz.distance import Levenshtein
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from models.recogniser.alphabet import alphabet, network_with, only_learn
from models.recogniser.lines import Line, batches, images
from models.recogniser.onnx_network import OnnxNetwork
from ocr.engines.recogniser import BLANK

log = logging.getLogger(__name__)

CHECKPOINT, RESULT = "checkpoint.safetensors", "model.onnx"


@dataclass(frozen=True)
class RecogniserSchedule:
    """How long and how fast.

    Attributes:
        n_steps: of AdamW, with linear warm-up and decay.
        batch_columns: pixel columns of a step's lines together.
        rate: of the network.
        head_rate: of its last layer.
        decay: of the weights.
        warm_up: share of the steps.
        save_every: steps from checkpoint to checkpoint.
        seed: of lines and weights.
        n_frozen: convolutions at the network's start that stay as they are: edges and strokes are
            the same in every script.
        pool: lines that are made at a time, so that those of a batch can be about equally wide.
        keeping: what the divergence from the former reading counts, on lines without a text.
        clip: largest norm of a step's gradient.
        blend: how far the result lies from the network's start towards what was trained
            (Wortsman et al., CVPR 2022), where its characters stay; 1 all the way.
    """

    n_steps: int = 3000
    batch_columns: int = 7680
    rate: float = 5e-4
    head_rate: float = 2e-3
    decay: float = 0.01
    warm_up: float = 0.05
    save_every: int = 400
    seed: int = 1
    n_frozen: int = 4
    pool: int = 192
    keeping: float = 0.0
    clip: float = 5.0
    blend: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """What a recogniser learns.

    Attributes:
        start: the ONNX recogniser to begin with, its characters in its metadata.
        characters: that it is to know, blank and space aside; None keeps its own.
        learned: characters whose weights in the last layer change; None for all.
        lines: gives lines without end, by seed.
        development: lines with their texts, by which errors are counted.
        schedule: how long and how fast.
        handicaps: what is taken off characters' scores in the result.
    """

    start: Path
    characters: tuple[str, ...] | None
    learned: frozenset[str] | None
    lines: Callable[[int], Iterator[Line]]
    development: Callable[[], Sequence[Line]]
    schedule: RecogniserSchedule
    handicaps: Mapping[str, float] = field(default_factory=dict)

    def with_steps(self, n_steps: int | None) -> Recipe:
        """The same over another number of steps; None leaves it."""
        if n_steps is None:
            return self
        return replace(self, schedule=replace(self.schedule, n_steps=n_steps))


def train_recogniser(run_dir: Path, recipe: Recipe, *, n_threads: int = 2) -> Path:
    """Train to the end of the schedule, going on from the run's checkpoint where there is one.

    Returns:
        The ONNX file, with its characters as the metadata entry "character".
    """
    schedule = recipe.schedule
    torch.manual_seed(schedule.seed)
    torch.set_num_threads(n_threads)
    run_dir.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(recipe)
    step = trainer.resume(run_dir / CHECKPOINT)
    drawn = batches(
        recipe.lines(schedule.seed + step),
        seed=schedule.seed + step,
        pool=schedule.pool,
        columns=schedule.batch_columns,
    )
    development = recipe.development()
    started = time.perf_counter()
    losses = []
    while step < schedule.n_steps:
        losses.append(trainer.step(next(drawn), _factor(step, schedule)))
        step += 1
        if step % 20 == 0:
            seconds = (time.perf_counter() - started) / 20
            _log(run_dir, {"step": step, "seconds": seconds, "loss": float(np.mean(losses))})
            started, losses = time.perf_counter(), []
        if step % schedule.save_every == 0 or step == schedule.n_steps:
            trainer.save(run_dir / CHECKPOINT, step)
            _log(run_dir, {"step": step, **reading_errors(trainer.network, development)})
            started = time.perf_counter()
    path = run_dir / RESULT
    network = trainer.result()
    onnx.save(network.to_onnx(network.metadata), str(path))
    return path


class Trainer:
    """The network that learns, and the one that it was.

    Args:
        recipe: what is learned.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._schedule = recipe.schedule
        self._recipe = recipe
        self.network = network_with(recipe.start, recipe.characters)
        self._former = OnnxNetwork(recipe.start) if recipe.schedule.keeping else None
        self._classes = {char: n for n, char in enumerate(alphabet(self.network))}
        self.network.freeze(recipe.schedule.n_frozen)
        if recipe.learned is not None:
            only_learn(self.network, recipe.learned)
        self._optimiser = _optimiser(self.network, recipe.schedule)

    def resume(self, checkpoint: Path) -> int:
        """The step at which a run goes on; 0 where there is no checkpoint."""
        if not checkpoint.exists():
            return 0
        state = load_file(checkpoint)
        step = int(state.pop("step"))
        self.network.load_state_dict(state)
        log.info("resumed at step %d", step)
        return step

    def save(self, checkpoint: Path, step: int) -> None:
        """Keep the network's state."""
        save_file({**self.network.state_dict(), "step": torch.tensor(step)}, checkpoint)

    def step(self, lines: Sequence[Line], factor: float) -> float:
        """Learn from one batch at a share of the top rate.

        Returns:
            The loss.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = group["top"] * factor
        ordered = sorted(lines, key=lambda line: line.text is None)
        n_known = sum(line.text is not None for line in ordered)
        pictures = images(ordered)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = self.network(pictures)  # [N, T, C]
        loss = torch.zeros(())
        if n_known:
            texts = [line.text for line in ordered if line.text is not None]
            loss = loss + self._ctc(scores[:n_known].float(), texts) * (n_known / len(ordered))
        if n_known < len(ordered):
            kept = self._divergence(scores[n_known:].float(), pictures[n_known:])
            loss = loss + kept * (1 - n_known / len(ordered))
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self._schedule.clip)
        self._optimiser.step()
        return float(loss.detach())

    def result(self) -> OnnxNetwork:
        """Between the network that training began with and the trained one, with the handicaps."""
        result = network_with(self._recipe.start, self._recipe.characters)
        pairs = zip(result.parameters(), self.network.parameters(), strict=True)
        share = self._schedule.blend
        with torch.no_grad():
            for mine, trained in pairs:
                mine.copy_(trained if share == 1.0 else mine.lerp(trained, share))
            for char, less in self._recipe.handicaps.items():
                result.weight(result.head[1])[self._classes[char]] -= less
        return result

    def _ctc(self, scores: Tensor, texts: Sequence[str]) -> Tensor:
        """CTC over the few classes that stand in the texts; all others count in the sum alone."""
        present = sorted({self._classes[char] for text in texts for char in text} | {BLANK})
        places = {number: place for place, number in enumerate(present)}
        shares = scores[..., present] - scores.logsumexp(dim=-1, keepdim=True)
        targets = [[places[self._classes[char]] for char in text] for text in texts]
        return functional.ctc_loss(
            shares.transpose(0, 1),  # [T, N, C']
            torch.tensor([number for target in targets for number in target]),
            torch.full((len(texts),), shares.shape[1]),
            torch.tensor([len(target) for target in targets]),
            blank=places[BLANK],
            zero_infinity=True,
        )

    def _divergence(self, scores: Tensor, pictures: Tensor) -> Tensor:
        """From what was read before training, a step's mean, as often as the schedule counts it."""
        if self._former is None:
            return torch.zeros(())
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            former = self._former(pictures)
        wanted = former.float().log_softmax(dim=-1)
        apart = (wanted.exp() * (wanted - scores.log_softmax(dim=-1))).sum(dim=-1)
        return self._schedule.keeping * apart.mean()


def reading_errors(network: OnnxNetwork, lines: Sequence[Line]) -> dict[str, float]:
    """How lines with known texts are read.

    Returns:
        `character_errors`, edits a character of the truth, and `letter_errors`, spaces aside;
        `exact`, the share of lines without any error.
    """
    known = alphabet(network)
    n_wrong = n_all = n_wrong_letters = n_letters = n_exact = 0
    for line in lines:
        with torch.inference_mode():
            best = network(images([line]))[0].argmax(dim=-1)  # [T]
        changes = torch.cat([torch.tensor([True]), best[1:] != best[:-1]])
        read = "".join(known[c] for c in best[changes & (best != BLANK)].tolist()).strip()
        truth = line.text or ""
        n_wrong += Levenshtein.distance(read, truth)
        n_all += len(truth)
        n_wrong_letters += Levenshtein.distance(read.replace(" ", ""), truth.replace(" ", ""))
        n_letters += len(truth.replace(" ", ""))
        n_exact += read == truth
    return {
        "character_errors": n_wrong / max(n_all, 1),
        "letter_errors": n_wrong_letters / max(n_letters, 1),
        "exact": n_exact / max(len(lines), 1),
    }


def _optimiser(network: OnnxNetwork, schedule: RecogniserSchedule) -> torch.optim.AdamW:
    head = [network.weight(name) for name in network.head]
    known = {id(parameter) for parameter in head}
    body = [
        parameter
        for parameter in network.parameters()
        if parameter.requires_grad and id(parameter) not in known
    ]
    groups = [
        {"params": body, "lr": schedule.rate, "top": schedule.rate},
        {"params": head, "lr": schedule.head_rate, "top": schedule.head_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=schedule.decay, fused=True)


def _factor(step: int, schedule: RecogniserSchedule) -> float:
    n_warm = max(1, int(schedule.warm_up * schedule.n_steps))
    if step < n_warm:
        return (step + 1) / n_warm
    return (schedule.n_steps - step) / max(schedule.n_steps - n_warm, 1)


def _log(run_dir: Path, entry: dict[str, float]) -> None:
    rounded = {name: round(float(number), 4) for name, number in entry.items()}
    log.info("%s", rounded)
    with (run_dir / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(rounded) + "\n")
