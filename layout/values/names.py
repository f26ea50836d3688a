"""People's names: which words are the first and which the last name.

The name's words stay as read and in their places; a name that nothing shows how to split is left
whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TWO_SYLLABLES: Final = frozenset("남궁 황보 제갈 선우 독고 사공 서문 동방 망절 어금".split())
_SURNAMES: Final = frozenset(
    "가간갈감강개견경계고곡공곽교구국군궁권근금기길김나낙난남낭내노뇌누단담당대도독돈동두등"
    "라란랑려로뢰류리림마만매맹명모목묘묵문미민박반방배백범변복봉부비빈빙사삼상서석선설섭성"
    "소손송수순승시신심십아안애야양어엄여연염엽영예오옥온옹완왕요용우운원위유육윤은음이인임"
    "자장저전점정제조종좌주준즙증지진차창채척천초총최추탁탄탕태판팽편평포표풍피필하학한함"
    "해허현형호홍화환황흥"
)
"""One-syllable family names after Statistics Korea's census of family names (2015)."""
_HANGUL: Final = re.compile(r"[가-힣]+")
_TITLES: Final = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame rev hon capt col eng ir engr herr frau".split()
)
_CREDENTIALS: Final = frozenset(
    "phd md dmd dds dvm jd mba ma msc ms bsc ba bs cpa cfa pe pmp rn esq llm llb mph edd dphil "
    "cissp aia leed ap jr sr ii iii iv fca aca ca dr mbbs do od rph pharmd cma frcs".split()
)
_KOREAN_TITLES: Final = frozenset(
    "님 씨 박사 교수 대표 대표이사 이사 사장 부사장 회장 부회장 부장 차장 과장 대리 사원 주임 "
    "팀장 실장 본부장 센터장 원장 변호사 회계사 세무사 전무 상무 귀하 선생 연구원 책임 선임 "
    "수석 매니저 지점장 소장".split()
)
_PARTICLES: Final = frozenset(
    "van von der den de del della di da dos la le bin binti bte ter ten st al el".split()
)
_NAMELIKE: Final = frozenset("ma do od ca ba ms bs".split())
"""Degrees that are family names as well: the second of two words is a name."""
_MAX_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class NamePart:
    """A part of a name.

    Attributes:
        text: as it stands in the name, its words joined by blanks.
        spans: (start, end) of each of its words in the whole name.
    """

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name that could be split."""

    first: NamePart
    last: NamePart


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


def split_name(text: str) -> PersonName | None:
    """Tell a person's first name from the last.

    Korean names open with the family name, of one syllable or of the few that have two. Elsewhere
    the last word is the last name, with the particles before it ("van der Berg"), unless a comma
    says otherwise ("Kim, Minsu"). Titles and degrees belong to neither.

    Args:
        text: of the whole name, as read.

    Returns:
        None for single names, for Hangul that does not look like a name, and for texts with
        digits or signs that no name has.
    """
    if re.search(r"[\d@&/+_=<>|]", text):
        return None
    words = [_Word(m.group(), m.start(), m.end()) for m in re.finditer(r"[^\s,()]+|[,()]", text)]
    words = _without_brackets(words)
    if any(_HANGUL.search(word.text) for word in words):
        # "김민수 Minsu Kim", "CEO 김민수": the name is the Hangul.
        return _split_korean([word for word in words if re.search(r"[^\W\da-zA-Z]", word.text)])
    return _split_western(words)


def _without_brackets(words: list[_Word]) -> list[_Word]:
    """A nickname or the name in another script stands in brackets."""
    kept, depth = [], 0
    for word in words:
        depth += word.text == "("
        if not depth and word.text != ")":
            kept.append(word)
        depth = max(0, depth - (word.text == ")"))
    return kept


def _split_korean(words: list[_Word]) -> PersonName | None:
    while len(words) > 1 and words[-1].text in _KOREAN_TITLES:
        words = words[:-1]
    while len(words) > 1 and words[0].text in _KOREAN_TITLES:
        words = words[1:]
    syllables = [
        _Word(char, word.start + i, word.start + i + 1)
        for word in words
        for i, char in enumerate(word.text)
    ]
    name = "".join(each.text for each in syllables)
    if _HANGUL.fullmatch(name) is None or not 2 <= len(name) <= 5:
        return None
    # Written apart ("김 민수", "남궁 민"), the first word is the family name, unless every
    # syllable stands by itself.
    is_spaced_out = all(len(word.text) == 1 for word in words)
    if len(words) > 1 and not is_spaced_out:
        n_last = len(words[0].text)
    else:
        n_last = 2 if name[:2] in _TWO_SYLLABLES and len(name) > 2 else 1
    family = name[:n_last]
    if family not in _TWO_SYLLABLES and (n_last > 1 or family not in _SURNAMES):
        return None
    return PersonName(_joined(syllables[n_last:]), _joined(syllables[:n_last]))


def _split_western(words: list[_Word]) -> PersonName | None:
    sections = _sections(words)
    named = [kept for section in sections if (kept := _without_titles(section))]
    if not named or sum(map(len, named)) > _MAX_WORDS or not _are_names(named):
        return None
    if len(named) == 2:
        return PersonName(_part(named[1]), _part(named[0]))  # "Last, First"
    (only,) = named if len(named) == 1 else ([],)
    if len(only) < 2:
        return None
    if _is_shouted(only[0]) and not any(word.text.isupper() for word in only[1:]):
        return PersonName(_part(only[1:]), _part(only[:1]))  # "KIM Minsu"
    n_last = 1
    while len(only) - n_last > 1 and only[-n_last - 1].text.casefold() in _PARTICLES:
        n_last += 1
    return PersonName(_part(only[:-n_last]), _part(only[-n_last:]))


def _sections(words: list[_Word]) -> list[list[_Word]]:
    """The words between the commas."""
    sections: list[list[_Word]] = [[]]
    for word in words:
        if word.text == ",":
            sections.append([])
        else:
            sections[-1].append(word)
    return sections


def _without_titles(section: list[_Word]) -> list[_Word]:
    """A section less the titles before it and the degrees behind; empty if it holds no more."""
    kept = list(section)
    while kept and _key(kept[0]) in _TITLES:
        kept.pop(0)
    if kept and all(_key(word) in _CREDENTIALS and _is_degree(word) for word in kept):
        return []
    while len(kept) > 1 and _key(kept[-1]) in _CREDENTIALS and _is_degree(kept[-1]):
        if len(kept) == 2 and kept[-1].text.casefold() in _NAMELIKE:
            break
        kept.pop()
    return kept


def _key(word: _Word) -> str:
    return re.sub(r"[^\w]", "", word.text).casefold()


def _is_degree(word: _Word) -> bool:
    """Whether it is written as degrees are: "MA", "M.A.", "Ph.D.", not "Ma" or "Do"."""
    return "." in word.text or word.text.isupper() or _key(word) in ("phd", "jr", "sr", "esq")


def _is_shouted(word: _Word) -> bool:
    return word.text.isupper() and sum(char.isalpha() for char in word.text) > 2


def _are_names(sections: list[list[_Word]]) -> bool:
    return all(
        any(char.isalpha() for char in word.text) for section in sections for word in section
    )


def _part(words: list[_Word]) -> NamePart:
    text = " ".join(word.text for word in words)
    return NamePart(text, tuple((word.start, word.end) for word in words))


def _joined(syllables: list[_Word]) -> NamePart:
    return NamePart(
        "".join(each.text for each in syllables),
        tuple((each.start, each.end) for each in syllables),
    )
