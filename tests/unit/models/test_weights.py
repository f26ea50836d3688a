"""Initial weights from Hugging Face folders of each family that is understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from models.network import SpatialModel
from models.vocabulary import read_tokenizer
from models.weights import load_pretrained, read_network_config
from ocr.errors import SetupError
from tests.unit.models.tiny import make_checkpoint


@pytest.mark.parametrize(
    ("family", "fresh"),
    [("bert", ["projection.weight"]), ("layoutlm", ["projection.weight"]), ("bros", [])],
)
def test_every_family_fills_the_encoder(tmp_path: Path, family: str, fresh: list[str]) -> None:
    weights = make_checkpoint(tmp_path, family)
    model = SpatialModel(read_network_config(tmp_path), n_labels=2)
    found = load_pretrained(model, tmp_path)
    assert [name for name in found if not name.startswith(("place.", "shape."))] == fresh
    stored = next(v for k, v in weights.items() if k.endswith("layer.1.attention.self.key.weight"))
    assert torch.equal(model.encoder.get_parameter("layers.1.attention.key.weight"), stored)
    assert model.config.absolute_embeddings == (family == "layoutlm")
    assert model.config.box_form == ("corners" if family == "bros" else "word_and_line")


@pytest.mark.parametrize("lowercase", [True, False])
def test_a_vocabulary_alone_makes_the_same_tokenizer(tmp_path: Path, *, lowercase: bool) -> None:
    make_checkpoint(tmp_path, "bros")
    whole = read_tokenizer(tmp_path)
    by_id = {number: piece for piece, number in whole.get_vocab().items()}
    (tmp_path / "vocab.txt").write_text("".join(f"{by_id[i]}\n" for i in range(len(by_id))))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": lowercase}))
    (tmp_path / "tokenizer.json").unlink()
    made = read_tokenizer(tmp_path)
    text = "Total: 9.00"
    wanted = whole.encode(text, add_special_tokens=False).tokens
    found = made.encode(text, add_special_tokens=False).tokens
    assert [token.lower() for token in found] == wanted
    assert (found == wanted) == lowercase
    (tmp_path / "vocab.txt").unlink()
    with pytest.raises(SetupError, match=r"neither tokenizer\.json nor vocab\.txt"):
        read_tokenizer(tmp_path)


def test_an_unknown_family_is_refused(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "model_type": "gpt2"}))
    with pytest.raises(SetupError, match="gpt2"):
        read_network_config(tmp_path)


def test_missing_and_misshapen_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"config\.json"):
        read_network_config(tmp_path)
    make_checkpoint(tmp_path)
    model = SpatialModel(read_network_config(tmp_path), n_labels=2)
    config = read_network_config(tmp_path).model_copy(update={"intermediate_size": 50})
    with pytest.raises(SetupError, match="shape"):
        load_pretrained(SpatialModel(config, n_labels=2), tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(SetupError, match="safetensors"):
        load_pretrained(model, tmp_path)
