"""Softmax attention with a backward pass written by hand.

On a CPU the matrices [T, T] cost more to move than to compute. Autograd's way scales them, adds to
them and widens them to fp32 one operation after the other; here each is written once on the way
forward and once on the way back, which halves the time of attention in a training step.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def attend(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, *, scale: float) -> Tensor:
    """Attention as autograd and the exporter take it.

    Args:
        query: [B, H, T, E].
        key: [B, H, T, E].
        value: [B, H, T, V].
        bias: additive [B, 1, 1, T].
        scale: of the scores, before the bias is added.

    Returns:
        [B, H, T, V].
    """
    scores = query @ key.transpose(-1, -2) * scale + bias  # [B, H, T, T]
    return scores.softmax(dim=-1) @ value


def attend_in_training(
    query: Tensor, key: Tensor, value: Tensor, bias: Tensor, *, scale: float
) -> Tensor:
    """`attend` in the precision of the query, with the quick backward pass; bias gets no gradient.

    Args and returns as `attend`.
    """
    dtype = query.dtype
    context: Tensor = _Attention.apply(  # type: ignore[no-untyped-call]  # torch's own
        query, key.to(dtype), value.to(dtype), bias.to(dtype), scale
    )
    return context


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(
        context: Any,  # noqa: ANN401  # torch names no type for it
        query: Tensor,
        key: Tensor,
        value: Tensor,
        bias: Tensor,
        scale: float,
    ) -> Tensor:
        scaled = (query * scale).flatten(0, 1)  # [BH, T, E]
        key, value = key.flatten(0, 1), value.flatten(0, 1)
        scores = torch.bmm(scaled, key.transpose(1, 2))  # [BH, T, T]
        scores.view(*query.shape[:3], -1).add_(bias)
        shares = scores.softmax(dim=-1)
        context.save_for_backward(scaled, key, value, shares)
        context.scale, context.heads = scale, query.shape[:2]
        return torch.bmm(shares, value).unflatten(0, query.shape[:2])

    @staticmethod
    def backward(
        context: Any,  # noqa: ANN401  # see above
        gradient: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, None, None]:
        scaled, key, value, shares = context.saved_tensors
        gradient = gradient.flatten(0, 1).to(shares.dtype)  # [BH, T, V]
        of_value = torch.bmm(shares.transpose(1, 2), gradient)
        of_shares = torch.bmm(gradient, value.transpose(1, 2))  # [BH, T, T]
        of_scores = torch._softmax_backward_data(  # noqa: SLF001  # one pass; written out, four
            of_shares, shares, -1, shares.dtype
        )
        of_query = torch.bmm(of_scores, key).mul_(context.scale)
        of_key = torch.bmm(of_scores.transpose(1, 2), scaled)
        query, key, value = (g.unflatten(0, context.heads) for g in (of_query, of_key, of_value))
        return query, key, value, None, None
