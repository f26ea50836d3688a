"""What a token's place tells beside its distance from others, added to its embedding.

Source of the tables: LayoutLM (Xu et al., KDD 2020, section 2.2).
Shapes: B documents, T tokens, D hidden size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

N_COORDINATES = 8


class AbsoluteEmbeddings(nn.Module):
    """LayoutLM's tables for left, top, right, bottom, width and height of the word's box."""

    def __init__(self, n_steps: int, size: int) -> None:
        super().__init__()
        self.n_steps = n_steps
        self.x = nn.Embedding(self.n_steps, size)
        self.y = nn.Embedding(self.n_steps, size)
        self.width = nn.Embedding(self.n_steps, size)
        self.height = nn.Embedding(self.n_steps, size)
        for table in (self.x, self.y, self.width, self.height):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, boxes: Tensor) -> Tensor:
        """Boxes [B, T, 8] in text heights to the sum of embeddings [B, T, D].

        LayoutLM counts 0..1000 over a page; a page of print is about 100 text heights, so ten
        steps a text height keep its scale.
        """
        steps = (boxes[..., :4] * 10).long().clamp(0, self.n_steps - 1)
        left, top, right, bottom = steps.unbind(-1)
        total = self.x(left) + self.y(top) + self.x(right) + self.y(bottom)
        return (
            total
            + self.width((right - left).clamp(min=0))
            + self.height((bottom - top).clamp(min=0))
        )


class PlaceEmbedding(nn.Module):
    """How large a word is set and where on the page, through a small network that starts at zero.

    The relative term sees differences between words only; headings are larger than the text, and
    the sender stands at the top.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(3 * N_COORDINATES, 64)
        self.out = nn.Linear(64, size)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, boxes: Tensor) -> Tensor:
        """Boxes [B, T, 8] in text heights to vectors [B, T, D].

        Distances between neighbouring coordinates of the box are sizes in either box form.
        """
        sizes = boxes.roll(-2, dims=-1) - boxes
        near, far = sizes.clamp(-4.0, 4.0) / 2.0, sizes.clamp(-128.0, 128.0) / 32.0
        features = torch.cat([near, far, boxes / 64.0], dim=-1)  # [B, T, 24]
        embedded: Tensor = self.out(functional.gelu(self.hidden(features)))
        return embedded
