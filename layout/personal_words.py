"""Words that look like personal data, whatever field they are in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn
from stdnum.kr import rrn

from layout.redaction_kinds import Kind

MAX_WINDOW: Final = 9
"""Words that one number is spread over at most: an IBAN in groups of four."""

_EMAIL: Final = re.compile(r"[\w.+%'-]+ ?@ ?[\w-]+(?: ?\. ?[\w-]+)+")
_KEYED_PHONE: Final = re.compile(
    r"(?:\b(?:tel|phone|telephone|telefon|fax|mobile|mob|cell|hp|h/p|t|m|f)\b|전화|팩스|휴대폰|"
    r"연락처|핸드폰)[\w]*\s*[.:)]*\s*(?P<number>\+?\(?\d[\d ()./-]{5,}\d)",
    re.IGNORECASE,
)
# A full national form starts with the trunk prefix and is parted: "010-2345-6789".
_NATIONAL: Final = re.compile(r"(?<![\w.,-])\(?0\d{1,4}\)?[ .-]\d{3,4}[ .-]\d{3,4}(?![\w,-])")
_RRN: Final = re.compile(r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8*][\d*]{6}")
_CARD: Final = re.compile(r"\d{13,19}")
# At least four characters starred out, and the last four (or three, read badly) left to see.
_STARRED: Final = re.compile(r"(?=.*[*xX•#]{4})[\d*xX•#]{4,15}\d{3,4}")
_EDGES: Final = ".,;:()[]"


def personal_words(texts: Sequence[str], kinds: frozenset[Kind]) -> frozenset[int]:
    """Places of the words in one line that look like personal data.

    Args:
        texts: of the line's words, in reading order.
        kinds: to look for.
    """
    found: set[int] = set()
    line = " ".join(texts)
    spans = [span for kind in kinds for span in _spans(line, kind)]
    begin = 0
    for place, text in enumerate(texts):
        end = begin + len(text)
        if any(start < end and begin < stop for start, stop in spans):
            found.add(place)
        begin = end + 1
    tests = [test for kind, test in _NUMBERS if kind in kinds]
    for first in range(len(texts)):
        joined = ""
        for last in range(first, min(first + MAX_WINDOW, len(texts))):
            joined += texts[last]
            if not texts[last].strip(_EDGES):  # no number ends in a stop that stands alone
                continue
            if any(test(joined) for test in tests):
                found.update(range(first, last + 1))
    return frozenset(found)


def _spans(line: str, kind: Kind) -> Iterator[tuple[int, int]]:
    if kind == "emails":
        yield from (match.span() for match in _EMAIL.finditer(line))
    if kind == "phones":
        yield from (match.span("number") for match in _KEYED_PHONE.finditer(line))
        yield from (match.span() for match in _NATIONAL.finditer(line))
        for match in PhoneNumberMatcher(line, None, leniency=Leniency.VALID):  # with a plus
            yield match.start, match.end


def _is_card(joined: str) -> bool:
    digits = re.sub(r"^\D+:", "", joined).strip(_EDGES).replace("-", "")
    if _CARD.fullmatch(digits):
        return bool(luhn.is_valid(digits))
    return _STARRED.fullmatch(digits) is not None


def _is_iban(joined: str) -> bool:
    return bool(iban.is_valid(re.sub(r"^\D+:", "", joined).strip(_EDGES)))


def _is_resident_number(joined: str) -> bool:
    text = re.sub(r"^\D+:", "", joined).strip(_EDGES)
    if _RRN.fullmatch(text):  # numbers given out since October 2020 have no check digit
        return True
    return text.isascii() and text.isdigit() and bool(rrn.is_valid(text))


_NUMBERS: Final[tuple[tuple[Kind, Callable[[str], bool]], ...]] = (
    ("accounts", _is_card),
    ("accounts", _is_iban),
    ("ids", _is_resident_number),
)
