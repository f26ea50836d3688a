"""Whole Hangul syllables for a vocabulary that has none.

BERT's uncased WordPiece takes Korean apart into Jamo and lacks a third of these, so that 합계
("total") becomes [UNK]. The 2,350 syllables of KS X 1001, which cover everyday Korean, are added
as pieces of their own, each at a word's beginning and inside it.
"""

from __future__ import annotations

import json

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from ocr.errors import SetupError

CONTINUES = "##"
"""What BERT's pieces inside a word begin with."""
FIRST_ROW, LAST_ROW = 0xB0, 0xC8
"""The rows of KS X 1001 that hold syllables, as EUC-KR counts them (25 rows of 94)."""


def syllables() -> tuple[str, ...]:
    """The 2,350 syllables of KS X 1001, in its order."""
    rows = range(FIRST_ROW, LAST_ROW + 1)
    return tuple(bytes((row, cell)).decode("euc_kr") for row in rows for cell in range(0xA1, 0xFF))


def add_hangul(tokenizer: Tokenizer) -> Tokenizer:
    """A WordPiece tokenizer with every syllable as a piece of its own.

    Its normaliser composes again what accent stripping has taken apart, and takes compatibility
    characters (NFKC) for what they stand for: (주) for ㈜, digits for wide digits.

    Args:
        tokenizer: BERT's, with a `BertNormalizer`.

    Raises:
        SetupError: it is no WordPiece tokenizer with BERT's normaliser.
    """
    parts = json.loads(tokenizer.to_str())
    normaliser = parts["normalizer"]
    if parts["model"]["type"] != "WordPiece" or normaliser["type"] != "BertNormalizer":
        raise SetupError("syllables can be added to BERT's WordPiece tokenizer only")
    vocabulary: dict[str, int] = parts["model"]["vocab"]
    for syllable in syllables():
        for piece in (syllable, f"{CONTINUES}{syllable}"):
            vocabulary.setdefault(piece, len(vocabulary))
    parts["normalizer"] = {"type": "Sequence", "normalizers": [normaliser, {"type": "NFKC"}]}
    return Tokenizer.from_str(json.dumps(parts))


def told_apart(words: Tensor, n_pieces: int) -> Tensor:
    """Embeddings [n_pieces, D] of a vocabulary to which pieces were added.

    The new ones are drawn around the mean of the old with their deviation, each feature by itself,
    so that no two are alike; always the same ones.

    Args:
        words: [V, D] embeddings of the first V pieces.
        n_pieces: of the larger vocabulary.
    """
    n_new = n_pieces - words.shape[0]
    drawn = np.random.default_rng(2350).standard_normal((n_new, words.shape[1]))
    added = words.mean(dim=0) + words.std(dim=0) * torch.from_numpy(drawn).to(words.dtype)
    return torch.cat([words, added])
