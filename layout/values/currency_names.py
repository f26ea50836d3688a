"""A field that names a currency: by its ISO 4217 code, its sign, or its name in words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from babel import Locale

from layout.values.currencies import iso_codes, resolve_sign

_NAME_LOCALES: Final = ("en", "ko")
_NAMES: Final = {
    "us dollar": "USD", "united states dollar": "USD", "american dollar": "USD", "미화": "USD",
    "미국달러": "USD", "미달러": "USD", "korean won": "KRW", "won": "KRW", "원화": "KRW",
    "원": "KRW", "한국원": "KRW", "japanese yen": "JPY", "yen": "JPY", "엔화": "JPY", "엔": "JPY",
    "euro": "EUR", "유로": "EUR", "유로화": "EUR", "pound sterling": "GBP", "sterling": "GBP",
    "sterling pound": "GBP", "파운드화": "GBP", "위안화": "CNY", "위안": "CNY", "renminbi": "CNY",
    "rmb": "CNY", "chinese yuan": "CNY", "yuan": "CNY", "yuan renminbi": "CNY",
    "swiss franc": "CHF", "singapore dollar": "SGD", "ringgit": "MYR", "rupiah": "IDR",
}  # fmt: skip


def parse_currency(text: str, document_currency: str | None, region: str | None) -> str | None:
    """The ISO 4217 code of the one currency that a text names.

    Args:
        text: in NFKC form: "USD", "US$", "US Dollars", "원", "USD (US DOLLARS)", "USD125000,00".
        document_currency: for names that several currencies share ("dollars").
        region: the document's country, for the same.

    Returns:
        None if the text names none, or several, or nothing settles which is meant.
    """
    enclosed = re.fullmatch(r"([^()]*)\(([^()]*)\)\s*", text.strip())
    parts = [part for part in (enclosed.groups() if enclosed else (text,)) if part.strip()]
    found = {_one(part, document_currency, region) for part in parts}
    return found.pop() if len(found) == 1 else None


def _one(text: str, document_currency: str | None, region: str | None) -> str | None:
    tidy = " ".join(text.split()).strip(" :;,./|-")
    with_number = re.fullmatch(r"(\D+?)\s?\d[\d.,]*", tidy)
    if with_number is not None:
        tidy = with_number[1].strip()
    if not tidy:
        return None
    named = _names().get(_folded(tidy))
    return named or resolve_sign(tidy, document_currency, region)


def _folded(name: str) -> str:
    """A name without case, dots, and the plural of its words."""
    words = name.casefold().replace(".", "").split()
    return " ".join(re.sub(r"(?<=[a-z]{3})s$", "", word) for word in words)


@lru_cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for locale in _NAME_LOCALES:
        for code, name in Locale(locale).currencies.items():
            if code in iso_codes():
                names.setdefault(_folded(name), code)
    return names | {_folded(name): code for name, code in _NAMES.items()}
