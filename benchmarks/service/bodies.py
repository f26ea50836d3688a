"""Bodies of uploads: ready-made words and rendered pictures."""

from __future__ import annotations

from benchmarks.rendered import page_of_tokens, render_receipt
from ocr.words_file import words_json

N_TOKENS = 120
N_VARIANTS = 50
"""Different documents; they are sent by turns."""


def bodies(count: int, n_pictures: int) -> list[bytes]:
    """So many documents: words, and pictures spread evenly among them."""
    words = [words_json((page_of_tokens(N_TOKENS, seed),)).encode() for seed in range(N_VARIANTS)]
    chosen = [words[number % N_VARIANTS] for number in range(count)]
    for number in range(n_pictures):
        chosen[number * count // n_pictures] = render_receipt(number % N_VARIANTS)
    return chosen
