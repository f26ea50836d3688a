"""The WordPiece vocabulary of a Hugging Face folder."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from models.network import NetworkConfig
from ocr.errors import SetupError

WHOLE, VOCABULARY, SETTINGS = "tokenizer.json", "vocab.txt", "tokenizer_config.json"


class _TokenizerConfig(BaseModel):
    """The part of a `tokenizer_config.json` that says how text is prepared."""

    model_config = ConfigDict(extra="ignore")
    do_lower_case: bool | None = None
    strip_accents: bool | None = None
    tokenize_chinese_chars: bool = True


def read_tokenizer(folder: Path) -> Tokenizer:
    """The WordPiece tokenizer of a Hugging Face folder.

    Made of `vocab.txt` and `tokenizer_config.json` where there is no `tokenizer.json`, as in many
    folders of LayoutLM and BROS. Where nothing says so, a vocabulary with capitals keeps the case.

    Raises:
        SetupError: the folder has neither, or a file is broken.
    """
    try:
        if (folder / WHOLE).exists():
            return Tokenizer.from_file(str(folder / WHOLE))
        # Not splitlines: a piece may be one of the rarer line separators.
        pieces = (folder / VOCABULARY).read_text(encoding="utf-8").removesuffix("\n").split("\n")
        settings = _TokenizerConfig()
        if (folder / SETTINGS).exists():
            text = (folder / SETTINGS).read_text(encoding="utf-8")
            settings = _TokenizerConfig.model_validate(json.loads(text))
        return _word_piece({piece: number for number, piece in enumerate(pieces)}, settings)
    except FileNotFoundError as error:
        raise SetupError(f"{folder}: neither {WHOLE} nor {VOCABULARY}") from error
    except Exception as error:  # tokenizers raises bare exceptions
        raise SetupError(f"{folder}: the tokenizer cannot be read: {error}") from error


def _word_piece(vocabulary: dict[str, int], settings: _TokenizerConfig) -> Tokenizer:
    """BERT's tokenizer, as transformers' BertTokenizer puts it together."""
    lowercase = settings.do_lower_case
    if lowercase is None:
        lowercase = not any(
            piece != piece.lower() for piece in vocabulary if not piece.startswith("[")
        )
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no password
    tokenizer.normalizer = BertNormalizer(
        handle_chinese_chars=settings.tokenize_chinese_chars,
        strip_accents=settings.strip_accents,
        lowercase=lowercase,
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def check_fit(tokenizer: Tokenizer, network: NetworkConfig, max_tokens: int) -> None:
    """See that a network has an embedding for every piece and every position.

    Raises:
        SetupError: it has not.
    """
    n_pieces = tokenizer.get_vocab_size()
    if n_pieces > network.vocab_size:
        raise SetupError(
            f"the tokenizer has {n_pieces} pieces, the weights only {network.vocab_size}"
        )
    if max_tokens > network.max_positions:
        raise SetupError(
            f"max_tokens is {max_tokens}, the weights have {network.max_positions} positions"
        )
