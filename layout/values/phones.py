"""Phone numbers: E.164 where the country is evident, otherwise tidy national text."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

MIN_DIGITS: Final = 5
"""Shorter numbers are short codes at best; a text with fewer digits is not taken for a phone."""


def parse_phone(text: str, region: str | None) -> str | None:
    """Normalise a phone number.

    Args:
        text: in NFKC form.
        region: ISO 3166-1 code of the document's country, if known.

    Returns:
        E.164 ("+60342661226") if the number is valid in that country or carries its own prefix;
        else the text with blanks tidied; None if it holds no phone number.
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
    # libphonenumber turns letters into digits, and drops what follows a second number: both
    # would invent a number from a text that holds more than one.
    if any(char.isalpha() for char in tidy) or "/" in tidy:
        return None
    try:
        number = phonenumbers.parse(tidy, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
