"""A toy network, its vocabulary and tiny data sets in their official layouts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from models.config import TrainConfig

SIZE, N_LAYERS, N_HEADS, N_POSITIONS = 64, 2, 2, 64
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def make_tokenizer() -> Tokenizer:
    """WordPiece over single characters."""
    characters = [chr(code) for code in range(33, 127)]
    pieces = SPECIAL + characters + [f"##{char}" for char in characters]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


@dataclass(frozen=True)
class Shape:
    """What a checkpoint's `config.json` says of its size."""

    hidden_size: int = SIZE
    n_layers: int = N_LAYERS
    n_heads: int = N_HEADS
    intermediate_size: int = 2 * SIZE
    n_positions: int = N_POSITIONS
    n_absolute: int = 1024
    n_padding: int = 0


def make_checkpoint(
    folder: Path, family: str = "bert", shape: Shape | None = None
) -> dict[str, torch.Tensor]:
    """Write a Hugging Face folder of random weights; returns what is in it.

    Args:
        folder: to write.
        family: "bert", "layoutlm" or "bros".
        shape: `n_padding` rows of the vocabulary's table belong to no piece.
    """
    shape = shape or Shape()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    n_words = tokenizer.get_vocab_size() + shape.n_padding
    config = {
        "model_type": family,
        "vocab_size": n_words,
        "hidden_size": shape.hidden_size,
        "num_hidden_layers": shape.n_layers,
        "num_attention_heads": shape.n_heads,
        "intermediate_size": shape.intermediate_size,
        "max_position_embeddings": shape.n_positions,
        "max_2d_position_embeddings": shape.n_absolute,
    }
    (folder / "config.json").write_text(json.dumps(config))
    prefix = "" if family == "bert" else f"{family}."
    sizes = _sizes(shape, n_words)
    if family == "layoutlm":
        for axis in "xyhw":
            name = f"embeddings.{axis}_position_embeddings.weight"
            sizes.append((name, (shape.n_absolute, shape.hidden_size)))
    if family == "bros":
        size = (shape.hidden_size // shape.n_heads, shape.hidden_size // 4)
        sizes.append(("bbox_embeddings.bbox_projection.weight", size))
    weights = {f"{prefix}{name}": torch.randn(size) * 0.05 for name, size in sizes}
    save_file(weights, folder / "model.safetensors")
    return weights


def _sizes(shape: Shape, n_words: int) -> list[tuple[str, tuple[int, ...]]]:
    size, middle = shape.hidden_size, shape.intermediate_size
    sizes: list[tuple[str, tuple[int, ...]]] = [
        ("embeddings.word_embeddings.weight", (n_words, size)),
        ("embeddings.position_embeddings.weight", (shape.n_positions, size)),
        ("embeddings.token_type_embeddings.weight", (2, size)),
        ("embeddings.LayerNorm.weight", (size,)),
        ("embeddings.LayerNorm.bias", (size,)),
    ]
    for number in range(shape.n_layers):
        layer = f"encoder.layer.{number}"
        for name in ("query", "key", "value"):
            sizes += _linear(f"{layer}.attention.self.{name}", size, size)
        sizes += _linear(f"{layer}.attention.output.dense", size, size)
        sizes += _linear(f"{layer}.intermediate.dense", middle, size)
        sizes += _linear(f"{layer}.output.dense", size, middle)
        for name in ("attention.output", "output"):
            sizes.append((f"{layer}.{name}.LayerNorm.weight", (size,)))
            sizes.append((f"{layer}.{name}.LayerNorm.bias", (size,)))
    return sizes


def _linear(name: str, out: int, into: int) -> list[tuple[str, tuple[int, ...]]]:
    return [(f"{name}.weight", (out, into)), (f"{name}.bias", (out,))]


def make_config(n_steps: int = 6) -> TrainConfig:
    """A release of two stages over the tiny data sets."""
    schedule = {
        "n_steps": n_steps,
        "batch_tokens": 256,
        "evaluate_every": n_steps,
        "save_every": 2,
        "encoder_rate": 1e-3,
    }
    base = [{"name": "sroie"}, {"name": "cord_r"}, {"name": "synthetic_receipts", "limit": 2}]
    evaluated = ["sroie", "sroie_ocr", "cord", "cord_r"]
    return TrainConfig.model_validate(
        {
            "name": "tiny",
            "version": "0",
            "licence": "Apache-2.0",
            "schemas": ["receipt", "sroie", "cord"],
            "max_tokens": N_POSITIONS,
            "n_folds": 2,
            "held_out_fold": 0,
            "stages": [
                {"name": "base", "sources": base, "schedule": schedule, "evaluated": evaluated},
                {
                    "name": "groups",
                    "sources": [*base, {"name": "cord"}],
                    "schedule": schedule,
                    "evaluated": evaluated,
                },
            ],
        }
    )


def make_data_sets(root: Path, n_receipts: int = 12) -> Path:
    """SROIE, CORD and CORD-r with a few receipts each."""
    for number in range(n_receipts):
        _write_sroie(root / "sroie" / "train", number)
        _write_cord(root / "cord" / "dev" / "json", number)
        _write_cord_r(root / "cord_r", number)
    for split, prefix in (("train", "train"), ("val", "valid")):
        lines = [f"images/{prefix}_{n:04d}.png jsons/{prefix}_{n:04d}.json\n"
                 for n in range(n_receipts)]  # fmt: skip
        (root / "cord_r" / f"data.{split}.txt").write_text("".join(lines))
    return root


def _write_sroie(folder: Path, number: int) -> None:
    lines = [f"SHOP {number} SDN BHD", f"{number} JALAN ABC", "DATE: 01/02/2018", "TOTAL 9.00"]
    for name in ("box", "entities"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rows = []
    for row, text in enumerate(lines):
        top, bottom, right = 30 * row, 30 * row + 20, 12 * len(text)
        rows.append(f"0,{top},{right},{top},{right},{bottom},0,{bottom},{text}\n")
    (folder / "box" / f"R{number:03d}.txt").write_text("".join(rows))
    keys = {"company": lines[0], "date": "01/02/2018", "address": lines[1], "total": "9.00"}
    (folder / "entities" / f"R{number:03d}.txt").write_text(json.dumps(keys))


def _write_cord(folder: Path, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        _cord_line("menu.nm", 1, [("TEA", 0)], 0),
        _cord_line("menu.price", 1, [("9.000", 0)], 0, left=200),
        _cord_line("total.total_price", 2, [("TOTAL", 1), ("9.000", 0)], 60),
    ]
    receipt = {
        "gt_parse": {"menu": {"nm": "TEA", "price": "9.000"}, "total": {"total_price": "9.000"}},
        "meta": {"image_size": {"width": 400, "height": 200}},
        "valid_line": lines,
    }
    (folder / f"receipt_{number:05d}.json").write_text(json.dumps(receipt))


def _cord_line(
    category: str, group: int, words: list[tuple[str, int]], top: int, left: int = 0
) -> dict[str, object]:
    entries = []
    for position, (text, is_key) in enumerate(words):
        x0, x1 = left + 90 * position, left + 90 * position + 12 * len(text)
        quad = {"x1": x0, "y1": top, "x2": x1, "y2": top, "x3": x1, "y3": top + 20, "x4": x0,
                "y4": top + 20}  # fmt: skip
        entries.append({"quad": quad, "is_key": is_key, "text": text})
    return {"category": category, "group_id": group, "sub_group_id": 0, "words": entries}


def _write_cord_r(root: Path, number: int) -> None:
    (root / "jsons").mkdir(parents=True, exist_ok=True)
    characters: list[tuple[int, dict[str, object]]] = []
    for row, text in enumerate(["1 TEA", "TOTAL 9.000"]):
        for column, char in enumerate(text):
            box = [12 * column, 30 * row, 12 * column + 11, 30 * row + 20]
            characters.append((row, {"id": len(characters), "box": box, "text": char}))
    document = [{"words": [char for r, char in characters if r == row]} for row in (0, 1)]
    receipt = {
        "img": {"width": 200, "height": 100},
        "document": document,
        "label_entities": [
            {"label": "menu.cnt", "word_idx": [0]},
            {"label": "menu.nm", "word_idx": [2, 3, 4]},
            {"label": "total.total_price", "word_idx": list(range(5, 16))},
        ],
    }
    for prefix in ("train", "valid"):
        (root / "jsons" / f"{prefix}_{number:04d}.json").write_text(json.dumps(receipt))
