"""The spatial model: a BERT-shaped encoder that knows where words stand, and SPADE heads.

Sources:
    BERT (Devlin et al., NAACL 2019): the encoder's shape, so that its weights can be loaded.
    BROS (Hong et al., AAAI 2022, section 3.1): the relative spatial term in attention.
    LayoutLM (Xu et al., KDD 2020, section 2.2): optional absolute 2-D embeddings.
    SPADE (Hwang et al., Findings of ACL 2021, section 3): initial-token scores, rel_s and rel_g.

Shapes: B documents, T tokens, N words, D hidden size, H heads, E size of the spatial code.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn import functional

from layout.tokens import BoxForm
from layout.word_shapes import N_SHAPES
from models.attention import attend, attend_in_training
from models.place_embeddings import N_COORDINATES, AbsoluteEmbeddings, PlaceEmbedding
from models.spatial_code import SpatialCode, SpatialProjection, spatial_key

PADDED = -1e4
"""Logit of a padded word or token; small enough to vanish, large enough for fp16."""


class NetworkConfig(BaseModel):
    """Everything that fixes the network's shape.

    `box_form` says what the 8 coordinates are, see `layout.tokens`; `n_types` counts the document
    types that are told apart, "none of them" included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    vocab_size: int = 30522
    hidden_size: int = 384
    n_layers: int = 6
    n_heads: int = 12
    intermediate_size: int = 1536
    max_positions: int = 512
    layer_norm_eps: float = 1e-12
    dropout: float = 0.1
    relative_term: bool = True
    place_embedding: bool = True
    shape_embedding: bool = True
    absolute_embeddings: bool = False
    max_absolute: int = 1024
    box_form: BoxForm = "word_and_line"
    n_types: int = 0
    relation_size: int = 128

    @property
    def head_size(self) -> int:
        """Size of one attention head."""
        return self.hidden_size // self.n_heads

    @property
    def n_frequencies(self) -> int:
        """Sinusoids a coordinate: BROS spends hidden / 4 numbers on 8 coordinates."""
        return self.hidden_size // 4 // N_COORDINATES // 2


class ModelOutput(NamedTuple):
    """Logits, all but the types' relative to "none" at 0.

    initial [B, F, N], rel_s [B, N, N], rel_g [B, N, N] with (i, j): j follows / belongs under i,
    key [B, N], types [B, K].
    """

    initial: Tensor
    rel_s: Tensor
    rel_g: Tensor
    key: Tensor
    types: Tensor


class FeatureDropout(nn.Module):
    """Drops whole features of a document, the same ones at every token.

    On a CPU the random numbers of token-wise dropout cost as much as the network itself.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, hidden: Tensor) -> Tensor:
        """Hidden [B, T, D] to hidden [B, T, D]."""
        if not self.training or self.share == 0.0:
            return hidden
        kept = torch.rand(hidden.shape[0], 1, hidden.shape[2], device=hidden.device) >= self.share
        return hidden * (kept / (1.0 - self.share)).to(hidden.dtype)


class SelfAttention(nn.Module):
    """Multi-head attention whose scores also see where the two tokens stand."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.n_heads, self.head_size = config.n_heads, config.head_size
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(
        self,
        hidden: Tensor,
        bias: Tensor,
        spatial: tuple[SpatialProjection, Tensor, Tensor] | None,
    ) -> Tensor:
        """Hidden [B, T, D], additive bias [B, 1, 1, T] to context [B, T, D]."""
        query, key, value = (
            layer(hidden).unflatten(-1, (self.n_heads, self.head_size)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )  # each [B, H, T, D/H]
        if spatial is not None:
            projection, sin, cos = spatial  # sin, cos [B, 1, T, E']
            extra_key = spatial_key(sin, cos).to(key.dtype).expand(-1, self.n_heads, -1, -1)
            query = torch.cat([query, projection(query, sin, cos).to(query.dtype)], dim=-1)
            key = torch.cat([key, extra_key], dim=-1)
        quick = self.training and torch.is_grad_enabled()
        scale = 1.0 / math.sqrt(self.head_size)
        way = attend_in_training if quick else attend
        context = way(query, key, value, bias, scale=scale)  # [B, H, T, D/H]
        return context.transpose(1, 2).flatten(2)


class Layer(nn.Module):
    """One transformer block with BERT's post-norm residuals."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        size, eps = config.hidden_size, config.layer_norm_eps
        self.attention = SelfAttention(config)
        self.attention_output = nn.Linear(size, size)
        self.attention_norm = nn.LayerNorm(size, eps=eps)
        self.intermediate = nn.Linear(size, config.intermediate_size)
        self.output = nn.Linear(config.intermediate_size, size)
        self.output_norm = nn.LayerNorm(size, eps=eps)
        self.dropout = FeatureDropout(config.dropout)

    def forward(
        self,
        hidden: Tensor,
        bias: Tensor,
        spatial: tuple[SpatialProjection, Tensor, Tensor] | None,
    ) -> Tensor:
        """Hidden [B, T, D] to hidden [B, T, D]."""
        context = self.attention_output(self.attention(hidden, bias, spatial))
        hidden = self.attention_norm(hidden + self.dropout(context))
        expanded = self.output(functional.gelu(self.intermediate(hidden)))
        return self.output_norm(hidden + self.dropout(expanded))


class Encoder(nn.Module):
    """Tokens and boxes to contextual vectors."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.words = nn.Embedding(config.vocab_size, size)
        self.positions = nn.Embedding(config.max_positions, size)
        self.token_type = nn.Parameter(torch.zeros(size))
        self.absolute = (
            AbsoluteEmbeddings(config.max_absolute, size) if config.absolute_embeddings else None
        )
        self.place = PlaceEmbedding(size) if config.place_embedding else None
        self.shape = nn.Embedding(N_SHAPES, size) if config.shape_embedding else None
        if self.shape is not None:
            nn.init.zeros_(self.shape.weight)
        self.norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.dropout = FeatureDropout(config.dropout)
        self.code = SpatialCode(config.n_frequencies)
        self.projection = (
            SpatialProjection(config.head_size, config.n_frequencies)
            if config.relative_term
            else None
        )
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.n_layers))

    def forward(self, input_ids: Tensor, boxes: Tensor, shapes: Tensor) -> Tensor:
        """Token ids [B, T] (0 pads), boxes [B, T, 8], shapes [B, T] to hidden [B, T, D]."""
        positions = torch.arange(input_ids.shape[1], device=input_ids.device)
        hidden = self.words(input_ids) + self.positions(positions) + self.token_type
        if self.absolute is not None:
            hidden = hidden + self.absolute(boxes)
        if self.place is not None:
            hidden = hidden + self.place(boxes)
        if self.shape is not None:
            hidden = hidden + self.shape(shapes)
        hidden = self.dropout(self.norm(hidden))
        bias = (input_ids == 0).to(hidden.dtype)[:, None, None, :] * PADDED  # [B, 1, 1, T]
        spatial = None
        if self.projection is not None:
            sin, cos = self.code(boxes)
            spatial = (self.projection, sin.unsqueeze(1), cos.unsqueeze(1))
        for layer in self.layers:
            hidden = layer(hidden, bias, spatial)
        return hidden


class RelationHead(nn.Module):
    """Scores [N, N] of word j having word i as its predecessor or parent, "none" at 0.

    A bilinear form with the same spatial term as attention; the dummy node's score is a linear
    function of j and is subtracted, so that all scores are relative to "none".
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.size = config.relation_size
        self.child = nn.Linear(config.hidden_size, self.size)
        self.parent = nn.Linear(config.hidden_size, self.size)
        self.none = nn.Linear(config.hidden_size, 1)
        self.projection = SpatialProjection(self.size, config.n_frequencies)

    def forward(self, words: Tensor, sin: Tensor, cos: Tensor, is_padded: Tensor) -> Tensor:
        """Words [B, N, D] to logits [B, N, N]; rows are parents, columns children."""
        query = self.child(words)  # [B, N, size]
        query = torch.cat([query, self.projection(query, sin, cos).to(query.dtype)], dim=-1)
        key = torch.cat([self.parent(words), spatial_key(sin, cos).to(query.dtype)], dim=-1)
        scores = key @ query.transpose(-1, -2) / math.sqrt(self.size)  # [B, N parents, N children]
        scores = scores - self.none(words).transpose(-1, -2)
        diagonal = torch.eye(words.shape[1], device=words.device, dtype=scores.dtype)
        return scores + (diagonal + is_padded.to(scores.dtype).unsqueeze(-1)) * PADDED


class SpatialModel(nn.Module):
    """Encoder and SPADE heads for a fixed list of labels."""

    def __init__(self, config: NetworkConfig, n_labels: int) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.dropout = FeatureDropout(config.dropout)
        self.transform = nn.Linear(config.hidden_size, config.hidden_size)
        self.initial = nn.Linear(config.hidden_size, n_labels)
        self.key = nn.Linear(config.hidden_size, 1)
        self.types = nn.Linear(config.hidden_size, config.n_types) if config.n_types else None
        self.rel_s = RelationHead(config)
        self.rel_g = RelationHead(config)
        nn.init.constant_(self.initial.bias, -3.0)

    def forward(
        self, input_ids: Tensor, boxes: Tensor, shapes: Tensor, word_starts: Tensor
    ) -> ModelOutput:
        """Score documents.

        Args:
            input_ids: [B, T] int64, special tokens at both ends, padded with 0.
            boxes: [B, T, 8] float32, in text heights.
            shapes: [B, T] int64, how the token's word is written; 0 where hidden.
            word_starts: [B, N] int64, each word's first token, padded with 0 (no word starts at
                the first special token).
        """
        return self.score(self.encode(input_ids, boxes, shapes), boxes, word_starts)

    def encode(self, input_ids: Tensor, boxes: Tensor, shapes: Tensor) -> Tensor:
        """The encoder's vectors [B, T, D]."""
        hidden: Tensor = self.dropout(self.encoder(input_ids, boxes, shapes))
        return hidden

    def score(self, hidden: Tensor, boxes: Tensor, word_starts: Tensor) -> ModelOutput:
        """The heads alone, on the encoder's vectors [B, T, D]."""
        index = word_starts.unsqueeze(-1)  # [B, N, 1]
        words = hidden.gather(1, index.expand(-1, -1, hidden.shape[-1]))  # [B, N, D]
        places = boxes.gather(1, index.expand(-1, -1, boxes.shape[-1]))  # [B, N, 8]
        sin, cos = self.encoder.code(places)
        is_padded = word_starts == 0  # [B, N]
        initial = self.initial(functional.gelu(self.transform(words))).transpose(1, 2)
        start = hidden[:, 0]  # [B, D]
        return ModelOutput(
            initial=initial + is_padded.to(initial.dtype).unsqueeze(1) * PADDED,
            rel_s=self.rel_s(words, sin, cos, is_padded),
            rel_g=self.rel_g(words, sin, cos, is_padded),
            key=self.key(words).squeeze(-1),
            types=start[:, :0] if self.types is None else self.types(start),
        )
