"""Where two boxes lie to each other, as an ordinary dot product.

Source: BROS (Hong et al., AAAI 2022, section 3.1), whose relative term this computes exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.place_embeddings import N_COORDINATES


class SpatialCode(nn.Module):
    """sin and cos of every coordinate at every frequency, from which distances can be read.

    BROS scores a query against the sinusoids of the *difference* of two boxes, which takes a
    [T, T, E] tensor. Since sin(xj - xi) and cos(xj - xi) are bilinear in the sinusoids of xi and
    xj, the very same score is a longer dot product of a per-token query and a per-token key.
    """

    frequencies: Tensor

    def __init__(self, n_frequencies: int) -> None:
        super().__init__()
        exponents = torch.arange(n_frequencies, dtype=torch.float32) / n_frequencies
        self.register_buffer("frequencies", 10000.0**-exponents, persistent=False)

    def forward(self, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Boxes [B, T, 8] to sin and cos, each [B, T, 8 * n_frequencies]."""
        angles = boxes.float().unsqueeze(-1) * self.frequencies  # [B, T, 8, n_frequencies]
        angles = angles.flatten(2)
        return angles.sin(), angles.cos()


class SpatialProjection(nn.Module):
    """The weights that turn a query into amplitudes for the sinusoids of box distances.

    Holds BROS's `bbox_projection`: its columns are, coordinate by coordinate, n sines then n
    cosines of the distance.
    """

    def __init__(self, query_size: int, n_frequencies: int) -> None:
        super().__init__()
        self.n_frequencies = n_frequencies
        self.weight = nn.Parameter(torch.empty(query_size, N_COORDINATES * 2 * n_frequencies))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, query: Tensor, sin: Tensor, cos: Tensor) -> Tensor:
        """Extra query coordinates [..., T, 2E'] whose partner is `spatial_key`.

        With a, b the query's amplitudes for sin and cos of (xj - xi):
        a sin(xj - xi) + b cos(xj - xi)
          = sin xj (a cos xi + b sin xi) + cos xj (b cos xi - a sin xi).
        """
        by_kind = self.weight.unflatten(1, (N_COORDINATES, 2, self.n_frequencies))
        a = query @ by_kind[:, :, 0].flatten(1)  # [..., T, 8n]
        b = query @ by_kind[:, :, 1].flatten(1)  # [..., T, 8n]
        sin, cos = sin.to(a.dtype), cos.to(a.dtype)  # as the key's are, in training
        return torch.cat([a * cos + b * sin, b * cos - a * sin], dim=-1)


def spatial_key(sin: Tensor, cos: Tensor) -> Tensor:
    """The key's extra coordinates [..., T, 2E'] that meet those of `SpatialProjection`."""
    return torch.cat([sin, cos], dim=-1)
