"""Numbers of invoices compared through reading errors, and where they stand among the words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ocr.types import Word

MISREAD: Final = str.maketrans("OoQDIl|!iSsBZzA", "000011111558224")
"""Letters that stand for digits where the reading of a number went wrong."""
CURRENCY: Final = re.compile(r"[$£€¥]|(?:usd|us\$|dm|sfr|chf)\b", re.IGNORECASE)
MAX_PARTS: Final = 3
"""A number may have been read as several words: `3,019 63`, `$ 17,963 .50`."""


@dataclass(frozen=True)
class NumberRun:
    """Neighbouring words of one line that may be a number.

    Attributes:
        word_ids: in reading order.
        digits: all digits, misread ones mended.
        cents: the number's value in cents, by its last mark; None if it has no digits.
        has_currency: whether it begins with a currency.
    """

    word_ids: tuple[int, ...]
    digits: str
    cents: int | None
    has_currency: bool


def digits_of(text: str) -> str:
    """The digits of a number, letters that stand for digits mended."""
    return "".join(c for c in text.translate(MISREAD) if c.isdigit())


def cents_of(text: str) -> int | None:
    """A number's value in cents: a last group of one or two digits is its fraction."""
    mended = re.sub(r"[^\d.,\- ]", "", text.translate(MISREAD)).strip(" .,-")
    parts = re.split(r"[.,\- ]+", mended)
    if not any(parts):
        return None
    if len(parts) > 1 and len(parts[-1]) < 3:
        return int("".join(parts[:-1]) or "0") * 100 + int(parts[-1].ljust(2, "0"))
    return int("".join(parts)) * 100


def has_currency(text: str) -> bool:
    """Whether a number begins with a currency."""
    return CURRENCY.match(text.lstrip("( ")) is not None


def is_currency(text: str) -> bool:
    """Whether a word is a currency and nothing else."""
    return CURRENCY.fullmatch(text.rstrip(".")) is not None


def is_numeric(text: str) -> bool:
    """Whether a word may be (a part of) a number: it has a digit, and little else but marks."""
    bare = text.strip("$£€()[]*.,:;-—_/@#=+'\"~ ")
    n_digits = sum(c.isdigit() for c in bare)
    return n_digits > 0 and 2 * n_digits >= sum(c.isalnum() for c in bare)


def number_runs(words: Sequence[Word], lines: Sequence[Sequence[int]]) -> list[NumberRun]:
    """All runs of words that may be one number each, overlapping ones included.

    Args:
        words: of the page.
        lines: word ids, as `ocr.reading_order.find_lines` gives them.
    """
    runs = []
    for line in lines:
        for start in range(len(line)):
            has_digits = False
            for stop in range(start, min(start + MAX_PARTS, len(line))):
                text = words[line[stop]].text
                if is_numeric(text):
                    has_digits = True
                elif stop > start or not is_currency(text):
                    break
                if has_digits:
                    held = tuple(line[start : stop + 1])
                    joined = " ".join(words[i].text for i in held)
                    runs.append(
                        NumberRun(held, digits_of(joined), cents_of(joined), has_currency(joined))
                    )
    return runs
