"""Phone numbers: E.164 where the country is evident, otherwise tidy national text."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from layout.values.regions import calling_region

MIN_DIGITS: Final = 5
"""Shorter numbers are short codes at best; a text with fewer digits is not taken for a phone."""

_EXTENSION: Final = re.compile(
    r"[\s,;(]*(?:ext(?:ension|n)?|내선|x|#)(?:\s*번호)?\s*[.:]?\s*\d{1,6}\s*번?\)?$", re.IGNORECASE
)
# "02-1234-5678~9" is that number and the next one; OCR takes the sign for a quotation mark.
_AND_NEXT: Final = re.compile(r"(?<=\d{4})\s?[~\u223c\u201c\u201d\"]\s?\d{1,2}$")
# Of other numbers side by side a reader of digits would make one.
_SEVERAL: Final = re.compile(r"[/~]|\bor\b", re.IGNORECASE)
# A country's code that lost its plus stands by itself: "65 9630 1571", "(82-2) 555-1234".
_BARE_CODE: Final = re.compile(r"\(?\s?(?P<code>\d{1,3})\s?(?:\)|[-. ])\s?(?=[\d(])")


def parse_phone(text: str, region: str | None) -> str | None:
    """Normalise a phone number.

    Args:
        text: in NFKC form.
        region: ISO 3166-1 code of the document's country, if known.

    Returns:
        E.164 ("+60342661226") if the number is valid in that country or carries its country's
        code, with or without a plus; an extension stays in the field's text alone, and so do
        further lines ("5678~9"). Else the text with blanks tidied; None if it holds no phone
        number.
    """
    tidy = re.sub(r"\s+", " ", text).strip(" :;,.|")
    tidy = re.sub(r"\s?-\s?", "-", tidy)
    tidy = re.sub(r"^\(?[^\W\d_]+[^\d+(\w]+(?=[\d+(])", "", tidy)  # a "Tel:" that was read along
    n_letters = sum(char.isalpha() for char in tidy)
    n_digits = sum(char.isdigit() for char in tidy)
    if n_digits < MIN_DIGITS or n_letters > n_digits:
        return None
    return _as_e164(tidy, region) or tidy


def _as_e164(tidy: str, region: str | None) -> str | None:
    number = _AND_NEXT.sub("", _EXTENSION.sub("", tidy))
    # libphonenumber turns letters into digits, and drops what follows a second number: both
    # would invent a number from a text that holds more than one.
    if any(char.isalpha() for char in number) or _SEVERAL.search(number):
        return None
    national = _valid(number, region)
    if national is not None or "+" in number:
        return national
    if number.startswith("00"):
        return _valid(f"+{number[2:]}", None)
    code = _BARE_CODE.match(number)
    if code is None or calling_region(code["code"]) is None:
        return None
    return _valid(f"+{code['code']} {number[code.end() :].lstrip()}", None)


def _valid(number: str, region: str | None) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))
