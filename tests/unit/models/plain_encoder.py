"""BERT, LayoutLM and BROS written out from their checkpoints' tensors, to compare with.

After transformers' BertModel, LayoutLMModel and BrosModel: one document, no padding, no shortcuts.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

Weights = dict[str, Tensor]
AXES = (("x", 0), ("y", 1), ("x", 2), ("y", 3))


def encode(weights: Weights, ids: Tensor, boxes: Tensor, *, n_heads: int) -> Tensor:
    """Ids [T] and boxes [T, 4] in the checkpoint's own unit to vectors [T, D].

    LayoutLM's unit is a thousandth of the page, BROS's (after its own scaling) a hundredth.
    """
    hidden = _embed(weights, ids, boxes)
    relative = weights.get("bbox_embeddings.bbox_projection.weight")
    places = None
    if relative is not None:
        places = _differences(boxes, relative.shape[1] // 8) @ relative.T  # [T, T, D / H]
    number = 0
    while f"encoder.layer.{number}.output.dense.weight" in weights:
        layer = _below(weights, f"encoder.layer.{number}.")
        context = _attend(_below(layer, "attention.self."), hidden, places, n_heads)
        inner = _norm(
            layer, "attention.output", _linear(layer, "attention.output", context), hidden
        )
        middle = functional.gelu(_linear(layer, "intermediate", inner))
        hidden = _norm(layer, "output", _linear(layer, "output", middle), inner)
        number += 1
    return hidden


def _embed(weights: Weights, ids: Tensor, boxes: Tensor) -> Tensor:
    of = _below(weights, "embeddings.")
    hidden = of["word_embeddings.weight"][ids] + of["position_embeddings.weight"][: len(ids)]
    hidden = hidden + of["token_type_embeddings.weight"][0]
    if "x_position_embeddings.weight" in of:
        steps = boxes.long()
        for axis, column in AXES:
            hidden = hidden + of[f"{axis}_position_embeddings.weight"][steps[:, column]]
        hidden = hidden + of["w_position_embeddings.weight"][steps[:, 2] - steps[:, 0]]
        hidden = hidden + of["h_position_embeddings.weight"][steps[:, 3] - steps[:, 1]]
    return _norm(of, "", hidden, torch.zeros(()))


def _differences(boxes: Tensor, size: int) -> Tensor:
    """Sinusoids [T, T, 8 * size] of how far j's corners are from i's."""
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]]
    frequencies = 1 / 10000 ** (torch.arange(0.0, size, 2.0) / size)
    angles = (corners[None] - corners[:, None])[..., None] * frequencies  # [T, T, 8, size / 2]
    return torch.cat([angles.sin(), angles.cos()], dim=-1).flatten(2)


def _attend(of: Weights, hidden: Tensor, places: Tensor | None, n_heads: int) -> Tensor:
    query, key, value = (
        functional.linear(hidden, of[f"{name}.weight"], of[f"{name}.bias"])
        .unflatten(-1, (n_heads, -1))
        .transpose(0, 1)
        for name in ("query", "key", "value")
    )  # each [H, T, D / H]
    scores = query @ key.transpose(-1, -2)
    if places is not None:
        scores = scores + torch.einsum("nid,ijd->nij", query, places)
    shares = (scores / math.sqrt(query.shape[-1])).softmax(dim=-1)
    context: Tensor = shares @ value  # [H, T, D / H]
    return context.transpose(0, 1).flatten(1)


def _linear(of: Weights, name: str, hidden: Tensor) -> Tensor:
    return functional.linear(hidden, of[f"{name}.dense.weight"], of[f"{name}.dense.bias"])


def _norm(of: Weights, name: str, hidden: Tensor, residual: Tensor) -> Tensor:
    weight, bias = (of[f"{name}.LayerNorm.{k}".lstrip(".")] for k in ("weight", "bias"))
    return functional.layer_norm(hidden + residual, weight.shape, weight, bias, eps=1e-12)


def _below(weights: Weights, prefix: str) -> Weights:
    return {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
