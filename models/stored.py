"""A stage that has ended, as it lies on disk: weights, network, labels, tokenizer.

model.safetensors   the network's weights, without the heads that are for training alone
network.json        its shape
labels.json         what the rows of `initial` are
tokenizer.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from models.bundle_weights import is_bundle, read_bundle_weights
from models.network import NetworkConfig, SpatialModel
from ocr.errors import SetupError

WEIGHTS, NETWORK, LABELS, TOKENIZER = (
    "model.safetensors",
    "network.json",
    "labels.json",
    "tokenizer.json",
)
PER_LABEL = ("initial.weight", "initial.bias")
"""Parameters with one row a label."""


def save_stage(
    folder: Path, model: SpatialModel, labels: tuple[str, ...], tokenizer: Tokenizer
) -> None:
    """Write a stage's folder, the weights last: where they stand, the stage has ended."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETWORK).write_text(model.config.model_dump_json(indent=1))
    (folder / LABELS).write_text(json.dumps(labels, indent=1))
    tokenizer.save(str(folder / TOKENIZER))
    partial = folder / f"{WEIGHTS}.part"
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, partial)
    partial.replace(folder / WEIGHTS)


def is_stage(folder: Path) -> bool:
    """Whether a folder holds a stage that has ended."""
    return (folder / WEIGHTS).exists()


def average_stages(
    folders: Sequence[Path], out: Path, *, start: Path | None = None, blend: float = 1.0
) -> None:
    """Write the mean of several stages of one network as a stage of its own.

    Args:
        folders: of the stages.
        out: of the new one.
        start: stage or bundle that they began with, for a blend.
        blend: how far the result lies from the start towards the mean.
    """
    model, labels = open_stage(folders[0])
    states = [load_file(folder / WEIGHTS) for folder in folders]
    mean = {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}
    if start is not None and blend < 1.0:
        load_stage(start, model, labels)
        mean = {name: begun.lerp(mean[name], blend) for name, begun in model.state_dict().items()}
    model.load_state_dict(mean)
    save_stage(out, model, labels, Tokenizer.from_file(str(folders[0] / TOKENIZER)))


def open_stage(
    folder: Path, labels: tuple[str, ...] | None = None
) -> tuple[SpatialModel, tuple[str, ...]]:
    """The trained network of a stage, in evaluation mode, and its labels.

    Args:
        folder: of the stage.
        labels: those that are wanted, all of them known to the stage; None for all it knows.

    Raises:
        SetupError: the stage does not know a label.
    """
    config = NetworkConfig.model_validate_json((folder / NETWORK).read_text())
    known: tuple[str, ...] = tuple(json.loads((folder / LABELS).read_text()))
    labels = known if labels is None else labels
    if unknown := set(labels) - set(known):
        raise SetupError(f"{folder} does not know {', '.join(sorted(unknown))}")
    model = SpatialModel(config, len(labels))
    load_stage(folder, model, labels)
    return model.eval(), labels


def load_stage(
    folder: Path,
    model: SpatialModel,
    labels: tuple[str, ...],
    alike: Mapping[str, str] | None = None,
) -> None:
    """Copy a stage's or a bundle's weights into a network of the same shape, labels by their names.

    Labels that it did not know keep what the network has for them, unless it knew one of
    the same path in the schema that `alike` names for theirs.

    Raises:
        SetupError: the folder holds neither, or the network has another shape.
    """
    stored, of_stage = _read_weights(folder)
    state = model.state_dict()
    known_rows = {label: row for row, label in enumerate(of_stage)}
    sources = [known_rows.get(label, known_rows.get(_twin(label, alike or {}))) for label in labels]
    rows = [(row, source) for row, source in enumerate(sources) if source is not None]
    try:
        for name in PER_LABEL:
            known = state[name].clone()
            for row, of_row in rows:
                known[row] = stored[name][of_row]
            stored[name] = known
        model.load_state_dict(stored)
    except RuntimeError as error:
        raise SetupError(f"{folder}: another network: {error}") from error


def _read_weights(folder: Path) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    if is_bundle(folder):
        return read_bundle_weights(folder)
    if not is_stage(folder):
        raise SetupError(f"{folder} holds neither a stage of training that ended nor a bundle")
    return load_file(folder / WEIGHTS), tuple(json.loads((folder / LABELS).read_text()))


def _twin(label: str, alike: Mapping[str, str]) -> str:
    """The label of the same path in the schema that is like its own."""
    schema, path = label.split(".", 1)
    return f"{alike.get(schema, schema)}.{path}"
