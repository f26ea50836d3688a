"""The network: its spatial term is BROS's, padding changes nothing, features drop as a whole."""

from __future__ import annotations

import pytest
import torch

from models.network import PADDED, FeatureDropout, NetworkConfig, SpatialModel
from models.spatial_code import SpatialCode, SpatialProjection, spatial_key

TINY = NetworkConfig(
    vocab_size=50, hidden_size=64, n_layers=2, n_heads=2, intermediate_size=96, max_positions=40
)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def test_the_dot_product_is_bros_relative_term() -> None:
    """Against the definition: the query times the projected sinusoids of the boxes' differences."""
    n_frequencies, size = 3, 8
    code, projection = SpatialCode(n_frequencies), SpatialProjection(size, n_frequencies)
    boxes, query = torch.rand(1, 5, 8) * 90, torch.randn(1, 5, size)
    sin, cos = code(boxes)
    scores = projection(query, sin, cos) @ spatial_key(sin, cos).transpose(-1, -2)

    difference = boxes.unsqueeze(1) - boxes.unsqueeze(2)  # [1, i, j, 8]: of j seen from i
    angles = difference.unsqueeze(-1) * code.frequencies  # [1, 5, 5, 8, n]
    sinusoids = torch.cat([angles.sin(), angles.cos()], dim=-1).flatten(-2)  # [1, 5, 5, 8 * 2n]
    embedded = sinusoids @ projection.weight.T  # [1, 5, 5, size]
    wanted = torch.einsum("bid,bijd->bij", query, embedded)
    assert torch.allclose(scores, wanted, atol=1e-4)


@pytest.mark.parametrize("changes", [{}, {"relative_term": False}, {"absolute_embeddings": True}])
def test_padding_changes_nothing(changes: dict[str, bool]) -> None:
    model = SpatialModel(TINY.model_copy(update=changes), n_labels=3).eval()
    ids, boxes = torch.randint(5, 50, (1, 9)), torch.rand(1, 9, 8) * 40
    shapes, starts = torch.randint(1, 20, (1, 9)), torch.tensor([[1, 3, 6]])
    alone = model(ids, boxes, shapes, starts)
    padded = model(
        torch.cat([ids, torch.zeros(1, 4, dtype=torch.long)], dim=1),
        torch.cat([boxes, torch.zeros(1, 4, 8)], dim=1),
        torch.cat([shapes, torch.zeros(1, 4, dtype=torch.long)], dim=1),
        torch.cat([starts, torch.zeros(1, 2, dtype=torch.long)], dim=1),
    )
    assert torch.allclose(padded.initial[:, :, :3], alone.initial, atol=1e-4)
    assert torch.allclose(padded.rel_s[:, :3, :3], alone.rel_s, rtol=1e-4, atol=1e-3)
    assert (padded.initial[:, :, 3:] < PADDED / 2).all()
    assert (padded.rel_s[:, 3:, :3] < PADDED / 2).all()


def test_shapes_and_the_diagonal() -> None:
    model = SpatialModel(TINY, n_labels=7).eval()
    starts = torch.tensor([[1, 2, 3, 4], [1, 5, 0, 0]])
    output = model(
        torch.randint(5, 50, (2, 11)), torch.rand(2, 11, 8), torch.ones(2, 11).long(), starts
    )
    assert output.initial.shape == (2, 7, 4)
    assert output.rel_s.shape == output.rel_g.shape == (2, 4, 4)
    assert output.key.shape == (2, 4)
    assert (output.rel_s.diagonal(dim1=1, dim2=2) < PADDED / 2).all()


def test_distance_alone_decides_without_absolute_embeddings() -> None:
    model = SpatialModel(TINY, n_labels=3).eval()
    ids, boxes, starts = torch.randint(5, 50, (1, 9)), torch.rand(1, 9, 8), torch.tensor([[1, 3]])
    shapes = torch.ones(1, 9).long()
    here, there = (model(ids, moved, shapes, starts) for moved in (boxes, boxes + 57.0))
    assert torch.allclose(here.rel_s, there.rel_s, rtol=1e-3, atol=1e-2)
    assert torch.allclose(here.initial, there.initial, atol=1e-3)


def test_feature_dropout_drops_a_feature_at_every_token() -> None:
    dropout = FeatureDropout(0.5)
    hidden = torch.ones(2, 6, 200)
    dropped = dropout.train()(hidden)
    assert ((dropped == 0).all(dim=1) | (dropped == 2).all(dim=1)).all()
    assert 0.3 < (dropped == 0).float().mean() < 0.7
    assert torch.equal(dropout.eval()(hidden), hidden)
