"""A toy network, its vocabulary and tiny data sets in their official layouts."""

from __future__ import annotations

import json
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


def make_checkpoint(folder: Path, family: str = "bert") -> dict[str, torch.Tensor]:
    """Write a Hugging Face folder of random weights; returns what is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "model_type": family,
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": SIZE,
        "num_hidden_layers": N_LAYERS,
        "num_attention_heads": N_HEADS,
        "intermediate_size": 2 * SIZE,
        "max_position_embeddings": N_POSITIONS,
        "max_2d_position_embeddings": 1024,
    }
    (folder / "config.json").write_text(json.dumps(config))
    prefix = "" if family == "bert" else f"{family}."
    weights = {f"{prefix}{name}": torch.randn(shape) * 0.05 for name, shape in _shapes(config)}
    if family == "layoutlm":
        for axis in "xyhw":
            name = f"{prefix}embeddings.{axis}_position_embeddings.weight"
            weights[name] = torch.randn(1024, SIZE) * 0.05
    if family == "bros":
        shape = (SIZE // N_HEADS, SIZE // 4)
        weights[f"{prefix}bbox_embeddings.bbox_projection.weight"] = torch.randn(shape) * 0.05
    save_file(weights, folder / "model.safetensors")
    return weights


def _shapes(config: dict[str, object]) -> list[tuple[str, tuple[int, ...]]]:
    n_words = config["vocab_size"]
    assert isinstance(n_words, int)
    shapes: list[tuple[str, tuple[int, ...]]] = [
        ("embeddings.word_embeddings.weight", (n_words, SIZE)),
        ("embeddings.position_embeddings.weight", (N_POSITIONS, SIZE)),
        ("embeddings.token_type_embeddings.weight", (2, SIZE)),
        ("embeddings.LayerNorm.weight", (SIZE,)),
        ("embeddings.LayerNorm.bias", (SIZE,)),
    ]
    for number in range(N_LAYERS):
        layer = f"encoder.layer.{number}"
        for name in ("query", "key", "value"):
            shapes += _linear(f"{layer}.attention.self.{name}", SIZE, SIZE)
        shapes += _linear(f"{layer}.attention.output.dense", SIZE, SIZE)
        shapes += _linear(f"{layer}.intermediate.dense", 2 * SIZE, SIZE)
        shapes += _linear(f"{layer}.output.dense", SIZE, 2 * SIZE)
        for name in ("attention.output", "output"):
            shapes.append((f"{layer}.{name}.LayerNorm.weight", (SIZE,)))
            shapes.append((f"{layer}.{name}.LayerNorm.bias", (SIZE,)))
    return shapes


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
