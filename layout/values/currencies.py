"""Currencies from what stands on the document: symbols, ISO 4217 codes, words.

Some signs belong to many currencies ($, ¥, kr, Rs). These are settled by other evidence in the
document; without any, the currency is unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

from babel.core import get_global
from babel.numbers import get_territory_currencies

_SIGNS: Final = {
    "US$": "USD", "US $": "USD", "U.S.$": "USD", "U.S. $": "USD", "S$": "SGD",
    "SG$": "SGD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD",
    "HK$": "HKD", "NT$": "TWD", "NZ$": "NZD", "R$": "BRL", "M$": "MYR", "RM": "MYR",
    "Rp.": "IDR", "Rp": "IDR", "€": "EUR", "£": "GBP", "₩": "KRW", "원": "KRW", "원정": "KRW",
    "원 정": "KRW", "円": "JPY", "유로": "EUR", "RMB": "CNY", "미화": "USD", "미국 달러": "USD",
    "₹": "INR", "฿": "THB", "₫": "VND", "VNĐ": "VND", "₱": "PHP", "₽": "RUB", "₺": "TRY",
    "₪": "ILS", "₴": "UAH", "₦": "NGN", "zł": "PLN", "Kč": "CZK", "SFr.": "CHF", "Fr.": "CHF",
    "euro": "EUR", "euros": "EUR", "ringgit": "MYR", "rupiah": "IDR", "won": "KRW", "yen": "JPY",
    "US dollars": "USD", "U.S. dollars": "USD", "pounds": "GBP", "baht": "THB",
    "Japanese yen": "JPY", "Korean won": "KRW", "Swiss francs": "CHF",
}  # fmt: skip
_SHARED: Final = {
    "$": "USD SGD AUD CAD HKD TWD NZD MYR BND MXN COP CLP ARS",
    "dollars": "USD SGD AUD CAD HKD TWD NZD BND",
    "달러": "USD SGD AUD CAD HKD TWD NZD BND",
    "¥": "JPY CNY",
    "元": "CNY TWD HKD",
    "kr": "SEK NOK DKK ISK",
    "kr.": "SEK NOK DKK ISK",
    "Rs": "INR PKR LKR NPR MUR",
    "Rs.": "INR PKR LKR NPR MUR",
}
# Codes that are also words of receipts ("TOP 10", "SDN BHD", "TRY 2 GET 1").
_WORDLIKE_CODES: Final = frozenset(
    "ALL AMD BAM BOB COP CUP GEL LAK MAD MOP NAD PEN RON SEK SOS SAR TOP TRY BHD".split()
)
# Outside an amount only signs that mean nothing else are heard.
_FREE_SIGNS: Final = (
    "US$", "US $", "U.S.$", "U.S. $", "S$", "SG$", "A$", "AU$", "C$", "CA$", "HK$", "NT$", "NZ$",
    "R$", "RM", "Rp.", "Rp", "€", "£", "₩", "₹", "฿", "₫", "VNĐ", "₱", "₽", "₺", "₪", "₴", "₦",
    "zł", "ringgit", "rupiah",
)  # fmt: skip


def find_sign(text: str) -> tuple[str, tuple[int, int]] | None:
    """The first currency sign, code or word in an amount's text.

    Args:
        text: of the amount, in NFKC form.

    Returns:
        The sign as a key for `resolve_sign` and its span in `text`; None if there is none.
    """
    match = _amount_pattern().search(text)
    return None if match is None else (match.group(), match.span())


def resolve_sign(sign: str, document_currency: str | None, region: str | None) -> str | None:
    """The ISO 4217 code that a sign stands for.

    Args:
        sign: as `find_sign` gave it.
        document_currency: what the document's unmistakable signs say.
        region: the document's country, ISO 3166-1.

    Returns:
        None if several currencies use the sign and the document does not tell which is meant.
    """
    folded = sign.casefold()
    if sign.upper() in iso_codes():
        return sign.upper()
    if folded in _folded(unique=True):
        return _folded(unique=True)[folded]
    family = _folded(unique=False).get(folded, "").split()
    if document_currency in family:
        return document_currency
    if region is not None:
        return next((code for code in get_territory_currencies(region) if code in family), None)
    return None


def infer_currency(text: str) -> str | None:
    """The currency that a whole document is in, from its unmistakable signs.

    Args:
        text: all of the document's words, in NFKC form.

    Returns:
        The one that leads by at least two to one, or None.
    """
    votes: Counter[str] = Counter()
    for match in _free_pattern().finditer(text):
        votes[_folded(unique=True)[match.group().casefold()]] += 1
    for match in re.finditer(r"(?:(?<=[\d만천])\s?|[(:]\s?(?=.\s?\)))(원|円)", text):
        votes[_SIGNS[match.group(1)]] += 1
    for match in _code_pattern().finditer(text):
        votes[match[match.lastgroup or 0]] += 1
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] < 2 * ranked[1][1]):
        return None
    return ranked[0][0]


@lru_cache
def iso_codes() -> frozenset[str]:
    """Codes of the currencies that are tender somewhere today, after CLDR."""
    territories = get_global("territory_currencies")
    return frozenset(code for name in territories for code in get_territory_currencies(name))


@lru_cache
def _folded(*, unique: bool) -> dict[str, str]:
    return {sign.casefold(): code for sign, code in (_SIGNS if unique else _SHARED).items()}


def _alternatives(signs: list[str]) -> str:
    """Longest first; letters at an end of a sign must not be part of a longer word."""
    parts = []
    for sign in sorted(signs, key=len, reverse=True):
        before = r"(?<![^\W\d_])" if re.match(r"[A-Za-z]", sign) else ""
        after = r"(?![^\W\d_])" if re.search(r"[A-Za-złč]$", sign) else ""
        parts.append(f"{before}{re.escape(sign)}{after}")
    return "|".join(parts)


@lru_cache
def _amount_pattern() -> re.Pattern[str]:
    # Codes only in capitals: "all 9.00" is no amount of Albanian lek.
    codes = "|".join(sorted(iso_codes()))
    letters = "A-Za-z"
    signs = _alternatives([*_SIGNS, *_SHARED])
    return re.compile(rf"(?i:{signs})|(?<![{letters}])(?:{codes})(?![{letters}])")


@lru_cache
def _free_pattern() -> re.Pattern[str]:
    return re.compile(_alternatives(list(_FREE_SIGNS)), re.IGNORECASE)


@lru_cache
def _code_pattern() -> re.Pattern[str]:
    codes = "|".join(sorted(iso_codes() - _WORDLIKE_CODES))
    price = r"\d[\d.,]*[.,]\d{2,3}(?!\d)"
    before = rf"(?<![A-Za-z])(?P<before>{codes})(?=\.?\s?-?{price})"
    after = rf"(?<=[.,]\d\d)\s(?P<after>{codes})(?![A-Za-z])"
    return re.compile(rf"{before}|{after}|\(\s?(?P<heading>{codes})\s?\)")
