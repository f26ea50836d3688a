"""Teaches PP-OCR's recogniser Hangul: CTC (Graves et al., ICML 2006) on rendered lines.

The network starts as PP-OCR's own, which reads Latin and Chinese; of its last layer the characters
that it shares with ours are kept, those of Hangul are new. Its file is a state of training at any
time, and the result is the same kind of file.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from rapidfuzz.distance import Levenshtein
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from corpora.synthesis.text_lines import LineMaker, LinePicture
from models.hangul import syllables
from models.recogniser.characters import characters
from models.recogniser.onnx_network import OnnxNetwork
from ocr.engines.ppocr import WHEEL_RECOGNISER, wheel_model
from ocr.engines.recogniser import BLANK

log = logging.getLogger(__name__)

COLUMNS = 8
"""Pixel columns of one recogniser step."""
DEVELOPMENT_SEED = 9_000
CHECKPOINT, RESULT = "checkpoint.safetensors", "model.onnx"


@dataclass(frozen=True)
class RecogniserSchedule:
    """How long and how fast.

    Attributes:
        n_steps: of AdamW, with linear warm-up and decay.
        batch_columns: pixel columns of a step's lines together.
        rate: of the network.
        head_rate: of its last layer.
        warm_up: share of the steps.
        save_every: steps from checkpoint to checkpoint.
        seed: of lines and weights.
        n_frozen: convolutions at the network's start that stay as they are: edges and strokes are
            the same in every script.
        pool: lines that are made at a time, so that those of a batch can be about equally wide.
        n_development: lines by which errors are counted.
    """

    n_steps: int = 3000
    batch_columns: int = 7680
    rate: float = 5e-4
    head_rate: float = 2e-3
    warm_up: float = 0.05
    save_every: int = 400
    seed: int = 1
    n_frozen: int = 4
    pool: int = 192
    n_development: int = 200


def train_recogniser(run_dir: Path, schedule: RecogniserSchedule, *, n_threads: int = 2) -> Path:
    """Train to the end of the schedule, going on from the run's checkpoint where there is one.

    Returns:
        The ONNX file, with its characters as the metadata entry "character".
    """
    torch.manual_seed(schedule.seed)
    torch.set_num_threads(n_threads)
    run_dir.mkdir(parents=True, exist_ok=True)
    listed = characters()
    network = hangul_network(wheel_model(WHEEL_RECOGNISER), listed)
    step = 0
    checkpoint = run_dir / CHECKPOINT
    if checkpoint.exists():
        state = load_file(checkpoint)
        step = int(state.pop("step"))
        network.load_state_dict(state)
        log.info("resumed at step %d", step)
    network.freeze(schedule.n_frozen)
    optimiser = _optimiser(network, schedule)
    classes = {char: number for number, char in enumerate(("", *listed, " "))}
    batches = _batches(LineMaker(schedule.seed + step, syllables(), listed), schedule)
    started = time.perf_counter()
    losses = []
    while step < schedule.n_steps:
        for group in optimiser.param_groups:
            group["lr"] = group["top"] * _factor(step, schedule)
        losses.append(_step(network, optimiser, next(batches), classes))
        step += 1
        if step % 20 == 0:
            seconds = (time.perf_counter() - started) / 20
            _log(
                run_dir,
                {"step": step, "seconds": round(seconds, 3), "loss": float(np.mean(losses))},
            )
            started, losses = time.perf_counter(), []
        if step % schedule.save_every == 0 or step == schedule.n_steps:
            save_file({**network.state_dict(), "step": torch.tensor(step)}, checkpoint)
            errors = character_errors(network, listed, n_lines=schedule.n_development)
            _log(run_dir, {"step": step, "character_errors": errors})
            started = time.perf_counter()
    path = run_dir / RESULT
    onnx.save(network.to_onnx({"character": "\n".join(listed)}), str(path))
    return path


def hangul_network(path: Path, listed: Sequence[str]) -> OnnxNetwork:
    """A recogniser whose last layer knows other characters; those that it knew keep their weights.

    Args:
        path: of an ONNX recogniser that carries its characters.
        listed: the new characters, blank and space aside.
    """
    network = OnnxNetwork(path)
    metadata = {entry.key: entry.value for entry in network.model.metadata_props}
    known = ("", *metadata["character"].removesuffix("\n").split("\n"), " ")
    places = {char: number for number, char in enumerate(known)}
    wanted = ("", *listed, " ")
    weight_name, bias_name = network.head
    old_weight = network.weight(weight_name).detach()  # [D, C]
    old_bias = network.weight(bias_name).detach()  # [C]
    weight = torch.randn(old_weight.shape[0], len(wanted)) * old_weight.std()
    bias = torch.full((len(wanted),), float(old_bias.mean()))
    for number, char in enumerate(wanted):
        if char in places:
            weight[:, number] = old_weight[:, places[char]]
            bias[number] = old_bias[places[char]]
    network.replace(weight_name, weight)
    network.replace(bias_name, bias)
    return network


def character_errors(network: OnnxNetwork, listed: Sequence[str], *, n_lines: int) -> float:
    """Edits a character of the truth over lines that training does not see, spaces aside."""
    maker = LineMaker(DEVELOPMENT_SEED, syllables(), listed)
    alphabet = ("", *listed, " ")
    n_wrong = n_all = 0
    for _ in range(n_lines):
        line = maker.line()
        with torch.inference_mode():
            scores = network(_images([line], _width([line])))[0]  # [T, C]
        best = scores.argmax(dim=-1)
        changes = torch.cat([torch.tensor([True]), best[1:] != best[:-1]])
        read = "".join(alphabet[c] for c in best[changes & (best != BLANK)].tolist())
        truth = line.text.replace(" ", "")
        n_wrong += Levenshtein.distance(read.replace(" ", ""), truth)
        n_all += len(truth)
    return round(n_wrong / n_all, 4)


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
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def _factor(step: int, schedule: RecogniserSchedule) -> float:
    n_warm = max(1, int(schedule.warm_up * schedule.n_steps))
    if step < n_warm:
        return (step + 1) / n_warm
    return (schedule.n_steps - step) / max(schedule.n_steps - n_warm, 1)


def _batches(maker: LineMaker, schedule: RecogniserSchedule) -> Iterator[list[LinePicture]]:
    """Endless batches of lines of about one width."""
    random = np.random.default_rng(schedule.seed)
    while True:
        lines = sorted(
            (maker.line() for _ in range(schedule.pool)), key=lambda it: it.picture.shape[1]
        )
        batches: list[list[LinePicture]] = [[]]
        for line in lines:
            if line.picture.shape[1] * (len(batches[-1]) + 1) > schedule.batch_columns:
                batches.append([])
            batches[-1].append(line)
        for number in random.permutation(len(batches)):
            if batches[number]:
                yield batches[number]


def _width(lines: Sequence[LinePicture]) -> int:
    mean = sum(line.picture.shape[1] for line in lines) / len(lines)
    return max(2, round(mean / COLUMNS)) * COLUMNS


def _images(lines: Sequence[LinePicture], width: int) -> Tensor:
    """Lines stretched to one width as the network sees them: float32 [N, 3, 48, W], BGR, ±1."""
    import cv2

    stretched = [cv2.resize(line.picture, (width, line.picture.shape[0])) for line in lines]
    bgr = torch.from_numpy(np.stack(stretched)[..., ::-1].copy()).permute(0, 3, 1, 2)
    return (bgr.float() / 127.5 - 1.0).contiguous(memory_format=torch.channels_last)


def _step(
    network: OnnxNetwork,
    optimiser: torch.optim.AdamW,
    lines: Sequence[LinePicture],
    classes: dict[str, int],
) -> float:
    images = _images(lines, _width(lines))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = network(images)  # [N, T, C]
    shares = scores.float().log_softmax(dim=-1).transpose(0, 1)  # [T, N, C]
    targets = [[classes[char] for char in line.text] for line in lines]
    loss = functional.ctc_loss(
        shares,
        torch.tensor([number for target in targets for number in target]),
        torch.full((len(lines),), shares.shape[0]),
        torch.tensor([len(target) for target in targets]),
        blank=BLANK,
        zero_infinity=True,
    )
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
    optimiser.step()
    return float(loss.detach())


def _log(run_dir: Path, entry: dict[str, float]) -> None:
    rounded = {name: round(float(number), 4) for name, number in entry.items()}
    log.info("%s", rounded)
    with (run_dir / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(rounded) + "\n")
