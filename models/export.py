"""Exports trained weights as a bundle: ONNX in int8 and fp16, compared with torch first."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from layout.bundle import (
    DESCRIPTION,
    BundleDescription,
    BundleFile,
    Calibration,
    Precision,
)
from layout.schema import SCHEMAS, added_schema
from models.batches import Inputs
from models.config import TrainConfig
from models.half_precision import to_half
from models.network import SpatialModel
from models.row_quantisation import quantise_rows
from models.special_ids import special_ids
from models.stored import TOKENIZER, open_stage
from models.train import labels_of
from ocr.errors import SetupError

log = logging.getLogger(__name__)

OPSET = 17
INPUTS = ("input_ids", "boxes", "shapes", "word_starts")
OUTPUTS = ("initial", "rel_s", "rel_g", "key", "types")
MAX_DIFFERENCE: dict[Precision, float] = {"fp32": 1e-3, "fp16": 0.05}
"""Largest difference from torch in any probability (the sigmoid of a logit)."""
MIN_AGREEMENT: dict[Precision, float] = {"fp32": 1.0, "fp16": 0.999, "int8": 0.98}
"""Smallest share of decisions (which label, which predecessor, which parent) like torch's, of
those that torch is sure of."""
SURE_LOGIT = 2.0
"""A decision is sure whose best logit is at least this far from "none"."""


class ParityError(SetupError):
    """An exported model does not compute what the trained one does."""

    code = "parity_error"


@dataclass(frozen=True)
class Parity:
    """How an exported model compares with torch on the samples.

    Attributes:
        max_difference: in any probability (the sigmoid of a logit) of a real word.
        agreement: share of equal decisions, of those that torch is sure of; the document's type
            is one of them.
    """

    max_difference: float
    agreement: float


def export_bundle(
    config: TrainConfig,
    run_dir: Path,
    out: Path,
    *,
    samples: Sequence[Inputs],
    calibration: dict[str, Calibration],
    licence: str,
) -> dict[Precision, Parity]:
    """Write a run's bundle into a folder, replacing the files that stand there.

    Args:
        config: of the run.
        run_dir: with the final weights.
        out: the bundle's folder; a model card in it is left alone.
        samples: inputs on which the ONNX models are compared with torch.
        calibration: of confidences, by label or schema name.
        licence: of the weights, an SPDX expression.

    Raises:
        ParityError: a model differs by more than `MAX_DIFFERENCE` or `MIN_AGREEMENT` allow;
            the folder is then left as it was.
    """
    model, labels = open_stage(run_dir, labels_of(config))
    tokenizer = Tokenizer.from_file(str(run_dir / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    special = special_ids(tokenizer)
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch)
        paths = _write_models(model, samples[0], stage)
        parities = {name: compare(model, path, samples) for name, path in paths.items()}
        for name, parity in parities.items():
            log.info("%s: %s", name, parity)
            _require(name, parity)
        tokenizer.save(str(stage / "tokenizer.json"))
        description = BundleDescription(
            name=config.name,
            version=config.version,
            licence=licence,
            labels=labels,
            types=config.known_types,
            max_tokens=config.max_tokens,
            start_id=special.start,
            end_id=special.end,
            box_form=model.config.box_form,
            models={name: _described(paths[name]) for name in config.precisions},
            tokenizer=_described(stage / "tokenizer.json"),
            calibration=calibration,
        )
        (stage / DESCRIPTION).write_text(description.model_dump_json(indent=1) + "\n")
        _publish(stage, out, [*(paths[n].name for n in config.precisions), "tokenizer.json"])
        for path in filter(None, map(added_schema, config.schemas)):
            (out / SCHEMAS).mkdir(exist_ok=True)
            shutil.copyfile(path, out / SCHEMAS / path.name)
    return parities


def _write_models(model: SpatialModel, sample: Inputs, stage: Path) -> dict[Precision, Path]:
    names: tuple[Precision, ...] = ("fp32", "fp16", "int8")
    paths = {name: stage / f"model.{name}.onnx" for name in names}
    _export_onnx(model, sample, paths["fp32"])
    quantize_dynamic(
        paths["fp32"],
        paths["int8"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )
    onnx.save(quantise_rows(onnx.load(str(paths["int8"]))), str(paths["int8"]))
    onnx.save(to_half(onnx.load(str(paths["fp32"]))), str(paths["fp16"]))
    return paths


def _export_onnx(model: SpatialModel, sample: Inputs, path: Path) -> None:
    with warnings.catch_warnings():
        # The tracing exporter is deprecated, but torch is pinned, and this one keeps the modules'
        # names in the graph, by which the conversions find what computes with coordinates.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            model,
            tuple(sample),
            str(path),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "boxes": {0: "batch", 1: "tokens"},
                "shapes": {0: "batch", 1: "tokens"},
                "word_starts": {0: "batch", 1: "words"},
                "initial": {0: "batch", 2: "words"},
                "rel_s": {0: "batch", 1: "words", 2: "words"},
                "rel_g": {0: "batch", 1: "words", 2: "words"},
                "key": {0: "batch", 1: "words"},
                "types": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    if not model.config.n_types:  # an output without numbers
        graph = onnx.load(str(path))
        graph.graph.output.pop()
        onnx.save(graph, str(path))


def compare(model: SpatialModel, path: Path, samples: Sequence[Inputs]) -> Parity:
    """Run an ONNX model and torch on the same inputs, on the CPU."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    difference, n_equal, n_all = 0.0, 0, 0
    for sample in samples:
        with torch.inference_mode():
            wanted = [tensor.numpy() for tensor in model(*sample)]
        used = {entry.name for entry in session.get_inputs()}
        feeds = {n: t.numpy() for n, t in zip(INPUTS, sample, strict=True) if n in used}
        found = session.run(None, feeds)
        is_word = sample.word_starts.numpy() > 0
        for ours, theirs in zip(found[:4], wanted[:4], strict=True):
            real = np.broadcast_to(_real(is_word, theirs), theirs.shape) & (theirs > -1000)
            off = np.abs(_sigmoid(ours) - _sigmoid(theirs))[real]
            difference = max(difference, float(off.max(initial=0.0)))
        for ours, theirs in zip(found[:3], wanted[:3], strict=True):
            is_sure = is_word & (np.abs(theirs.max(axis=1)) >= SURE_LOGIT)
            n_equal += int((_decisions(ours) == _decisions(theirs))[is_sure].sum())
            n_all += int(is_sure.sum())
        for ours, theirs in zip(found[4:], wanted[4:], strict=False):
            n_equal += int((ours.argmax(axis=1) == theirs.argmax(axis=1)).sum())
            n_all += len(theirs)
    return Parity(difference, n_equal / max(n_all, 1))


def _sigmoid(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    probabilities: npt.NDArray[np.float32] = np.reciprocal(
        np.float32(1) + np.exp(-np.clip(logits, -60.0, 60.0).astype(np.float32))
    )
    return probabilities


def _real(is_word: npt.NDArray[np.bool_], output: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Entries of an output that belong to words, not to padding, broadcastable to its shape."""
    if output.ndim == 2:
        return is_word
    if output.shape[1] == output.shape[2] == is_word.shape[1]:
        return is_word[:, :, None] & is_word[:, None, :]
    return is_word[:, None, :]


def _decisions(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """[B, N]: a word's label, predecessor or parent, -1 for none."""
    return np.where(scores.max(axis=1) > 0, scores.argmax(axis=1), -1)


def _require(name: Precision, parity: Parity) -> None:
    allowed = MAX_DIFFERENCE.get(name)
    if allowed is not None and parity.max_difference > allowed:
        raise ParityError(
            f"{name}: a probability is off by {parity.max_difference:.4f} > {allowed}"
        )
    if parity.agreement < MIN_AGREEMENT[name]:
        raise ParityError(
            f"{name}: {parity.agreement:.4f} of the decisions are torch's, "
            f"{MIN_AGREEMENT[name]} are required"
        )


def _described(path: Path) -> BundleFile:
    return BundleFile(name=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def _publish(stage: Path, out: Path, names: Sequence[str]) -> None:
    """Copy the staged files, each atomically, the description last."""
    out.mkdir(parents=True, exist_ok=True)
    for name in [*names, DESCRIPTION]:
        partial = out / f"{name}.part"
        shutil.copyfile(stage / name, partial)
        partial.replace(out / name)
