"""Tokenizers of Hugging Face folders, with and without `tokenizer.json`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.vocabulary import check_fit, read_tokenizer
from models.weights import read_network_config
from ocr.errors import SetupError
from tests.unit.models.tiny import N_POSITIONS, SPECIAL, Shape, make_checkpoint, make_tokenizer


def write_vocabulary(folder: Path, *pieces: str, **settings: object) -> None:
    lines = [*SPECIAL, *pieces]
    (folder / "vocab.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if settings:
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def tokens(folder: Path, text: str) -> list[str]:
    encoded: list[str] = read_tokenizer(folder).encode(text, add_special_tokens=False).tokens
    return encoded


@pytest.mark.parametrize("lowercase", [True, False])
def test_a_vocabulary_alone_makes_the_same_tokenizer(tmp_path: Path, *, lowercase: bool) -> None:
    whole = make_tokenizer()
    pieces = sorted(whole.get_vocab(), key=whole.get_vocab().__getitem__)[len(SPECIAL) :]
    write_vocabulary(tmp_path, *pieces, do_lower_case=lowercase)
    assert read_tokenizer(tmp_path).get_vocab() == whole.get_vocab()
    wanted = whole.encode("Total: 9.00", add_special_tokens=False).tokens
    found = tokens(tmp_path, "Total: 9.00")
    assert [token.lower() for token in found] == wanted
    assert (found == wanted) == lowercase


def test_without_settings_the_vocabulary_says_whether_case_counts(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, "total", "cafe")
    assert tokens(tmp_path, "TOTAL café") == ["total", "cafe"]
    write_vocabulary(tmp_path, "total", "Total", "café")
    assert tokens(tmp_path, "Total TOTAL café") == ["Total", "[UNK]", "café"]


def test_settings_reach_the_normaliser(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, "café", "合计", do_lower_case=True, strip_accents=False,
                     tokenize_chinese_chars=False)  # fmt: skip
    assert tokens(tmp_path, "CAFÉ 合计") == ["café", "合计"]


def test_a_piece_may_be_a_line_separator(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, "a", "\u2028", "\x85", "b")
    assert read_tokenizer(tmp_path).token_to_id("b") == len(SPECIAL) + 3


def test_missing_and_broken_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"neither tokenizer\.json nor vocab\.txt"):
        read_tokenizer(tmp_path)
    write_vocabulary(tmp_path, "a")
    (tmp_path / "tokenizer_config.json").write_text("[")
    with pytest.raises(SetupError, match="cannot be read"):
        read_tokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(SetupError, match="cannot be read"):
        read_tokenizer(tmp_path)


def test_a_vocabulary_has_to_fit_the_weights(tmp_path: Path) -> None:
    """The table of words may be padded, as for tensor cores, but not be too short."""
    make_checkpoint(tmp_path, shape=Shape(n_padding=7))
    network, tokenizer = read_network_config(tmp_path), read_tokenizer(tmp_path)
    check_fit(tokenizer, network, N_POSITIONS)
    with pytest.raises(SetupError, match=f"weights have {N_POSITIONS} positions"):
        check_fit(tokenizer, network, N_POSITIONS + 1)
    tokenizer.add_tokens([f"piece{number}" for number in range(8)])
    with pytest.raises(SetupError, match="pieces, the weights only"):
        check_fit(tokenizer, network, N_POSITIONS)
