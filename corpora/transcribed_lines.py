"""Lines as our own detector cuts them, each with what a data set's transcript says stands there.

A line recogniser learns best from the crops that it will see: not the data set's boxes but the
detector's. The two part a page differently: a transcript may cover a part of one of our lines, or
several of them. Transcripts of receipts are often in upper case throughout, whatever the paper
shows; which case a letter has, the reading that is to be bettered tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ocr.types import Quad

MIN_ROW_OVERLAP = 0.5
"""Share of the lower one's height that two boxes of one row have in common."""
MIN_LINE_OVERLAP = 0.3
"""Share of the narrower one's width that a line and its transcript have in common."""
MIN_LIKENESS = 0.7
"""Normalised similarity of the letters and digits from which on a reading is of the transcript."""
MAX_UNEVEN_ENDS = 1.5
"""How far apart a line and its transcript may begin, or end, in the line's heights."""

ILLEGIBLE = "^"
"""What transcribers put for a character that they could not read."""

_AROUND_COLON = re.compile(r"\s*:\s*")


@dataclass(frozen=True, slots=True)
class LineText:
    """A text and where it stands, in pixels of the page."""

    text: str
    quad: Quad


def targets(found: Sequence[LineText], transcripts: Sequence[LineText]) -> list[str | None]:
    """What a recogniser should read on each line, as far as the transcripts tell.

    Args:
        found: lines of the detector with what was read on them.
        transcripts: the data set's, parted in its own way.

    Returns:
        For each line the transcript's characters in the letter case of the reading; None where
        no transcript stands there, or one that is too unlike.
    """
    wanted: list[str | None] = [None] * len(found)
    for line_ids, transcript_ids in _clusters(found, transcripts):
        lines = [found[i] for i in line_ids]
        parts = [transcripts[i] for i in transcript_ids]
        if len(lines) > 1 and len(parts) > 1:
            continue
        whole = " ".join(" ".join(part.text.split()) for part in parts)
        if not _ends_agree(lines, parts):
            continue
        for i, text in zip(line_ids, _shared_out(whole, [it.text for it in lines]), strict=True):
            if ILLEGIBLE not in text and likeness(text, found[i].text) >= MIN_LIKENESS:
                wanted[i] = _spaced_alike(in_case_of(text, found[i].text), found[i].text.strip())
    return wanted


def likeness(transcript: str, read: str) -> float:
    """Similarity of the letters and digits of two texts, in [0, 1], case aside."""
    first, second = _folded(transcript), _folded(read)
    if not first and not second:
        return float(transcript.strip() == read.strip())
    return float(Levenshtein.normalized_similarity(first, second))


def in_case_of(transcript: str, read: str) -> str:
    """A transcript, its letters in the case in which they were read.

    A capital that was not read, or read as another character, is small where a letter stands before
    it and its neighbours are small. So is an I in such a place though it was read: recognisers take
    a small i for it.
    """
    cased: list[str | None] = [None] * len(transcript)
    for code in Levenshtein.opcodes(transcript.lower(), read.lower()):
        if code.tag == "equal":
            cased[code.src_start : code.src_end] = read[code.dest_start : code.dest_end]
    result: list[str] = []
    for i, char in enumerate(transcript):
        known = cased[i]
        before = result[-1] if result else ""
        after = (
            next(filter(None, cased[i + 1 :]), "") if transcript[i + 1 : i + 2].isalpha() else ""
        )
        is_inside = before.islower() or (before.isalpha() and after.islower())
        is_open = known is None or (known == "I" and (after.islower() or not after))
        if char.isupper() and is_open and is_inside and not after.isupper():
            result.append(char.lower())
        else:
            result.append(char if known is None else known)
    return "".join(result)


def _spaced_alike(text: str, read: str) -> str:
    """The reading, where only spaces around colons differ: transcribers are of two minds there."""
    same = _AROUND_COLON.sub(":", text) == _AROUND_COLON.sub(":", read)
    return read if same else text


def _folded(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _clusters(
    found: Sequence[LineText], transcripts: Sequence[LineText]
) -> Iterator[tuple[list[int], list[int]]]:
    """Lines and transcripts that overlap, also through others, each from left to right."""
    links = [
        (i, j)
        for i, line in enumerate(found)
        for j, transcript in enumerate(transcripts)
        if _overlap(line.quad, transcript.quad)
    ]
    cluster_of_line = {i: i for i, _ in links}
    for _ in range(len(links)):  # at most as many rounds as there are links in a chain
        lowest: dict[int, int] = {}
        for i, j in links:
            lowest[j] = min(lowest.get(j, cluster_of_line[i]), cluster_of_line[i])
        changed = False
        for i, j in links:
            if lowest[j] < cluster_of_line[i]:
                cluster_of_line[i], changed = lowest[j], True
        if not changed:
            break
    for cluster in sorted(set(cluster_of_line.values())):
        line_ids = [i for i, name in cluster_of_line.items() if name == cluster]
        held = {j for i, j in links if cluster_of_line[i] == cluster}
        yield (
            sorted(line_ids, key=lambda i: found[i].quad.box[0]),
            sorted(held, key=lambda j: transcripts[j].quad.box[0]),
        )


def _overlap(first: Quad, second: Quad) -> bool:
    """Whether two boxes stand on one row and share a good part of their width."""
    left, top, right, bottom = first.box
    other_left, other_top, other_right, other_bottom = second.box
    across = min(right, other_right) - max(left, other_left)
    along = min(bottom, other_bottom) - max(top, other_top)
    height = min(bottom - top, other_bottom - other_top)
    width = min(right - left, other_right - other_left)
    return along >= MIN_ROW_OVERLAP * height > 0 and across >= MIN_LINE_OVERLAP * width > 0


def _ends_agree(lines: Sequence[LineText], parts: Sequence[LineText]) -> bool:
    """Whether lines and transcripts begin and end at about the same places."""
    height = max(line.quad.height for line in lines)
    begin = min(line.quad.box[0] for line in lines) - min(part.quad.box[0] for part in parts)
    end = max(line.quad.box[2] for line in lines) - max(part.quad.box[2] for part in parts)
    return max(abs(begin), abs(end)) <= MAX_UNEVEN_ENDS * height


def _shared_out(text: str, reads: Sequence[str]) -> list[str]:
    """A text cut into as many parts as there are readings, so that the first ones fit best."""
    parts: list[str] = []
    for place in range(len(reads) - 1):
        first, rest = _folded(reads[place]), _folded("".join(reads[place + 1 :]))
        cut = min(
            range(len(text) + 1),
            key=lambda at: (
                Levenshtein.distance(_folded(text[:at]), first)
                + Levenshtein.distance(_folded(text[at:]), rest),
                at < len(text) and text[at] != " ",
            ),
        )
        parts.append(text[:cut].strip())
        text = text[cut:]
    return [*parts, text.strip()]
