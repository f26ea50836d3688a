"""The part of an entity's words that is its value's own, where OCR or print set more solid.

"DATE:11/03/18" holds a key word, "25/01/201811:22" a date and a time, ":08/05/18" a colon: the
value's text is verbatim what remains without them.
"""

from __future__ import annotations

import re
from typing import Final

from layout.schema import ValueType
from layout.values.dates import date_spans
from layout.values.times import time_spans

_LEADING_MARKS: Final = re.compile(r"^[\s:=]+(?=\S)")
_TRAILING_MARKS: Final = re.compile(r"(?<=[^\s:=])[\s:=]+$")
_KEY_BEFORE_COLON: Final = re.compile(r"^[^\W\d][^\d:]*:\s*(?=\S)")
_KEY_BEFORE_SITE: Final = re.compile(
    r"^(?:web\s?site|web|home\s?page|홈\s?페이지|url|[wh])\s*:\s*(?=[^\s/])", re.IGNORECASE
)
_KEY_BEFORE_CURRENCY: Final = re.compile(
    r"^(?:GRAND)?TOTAL:?\s*(?=(?:RM|MYR|USD|\$)?\s*\d)", re.IGNORECASE
)
_TIMES_COUNT: Final = re.compile(r"(?<=\d)\s*[*xX×]\s*\d{1,4}$")  # noqa: RUF001  (7.90*3)
_PERCENTAGE: Final = re.compile(r"\d+(?:[.,]\d+)?\s*%")
# Runs are bounded: of a text of nothing but blanks or strokes every place would look to its end.
_CONTACT_AFTER_ADDRESS: Final = re.compile(
    r"[\s,;|/]{1,4}(?:tel(?:e?phone)?|phone|ph|fax|mobile|hp|전\s?화|팩\s?스|대표전화)\b\s?(?:no)?"
    r"[\s.:]{0,4}(?=[+(\d])[+()\d./~\s-]{6,40}$",
    re.IGNORECASE,
)
_LABEL_AFTER_ADDRESS: Final = re.compile(
    r"(?<=\S{2})\s{1,4}[가-힣]{2,8}\s{0,4}[:\uff1a]\s{0,4}\S.*$"
)
_MARKS_BEFORE_CODE: Final = re.compile(r"^[$*※]+\s*(?=\w)")
_RANGE_AFTER_PHONE: Final = re.compile(r"(?<=\d)\s?[\"“”'~～]\s?\d{1,2}$")  # noqa: RUF001


def own_text(text: str, value_type: ValueType) -> str:
    """Cut off what does not belong to a value.

    Args:
        text: an entity's words, joined by blanks.
        value_type: of its field.

    Returns:
        A part of the text, verbatim and never empty unless the text is; the whole text where
        nothing shows what to cut.
    """
    if value_type == "date":
        text = _only(text, date_spans(text))
    elif value_type == "time":
        text = _only(text, time_spans(text))
    elif value_type == "amount":
        text = _TIMES_COUNT.sub("", _KEY_BEFORE_CURRENCY.sub("", text))
    elif value_type == "percentage":
        text = _only(text, tuple(match.span() for match in _PERCENTAGE.finditer(text)))
    elif value_type == "website":
        text = _KEY_BEFORE_SITE.sub("", text)
    elif value_type == "address":
        text = _LABEL_AFTER_ADDRESS.sub("", _CONTACT_AFTER_ADDRESS.sub("", text))
    elif value_type == "identifier":
        text = _MARKS_BEFORE_CODE.sub("", text)
    elif value_type == "phone":
        text = _RANGE_AFTER_PHONE.sub("", text)
    if value_type in (
        "date",
        "time",
        "amount",
        "phone",
        "identifier",
        "quantity",
        "email",
        "tax_id",
        "iban",
        "bic",
    ):
        text = _KEY_BEFORE_COLON.sub("", text)
    return _TRAILING_MARKS.sub("", _LEADING_MARKS.sub("", text))


def _only(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """The only span's text; the whole where there are several or none."""
    if len(spans) != 1:
        return text
    start, end = spans[0]
    return text[start:end].strip()
