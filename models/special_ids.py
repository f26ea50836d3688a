"""The vocabulary's special tokens."""

from __future__ import annotations

from tokenizers import Tokenizer

from models.batches import SpecialIds
from ocr.errors import SetupError


def special_ids(tokenizer: Tokenizer) -> SpecialIds:
    """Vocabulary ids of BERT's special tokens.

    Raises:
        SetupError: the tokenizer is not BERT's.
    """
    ids = [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[MASK]")]
    if None in ids or tokenizer.token_to_id("[PAD]") != 0:
        raise SetupError("the tokenizer lacks [CLS], [SEP] or [MASK], or [PAD] is not 0")
    start, end, mask = (i for i in ids if i is not None)
    return SpecialIds(start, end, mask, tokenizer.token_to_id(":"))
