"""Reading errors as an OCR engine makes them: lost, merged, split and misspelt words.

The entities follow their words: where a word is gone its entity is shorter or gone, where two words
became one the entity holds the whole. The truth stays what was printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpora.document import LabelledDocument, LabelledEntity
from corpora.synthesis.dice import Dice
from corpora.synthesis.typefaces import has_hangul
from ocr.types import Point, Quad, Word

CONFUSIONS = {
    "0": "OoQ8D", "1": "lIi7|", "2": "Z7", "3": "8", "4": "A9", "5": "S6", "6": "8G5", "7": "1T",
    "8": "B36", "9": "g4", "O": "0QD", "I": "1l", "S": "5", "B": "8", "Z": "2", "G": "6C",
    "D": "O0", "E": "F", "T": "7I", "U": "V", "C": "G", "M": "N", "N": "M", "l": "1I", "o": "0",
    "e": "c", "c": "e", "a": "o", "n": "m", "m": "rn", "i": "l1", "g": "9", "s": "5", ".": ",:",
    ",": ".", ":": ".;", "-": "~_", "é": "e", "ü": "u", "ä": "a", "ö": "o", "è": "e", "à": "a",
    "€": "E", "£": "E", "₩": "W", "￦": "W",
    "합": "함학", "함": "합", "계": "게", "게": "계", "원": "윈", "윈": "원", "금": "긍",
    "액": "맥", "할": "활", "인": "언", "받": "발", "을": "울", "은": "온", "돈": "돋", "총": "종",
    "소": "수", "품": "풍", "명": "면", "면": "명", "단": "닫", "량": "랑", "과": "파", "세": "새",
    "카": "키", "드": "도", "현": "헌", "용": "응", "점": "정", "정": "점", "주": "추", "식": "석",
    "로": "토", "대": "데", "매": "메", "가": "기", "자": "지", "부": "무", "시": "사", "번": "변",
    "표": "묘", "등": "동", "울": "을", "치": "지", "김": "감", "강": "감", "전": "진",
}  # fmt: skip
LOSABLE = ".,:;-'\"*()"

# Rates at full strength. A word in thirty lost and one in twelve altered is a bad photograph.
LOSS = 0.03
MERGE = 0.08
SPLIT = 0.03
ERRORS_PER_CHARACTER = 0.03
LOST_MARK = 0.06
LOST_KOREAN_SPACE = 0.2
"""Of spaces between two Korean words: they are narrow, and detectors see one word."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word after reading, the printed words that went into it, and the field's entity."""

    word: Word
    sources: tuple[int, ...]
    entity: int | None


def misread(document: LabelledDocument, dice: Dice, *, strength: float) -> LabelledDocument:
    """The document as an engine might have read it.

    Args:
        document: of one page, with exact words in reading order.
        dice: to choose by.
        strength: from 0, no errors, to 1, a bad photograph.

    Returns:
        The document with other words and word ids; heads of groups keep at least one word.
    """
    if strength <= 0:
        return document
    owner = {i: n for n, entity in enumerate(document.entities) for i in entity.word_ids}
    heads = {n for e in document.entities for n in (e.parent, *e.other_parents) if n is not None}
    kept = {i for n in heads for i in document.entities[n].word_ids[:1]}
    pieces = [_Piece(word, (i,), owner.get(i)) for i, word in enumerate(document.words)]
    pieces = [p for p in pieces if p.sources[0] in kept or not dice.chance(LOSS * strength)]
    pieces = _merged(pieces, dice, MERGE * strength)
    pieces = _split(pieces, dice, SPLIT * strength)
    pieces = [replace(p, word=_misspelt(p.word, dice, strength)) for p in pieces]
    words = tuple(piece.word for piece in pieces)
    page = replace(document.pages[0], words=words)
    return replace(document, pages=(page,), entities=_entities(document, pieces))


def _entities(document: LabelledDocument, pieces: list[_Piece]) -> tuple[LabelledEntity, ...]:
    held: dict[int, list[int]] = {}
    for i, piece in enumerate(pieces):
        if piece.entity is not None:
            held.setdefault(piece.entity, []).append(i)
    places = {old: new for new, old in enumerate(sorted(held))}
    return tuple(
        LabelledEntity(
            document.entities[old].label,
            tuple(held[old]),
            None if (parent := document.entities[old].parent) is None else places[parent],
            tuple(places[other] for other in document.entities[old].other_parents),
        )
        for old in places
    )


def _merged(pieces: list[_Piece], dice: Dice, rate: float) -> list[_Piece]:
    merged: list[_Piece] = []
    for piece in pieces:
        chance = LOST_KOREAN_SPACE * rate / MERGE if _ends_korean(merged, piece) else rate
        if merged and dice.chance(chance) and _are_mergeable(merged[-1], piece):
            before = merged.pop()
            entity = before.entity if before.entity is not None else piece.entity
            left, right = before.word.quad.corners, piece.word.quad.corners
            quad = Quad((left[0], right[1], right[2], left[3]))
            word = Word(before.word.text + piece.word.text, quad)
            merged.append(_Piece(word, before.sources + piece.sources, entity))
        else:
            merged.append(piece)
    return merged


def _ends_korean(before: list[_Piece], piece: _Piece) -> bool:
    """Whether Hangul stands on both sides of the space before a word."""
    if not before:
        return False
    return has_hangul(before[-1].word.text[-1:]) and has_hangul(piece.word.text[:1])


def _are_mergeable(left: _Piece, right: _Piece) -> bool:
    """Whether two words stand close on one line and do not belong to different fields."""
    entities = {left.entity, right.entity} - {None}
    a, b = left.word.quad, right.word.quad
    gap = b.corners[0][0] - a.corners[1][0]
    is_close = -0.5 * a.height < gap < 0.8 * a.height
    return len(entities) < 2 and is_close and abs(a.center[1] - b.center[1]) < 0.5 * a.height


def _split(pieces: list[_Piece], dice: Dice, rate: float) -> list[_Piece]:
    split: list[_Piece] = []
    for piece in pieces:
        text = piece.word.text
        if len(text) < 3 or not dice.chance(rate):
            split.append(piece)
            continue
        marks = [i + 1 for i, char in enumerate(text[:-1]) if not char.isalnum()]
        at = dice.pick(marks) if marks and dice.chance(0.7) else dice.between(1, len(text) - 1)
        left, right = _halves(piece.word.quad, at / len(text))
        split.append(replace(piece, word=Word(text[:at], left)))
        split.append(replace(piece, word=Word(text[at:], right)))
    return split


def _halves(quad: Quad, share: float) -> tuple[Quad, Quad]:
    a, b, c, d = quad.corners
    top, bottom = _between(a, b, share), _between(d, c, share)
    return Quad((a, top, bottom, d)), Quad((top, b, c, bottom))


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _misspelt(word: Word, dice: Dice, strength: float) -> Word:
    text = word.text
    if len(text) > 1 and text[-1] in LOSABLE and dice.chance(LOST_MARK * strength):
        text = text[:-1]
    rate = ERRORS_PER_CHARACTER * strength
    read = ""
    for char in text:
        others = CONFUSIONS.get(char)
        if not dice.chance(rate):
            read += char
        elif others and dice.chance(0.75):
            read += others if char == "m" else dice.pick(others)
        elif dice.chance(0.3):
            read += char * 2
    return replace(word, text=read or text)
