"""Which lines a recogniser cannot have read, because it does not know their script.

PP-OCR's recogniser knows Latin and Chinese. Of Hangul it makes nothing at all, or a few Chinese
characters that look alike; the rest of such a line it reads surely. So its own confidence does not
tell: what tells is ink where it read no character.
"""

from __future__ import annotations

import numpy as np

from ocr.engine import Image
from ocr.engines.recogniser import ReadLine
from ocr.engines.word_split import ink_columns

REACH = 0.75
"""How far from its middle a character's ink lies, in text heights: a wide one in a wide font."""
MAX_UNREAD = 0.12
"""Share of a line's inked columns without a character above which a line counts as not read."""
MIN_UNREAD_COLUMNS = 20
"""... if they are this many, half a syllable of a line 48 rows high."""
SURE_IDEOGRAPH = 0.8
"""Probability from which on an ideograph is believed to stand there."""
SURE_BESIDE_HANGUL = 0.95
"""Confidence below which a line without Hangul is doubted on a page with it."""
SAME_PLACE = 0.2
"""How far apart two recognisers see the middle of one character at most, in text heights."""
SURE_HANGUL, LIKELY_HANGUL = 0.8, 0.45
"""Mean probability of a line's syllables from which on they are believed: of a line by itself, and
on a page where others are sure. Of Japanese and Chinese lines the Korean recogniser makes syllables
too, at 0.4 to 0.7."""


def unread_columns(line: Image, read: ReadLine) -> tuple[int, int]:
    """How many columns of a line hold ink, and how many of these are away from any character.

    Args:
        line: straightened, RGB uint8 [48, W, 3].
        read: its characters.

    Returns:
        Columns with ink and no character near, and all columns with ink.
    """
    ink = ink_columns(line)
    columns = np.flatnonzero(ink)
    if not len(columns):
        return 0, 0
    middles = read.positions[[not c.isspace() for c in read.characters]] * line.shape[1]
    if not len(middles):
        return len(columns), len(columns)
    away = np.abs(columns[:, None] - middles[None, :]).min(axis=1)
    return int((away > REACH * line.shape[0]).sum()), len(columns)


def is_unread(line: Image, read: ReadLine) -> bool:
    """Whether a line seems to be in a script that was not read."""
    if any(
        is_ideograph(char) and score < SURE_IDEOGRAPH
        for char, score in zip(read.characters, read.scores, strict=True)
    ):
        return True
    unread, inked = unread_columns(line, read)
    return unread >= MIN_UNREAD_COLUMNS and unread > MAX_UNREAD * inked


def is_doubtful(read: ReadLine) -> bool:
    """Whether a line may be Korean, given that others of its page are."""
    is_sure = read.confidence >= SURE_BESIDE_HANGUL
    return not has_hangul(read) and not (is_sure and not any(map(is_ideograph, read.characters)))


def has_hangul(read: ReadLine) -> bool:
    """Whether a Korean syllable was read."""
    return any(map(is_hangul, read.characters))


def is_better(line: Image, other: ReadLine, read: ReadLine, *, least: float = SURE_HANGUL) -> bool:
    """Whether a reading with Hangul is to be taken in place of the first one.

    Args:
        line: straightened, RGB uint8 [48, W, 3].
        other: the reading with Hangul.
        read: the first one.
        least: mean probability of the syllables from which on they are believed.
    """
    syllables = [is_hangul(char) for char in other.characters]
    if not any(syllables) or other.scores[syllables].mean() < least:
        return False
    return _worth(line, other) > _worth(line, read)


def with_surer_latin(line: Image, read: ReadLine, first: ReadLine) -> ReadLine:
    """A reading with Hangul, its Latin letters and digits as the other recogniser is surer of them.

    Args:
        line: straightened, RGB uint8 [48, W, 3].
        read: by the recogniser that knows Hangul.
        first: by the one that does not.
    """
    latin = [i for i, char in enumerate(first.characters) if _is_latin(char)]
    if not latin:
        return read
    places = first.positions[latin] * line.shape[1]
    characters, scores = list(read.characters), read.scores.copy()
    for i, char in enumerate(read.characters):
        apart = np.abs(places - read.positions[i] * line.shape[1])
        other = latin[int(apart.argmin())]
        is_same_place = apart.min() <= SAME_PLACE * line.shape[0]
        if _is_latin(char) and is_same_place and first.scores[other] > scores[i]:
            characters[i], scores[i] = first.characters[other], first.scores[other]
    return ReadLine(tuple(characters), read.positions, scores)


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _worth(line: Image, read: ReadLine) -> float:
    """Confidence, by how much of the ink it accounts for; an ideograph counts as not read."""
    unread, inked = unread_columns(line, read)
    known = [not is_ideograph(char) for char in read.characters]
    if not known:
        return 0.0
    return read.confidence * (1 - unread / max(inked, 1)) * sum(known) / len(known)


def is_hangul(char: str) -> bool:
    """Whether a character is a Korean syllable."""
    return "\uac00" <= char <= "\ud7a3"


def is_ideograph(char: str) -> bool:
    """Whether a character is Chinese or kana."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff"
