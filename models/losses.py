"""The training objective: how much probability the model gives to acceptable answers."""

from __future__ import annotations

from typing import NamedTuple

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor
from torch.nn import functional

from models.network import ModelOutput

UNKNOWN_WORD_WEIGHT = 0.25
"""Weight in rel_s of words outside every known entity: many, and mostly easy."""


class TargetBatch(NamedTuple):
    """Targets of B windows, padded; see `models.examples.Targets`.

    initial [B, F, N], is_judged [B, F], is_competing [B, F], rel_s [B, N + 1, N],
    rel_g [B, N + 1, N], in_entity [B, N], in_group [B, N], key [B, N], is_word [B, N], types [B]
    (the type's number, negative where unknown), and what hidden tokens are: guesses [B, T].
    """

    initial: Tensor
    is_judged: Tensor
    is_competing: Tensor
    rel_s: Tensor
    rel_g: Tensor
    in_entity: Tensor
    in_group: Tensor
    key: Tensor
    is_word: Tensor
    types: Tensor
    guesses: Tensor


class Losses(NamedTuple):
    """The parts of the objective, each a scalar."""

    judged: Tensor
    competing: Tensor
    rel_s: Tensor
    rel_g: Tensor
    key: Tensor
    types: Tensor
    guess: Tensor


class LossWeights(BaseModel):
    """What each part of the objective counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    judged: float = 1.0
    competing: float = 1.0
    rel_s: float = 1.0
    rel_g: float = 1.0
    key: float = 0.3
    types: float = 0.2
    guess: float = 0.0

    def total(self, losses: Losses) -> Tensor:
        """What is minimised."""
        weights = self.model_dump()
        parts = losses._asdict()
        return torch.stack([weights[name] * part for name, part in parts.items()]).sum()


def compute_losses(
    output: ModelOutput, targets: TargetBatch, guess: Tensor | None = None
) -> Losses:
    """Compare the model's scores with what is acceptable.

    Args:
        output: of the network.
        targets: of the same windows.
        guess: the loss of `WordGuess`; None where nothing was guessed.
    """
    initial = output.initial.float()
    is_word = targets.is_word.float()
    return Losses(
        judged=_judged(initial, targets, is_word),
        competing=_competing(initial, targets),
        rel_s=_relation(
            output.rel_s.float(),
            targets.rel_s,
            is_word * (targets.in_entity + UNKNOWN_WORD_WEIGHT * ~targets.in_entity),
        ),
        rel_g=_relation(output.rel_g.float(), targets.rel_g, targets.in_group.float()),
        key=_key(output.key.float(), targets.key),
        types=_types(output.types.float(), targets.types),
        guess=torch.zeros((), device=initial.device) if guess is None else guess,
    )


def _judged(initial: Tensor, targets: TargetBatch, is_word: Tensor) -> Tensor:
    """Binary cross-entropy, summed over words, per true opening."""
    weight = targets.is_judged.unsqueeze(-1) * is_word.unsqueeze(1)  # [B, F, N]
    truth = targets.initial.float()
    loss = functional.binary_cross_entropy_with_logits(initial, truth, reduction="none")
    return (loss * weight).sum() / (truth * weight).sum().clamp(min=1.0)


def _competing(initial: Tensor, targets: TargetBatch) -> Tensor:
    """Cross-entropy of the softmax over words and "none", all acceptable words together."""
    none = torch.zeros_like(initial[..., :1])
    scores = torch.cat([initial, none], dim=-1)  # [B, F, N + 1]
    is_absent = ~targets.initial.any(dim=-1, keepdim=True)  # [B, F, 1]
    acceptable = torch.cat([targets.initial, is_absent], dim=-1)
    loss = _negative_log_share(scores, acceptable, dim=-1)  # [B, F]
    weight = targets.is_competing.float() * (1.0 - 0.5 * is_absent.squeeze(-1).float())
    return (loss * weight).sum() / weight.sum().clamp(min=1.0)


def _relation(scores: Tensor, acceptable: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy of each word's choice [B, N, N] among words and "none"."""
    none = torch.zeros_like(scores[:, :1])
    with_none = torch.cat([scores, none], dim=1)  # [B, N + 1, N]
    loss = _negative_log_share(with_none, acceptable, dim=1)  # [B, N]
    return (loss * weight).sum() / weight.sum().clamp(min=1.0)


def _key(scores: Tensor, key: Tensor) -> Tensor:
    known = (key >= 0).float()
    loss = functional.binary_cross_entropy_with_logits(scores, key.clamp(min=0.0), reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1.0)


def _types(scores: Tensor, types: Tensor) -> Tensor:
    """Cross-entropy of the types that are known."""
    known = types >= 0
    if scores.shape[1] == 0 or not bool(known.any()):
        return scores.new_zeros(())
    return functional.cross_entropy(scores[known], types[known])


def _negative_log_share(scores: Tensor, acceptable: Tensor, dim: int) -> Tensor:
    """-log of the softmax mass on acceptable entries; 0 where nothing is acceptable."""
    masked = scores.masked_fill(~acceptable, -1e9)
    loss = scores.logsumexp(dim) - masked.logsumexp(dim)
    return torch.where(acceptable.any(dim), loss, torch.zeros_like(loss))
