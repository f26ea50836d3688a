"""The head that guesses hidden words; for training alone, never exported."""

from __future__ import annotations

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
        logits = functional.linear(vectors, words, self.bias.to(vectors.dtype))  # [G, V]
        return functional.cross_entropy(logits.float(), guesses[chosen])
