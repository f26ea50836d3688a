"""What stands on made-up lines: texts of the made-up documents, and words of random characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from faker import Faker

from corpora.synthesis.registry import DESIGNERS

MAX_CHARACTERS = 30
WITHOUT_HANGUL = 0.2
"""Share of the lines without Hangul that a recogniser of Korean learns from too."""
RARE_WORDS = 0.25
"""Share of Korean lines with a word of random syllables."""
RANDOM_WORDS = 0.15
"""Share of Latin lines with a word of random characters."""
IN_CAPITALS = 0.3
"""Share of Latin lines put in capitals, as tills print."""
TYPES = ("receipt", "invoice", "business_card", "form", "letter_of_credit")
FOREIGN_LOCALES = (
    "de_DE", "fr_FR", "es_ES", "pl_PL", "cs_CZ", "tr_TR",
    "ja_JP", "zh_CN", "zh_TW", "ja_JP", "zh_CN", "ko_KR", "ko_KR",
)  # fmt: skip
"""Whose names and addresses stand for a script or for accents; the more often, the more of them."""


def document_lines(seed: int, characters: frozenset[str]) -> Iterator[str]:
    """Texts of made-up documents, cell by cell, without end; other characters are left out.

    Args:
        seed: of the first document.
        characters: that may stand in a text.
    """
    names = [name for name in TYPES if name in DESIGNERS]
    number = seed
    while True:
        cells: dict[int, list[str]] = {}
        for word in DESIGNERS[names[number % len(names)]](number).printed.words:
            cells.setdefault(word.cell, []).append(word.text)
        for words in cells.values():
            text = " ".join("".join(filter(characters.__contains__, word)) for word in words)
            if text.strip():
                yield " ".join(text.split())[:MAX_CHARACTERS].strip()
        number += 1


def korean_texts(seed: int, syllables: Sequence[str], characters: Sequence[str]) -> Iterator[str]:
    """Mostly Korean texts, with words of random syllables, so that every syllable is seen.

    Args:
        seed: equal seeds give equal texts.
        syllables: of which rare words are made.
        characters: all that may stand on a line, the space apart.
    """
    random = np.random.default_rng([seed, 1])
    texts = document_lines(seed * 100_000, frozenset(characters))
    for text in texts:
        if not has_hangul(text) and random.random() >= WITHOUT_HANGUL:
            continue
        chance = random.random()
        if chance < RARE_WORDS:
            words = [*text.split()[:2], _random_word(syllables, random)]
            random.shuffle(words)
            yield " ".join(words)
        elif chance < RARE_WORDS + 0.05:
            yield f"{text[:20]} {_random_word(characters, random)}"
        else:
            yield text


def latin_texts(seed: int, characters: Sequence[str]) -> Iterator[str]:
    """Texts in Latin letters, in either case, some with words of random characters.

    Args:
        seed: equal seeds give equal texts.
        characters: all that may stand on a line, the space apart.
    """
    random = np.random.default_rng([seed, 2])
    everything = frozenset(map(chr, range(33, 0xD800)))
    for text in document_lines(seed * 100_000, everything):
        if not set(text) <= {*characters, " "}:
            continue
        chosen = text.upper() if random.random() < IN_CAPITALS else text
        if random.random() < RANDOM_WORDS:
            chosen = f"{chosen[:20].strip()} {_random_word(characters, random)}"
        yield chosen


def foreign_texts(seed: int, *, is_ideographic: bool) -> Iterator[str]:
    """Names and addresses from many countries.

    Args:
        seed: equal seeds give equal texts.
        is_ideographic: those in Chinese, Japanese and Korean, or else those in Latin letters with
            accents.
    """
    random = np.random.default_rng([seed, 3])
    fakers = [
        Faker(locale) for locale in FOREIGN_LOCALES if is_ideographic == (locale[:2] in "ja zh ko")
    ]
    for number, faker in enumerate(fakers):
        faker.seed_instance(seed * 100 + number)
    while True:
        faker = fakers[int(random.integers(len(fakers)))]
        kind = random.random()
        text = faker.address() if kind < 0.5 else faker.company() if kind < 0.8 else faker.name()
        for part in text.split("\n"):
            if part.strip():
                yield part.strip()[:MAX_CHARACTERS].strip()


def has_hangul(text: str) -> bool:
    """Whether a Korean syllable stands in a text."""
    return any("\uac00" <= char <= "\ud7a3" for char in text)


def _random_word(characters: Sequence[str], random: np.random.Generator) -> str:
    count = int(random.integers(2, 7))
    return "".join(characters[i] for i in random.integers(0, len(characters), count))
