"""Initial weights from Hugging Face folders of each family that is understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from layout.tokens import COLUMNS
from models.network import SpatialModel
from models.weights import load_pretrained, read_network_config
from ocr.errors import SetupError
from tests.unit.models import plain_encoder
from tests.unit.models.tiny import Shape, make_checkpoint

FAMILIES = ["bert", "layoutlm", "bros"]
OTHER = Shape(
    hidden_size=192, n_layers=3, n_heads=3, intermediate_size=80, n_positions=70, n_absolute=400
)


def set_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def load(folder: Path, **changes: bool) -> SpatialModel:
    model = SpatialModel(read_network_config(folder, **changes), n_labels=2).eval()
    load_pretrained(model, folder)
    return model


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


@pytest.mark.parametrize("shape", [Shape(), OTHER], ids=["toy", "other"])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_encoder_starts_as_the_family_s_own(tmp_path: Path, family: str, shape: Shape) -> None:
    """Freshly made parts add nothing yet; of BERT's and LayoutLM's, the relative term would."""
    torch.manual_seed(1)
    weights = make_checkpoint(tmp_path, family, shape)
    for name in weights:
        weights[name] = weights[name] * 6  # attention that is far from even
    save_file(weights, tmp_path / "model.safetensors")
    encoder = load(tmp_path, relative_term=family == "bros").encoder
    n_tokens = 20
    ids = torch.randint(5, 90, (n_tokens,))
    corner = torch.rand(n_tokens, 2) * 30
    boxes = torch.cat([corner, corner + 0.5 + torch.rand(n_tokens, 2) * 8], dim=1)
    columns = COLUMNS["corners"] if family == "bros" else COLUMNS["word_twice"]
    plain = {name.removeprefix(f"{family}."): tensor for name, tensor in weights.items()}
    own_unit = boxes * 10 if family == "layoutlm" else boxes
    with torch.inference_mode():
        shapes = torch.ones(1, n_tokens, dtype=torch.int64)
        found = encoder(ids[None], boxes[None][..., columns], shapes)[0]
        wanted = plain_encoder.encode(plain, ids, own_unit, n_heads=shape.n_heads)
        moved = plain_encoder.encode(plain, ids, own_unit.flip(0), n_heads=shape.n_heads)
    assert torch.allclose(found, wanted, atol=1e-4)
    assert torch.allclose(wanted, moved, atol=1e-2) == (family == "bert")


@pytest.mark.parametrize("family", ["bert", "bros"])
def test_older_names_and_halves_are_read(tmp_path: Path, family: str) -> None:
    weights = make_checkpoint(tmp_path, family)
    first = load(tmp_path).encoder
    old = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma")
        .replace("LayerNorm.bias", "LayerNorm.beta")
        .replace("bbox_embeddings.", "embeddings."): tensor.half()
        for name, tensor in weights.items()
    }
    save_file(old, tmp_path / "model.safetensors")
    again = load(tmp_path).encoder
    for name in ("norm.bias", "layers.1.output_norm.weight", "words.weight"):
        assert torch.allclose(first.get_parameter(name), again.get_parameter(name), atol=1e-3)
        assert again.get_parameter(name).dtype == torch.float32
    if family == "bros":
        found = again.get_parameter("projection.weight")
        assert torch.allclose(first.get_parameter("projection.weight"), found, atol=1e-3)


@pytest.mark.parametrize(
    ("family", "lost"),
    [
        ("bert", "encoder.layer.1.output.LayerNorm.bias"),
        ("bert", "embeddings.token_type_embeddings.weight"),
        ("layoutlm", "layoutlm.embeddings.h_position_embeddings.weight"),
        ("bros", "bros.bbox_embeddings.bbox_projection.weight"),
    ],
)
def test_a_tensor_that_is_missing_is_named(tmp_path: Path, family: str, lost: str) -> None:
    """Left alone it would stay at its random start, and nothing would tell."""
    weights = make_checkpoint(tmp_path, family)
    del weights[lost]
    save_file(weights, tmp_path / "model.safetensors")
    with pytest.raises(SetupError, match=lost.replace(".", r"\.")):
        load(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"model_type": "gpt2"},
        {"hidden_act": "relu"},
        {"position_embedding_type": "relative_key"},
        {"pad_token_id": 1},
        {"is_decoder": True},
        {"bbox_scale": 1.0},
        {"hidden_size": "wide"},
        {"hidden_size": 65},
        {"hidden_size": 32},
    ],
)
def test_what_the_network_cannot_do_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    make_checkpoint(tmp_path)
    set_config(tmp_path, **changes)
    ((key, value),) = changes.items()
    with pytest.raises(SetupError, match=rf"config\.json: .*{key} is '?{value}"):
        read_network_config(tmp_path)


def test_broken_configurations_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"no config\.json"):
        read_network_config(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(SetupError, match=r"config\.json: "):
        read_network_config(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(SetupError, match="vocab_size is missing; hidden_size is missing"):
        read_network_config(tmp_path)


def test_misshapen_and_unreadable_weights_are_named(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    model = SpatialModel(read_network_config(tmp_path), n_labels=2)
    config = read_network_config(tmp_path).model_copy(update={"intermediate_size": 50})
    with pytest.raises(SetupError, match="shape"):
        load_pretrained(SpatialModel(config, n_labels=2), tmp_path)
    path = tmp_path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(SetupError, match=r"model\.safetensors: "):
        load_pretrained(model, tmp_path)
    path.unlink()
    with pytest.raises(SetupError, match=r"no model\.safetensors$"):
        load_pretrained(model, tmp_path)
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(SetupError, match=r"pytorch_model\.bin is pickled"):
        load_pretrained(model, tmp_path)
    (tmp_path / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(SetupError, match="several files"):
        load_pretrained(model, tmp_path)
