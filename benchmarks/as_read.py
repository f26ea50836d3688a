"""What of a receipt is read letter by letter: its keys, and its transcript's lines.

A key can be given rightly only if its text stands in the words that were read: this is what
extraction could reach with these words at most. The rule is that of the strict score
(`benchmarks/sroie.py`): consecutive words of the reading order, joined by single spaces and put in
upper case, are the key's text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from benchmarks.counts import Counts
from corpora.transcribed_lines import LineText, likeness
from ocr.reading_order import reading_order
from ocr.types import Word

MIN_LIKENESS = 0.5
"""Of letters and digits: words less like a transcript are taken for another line's."""


@dataclass(frozen=True)
class AsRead:
    """How receipts were read.

    Attributes:
        keys: by key, how many stand in the words letter by letter, of how many.
        n_lines: of the transcripts.
        n_matched: with words in their place that are like them.
        n_exact: of these, with exactly the transcript's characters.
        n_edits: insertions, deletions and substitutions over matched lines.
        n_characters: of the matched lines' transcripts.
    """

    keys: Mapping[str, Counts] = field(default_factory=dict)
    n_lines: int = 0
    n_matched: int = 0
    n_exact: int = 0
    n_edits: int = 0
    n_characters: int = 0

    def __add__(self, other: AsRead) -> AsRead:
        """Both together."""
        names = dict.fromkeys([*self.keys, *other.keys])
        return AsRead(
            {k: self.keys.get(k, Counts()) + other.keys.get(k, Counts()) for k in names},
            self.n_lines + other.n_lines,
            self.n_matched + other.n_matched,
            self.n_exact + other.n_exact,
            self.n_edits + other.n_edits,
            self.n_characters + other.n_characters,
        )

    @property
    def character_error_rate(self) -> float:
        """Edits a character of the matched lines."""
        return self.n_edits / max(self.n_characters, 1)

    @property
    def exact_lines(self) -> float:
        """Share of the matched lines that are right throughout."""
        return self.n_exact / max(self.n_matched, 1)


def as_read(
    words: Sequence[Word], transcripts: Sequence[LineText], keys: Mapping[str, str]
) -> AsRead:
    """Compare a page's words with its transcript and its keys, upper case throughout.

    Args:
        words: as read, in any order.
        transcripts: the page's lines.
        keys: their texts by name.
    """
    ordered = [words[i] for i in reading_order([word.quad for word in words])]
    texts = [word.text.upper() for word in ordered]
    found = {key: int(stands_in(text.strip(), texts)) for key, text in keys.items() if text.strip()}
    total = AsRead({key: Counts(n, 1, 1) for key, n in found.items()}, n_lines=len(transcripts))
    for line in transcripts:
        truth = " ".join(line.text.upper().split())
        read = " ".join(word.text.upper() for word in _inside(ordered, line))
        if read and likeness(truth, read) >= MIN_LIKENESS:
            edits = Levenshtein.distance(truth, read)
            total += AsRead({}, 0, 1, int(edits == 0), edits, len(truth))
    return total


def stands_in(text: str, words: Sequence[str]) -> bool:
    """Whether consecutive words, joined by single spaces, are exactly a text."""
    for start, first in enumerate(words):
        if not text.startswith(first):
            continue
        joined, stop = first, start + 1
        while len(joined) < len(text) and stop < len(words):
            joined, stop = f"{joined} {words[stop]}", stop + 1
        if joined == text:
            return True
    return False


def _inside(words: Sequence[Word], line: LineText) -> list[Word]:
    """The words whose middle stands in a line's box, from left to right."""
    left, top, right, bottom = line.quad.box
    held = []
    for word in words:
        x, y = word.quad.center
        if left <= x <= right and top <= y <= bottom:
            held.append(word)
    return sorted(held, key=lambda word: word.quad.center[0])
