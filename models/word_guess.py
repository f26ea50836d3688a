"""The head that guesses hidden words; for training alone, never exported."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.network import NetworkConfig


class WordGuess(nn.Module):
    """Guesses hidden tokens from the encoder's vectors.

    BERT's head (Devlin et al., NAACL 2019), its output tied to the embeddings of the words.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.transform = nn.Linear(config.hidden_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, hidden: Tensor, words: Tensor, guesses: Tensor) -> Tensor:
        """Mean cross-entropy of the tokens to guess.

        Args:
            hidden: [B, T, D].
            words: [V, D] embeddings of the vocabulary.
            guesses: [B, T] vocabulary ids, negative where nothing is hidden.
        """
        chosen = guesses >= 0
        if not bool(chosen.any()):
            return hidden.new_zeros((), dtype=torch.float32)
        vectors = self.norm(functional.gelu(self.transform(hidden[chosen])))  # [G, D]
        loss: Tensor = _CrossEntropy.apply(  # type: ignore[no-untyped-call]  # torch's own
            vectors, words, self.bias, guesses[chosen]
        )
        return loss


class _CrossEntropy(torch.autograd.Function):
    """Mean cross-entropy of a linear layer's logits, which are turned into gradients in place.

    Autograd's way keeps four matrices [G, V] in fp32 and walks over each several times, a sixth of
    a training step on a CPU.
    """

    @staticmethod
    def forward(
        context: Any,  # noqa: ANN401  # torch names no type for it
        vectors: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
    ) -> Tensor:
        """Vectors [G, D], weight [V, D], bias [V], targets [G] to a scalar, fp32."""
        dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None
        dtype = dtype or vectors.dtype
        vectors, narrow = vectors.to(dtype), weight.to(dtype)
        with torch.autocast("cpu", enabled=False):
            shares = (vectors @ narrow.t()).to(bias.dtype).add_(bias)  # [G, V]
            row = torch.arange(len(targets), device=targets.device)
            shares -= shares.amax(dim=1, keepdim=True)
            hit = shares[row, targets]
            shares.exp_()
            total = shares.sum(dim=1, keepdim=True)
            loss = (total.squeeze(1).log() - hit).mean()
            shares /= total
            shares[row, targets] -= 1.0
            shares /= len(targets)
            context.save_for_backward(shares.to(dtype), vectors, narrow)
            context.dtypes = (vectors.dtype, weight.dtype, bias.dtype)
        return loss

    @staticmethod
    def backward(
        context: Any,  # noqa: ANN401  # see above
        gradient: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, None]:
        """Gradients of vectors, weight and bias."""
        shares, vectors, weight = context.saved_tensors
        _, of_weight, of_bias = context.dtypes
        scaled = vectors * gradient.to(vectors.dtype)  # [G, D]
        ones = gradient.to(shares.dtype).expand(1, len(shares))  # [1, G]
        return (
            (shares @ weight).mul_(gradient),
            (shares.t() @ scaled).to(of_weight),
            (ones @ shares)[0].to(of_bias),
            None,
        )
