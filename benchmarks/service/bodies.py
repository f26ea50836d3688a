"""Bodies of uploads: ready-made words and rendered pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.rendered import page_of_tokens, render_receipt
from ocr.errors import SetupError
from ocr.words_file import words_json

N_TOKENS = 120
N_VARIANTS = 50
"""Different documents; they are sent by turns."""


PHOTOGRAPHS = frozenset({".jpg", ".jpeg", ".png"})


def bodies(count: int, n_pictures: int, pictures: Sequence[bytes] = ()) -> list[bytes]:
    """So many documents: words, and pictures spread evenly among them.

    Args:
        count: of all.
        n_pictures: of them.
        pictures: sent by turns; rendered receipts if there are none.
    """
    words = [words_json((page_of_tokens(N_TOKENS, seed),)).encode() for seed in range(N_VARIANTS)]
    chosen = [words[number % N_VARIANTS] for number in range(count)]
    for number in range(n_pictures):
        picture = pictures[number % len(pictures)] if pictures else None
        chosen[number * count // n_pictures] = picture or render_receipt(number % N_VARIANTS)
    return chosen


def photographs(folder: Path, count: int, *, seed: int = 1) -> list[bytes]:
    """Pictures of a folder and its subfolders, at most so many, in a random order.

    Args:
        folder: with JPEG and PNG files.
        count: of pictures.
        seed: of the choice.

    Raises:
        SetupError: there are none.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PHOTOGRAPHS)
    if not paths:
        raise SetupError(f"there is no photograph (JPEG or PNG) in {folder}")
    order = np.random.default_rng(seed).permutation(len(paths))[:count]
    return [paths[number].read_bytes() for number in order]
