"""Which country a document comes from, as far as its own words show it.

The country settles what a number alone cannot: the order of day and month, the dialling prefix of
a phone, whose dollar "$" is. Without clear evidence there is no country.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

_STATES: Final = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)

# Each pattern counts once, however often it is found: a word repeated is one piece of evidence.
_MARKS: Final[tuple[tuple[str, str], ...]] = (
    ("MY", r"\bSDN\.?\s*BHD\b"),
    ("MY", r"\bMALAYSIA\b"),
    ("MY", r"\b(JOHOR|SELANGOR|KUALA LUMPUR|PENANG|PERAK|MELAKA|SABAH|SARAWAK|PUTRAJAYA|KEDAH)\b"),
    ("MY", r"(?<![A-Za-z])RM\s?(?=\d|\)|$)"),
    ("ID", r"\bINDONESIA\b"),
    ("ID", r"\b(JAKARTA|BANDUNG|SURABAYA|MEDAN|DENPASAR|BALI|TANGERANG|BEKASI|YOGYAKARTA)\b"),
    ("ID", r"\b(PPN|NPWP|TUNAI|KEMBALI|KEMBALIAN|PB1)\b"),
    ("ID", r"(?<![A-Za-z])RP\.?\s?(?=\d)"),
    ("SG", r"\bSINGAPORE\b"),
    ("SG", r"\bPTE\.?\s*LTD\b"),
    ("US", rf"\b({_STATES})\.?,?\s+\d{{5}}(-\d{{4}})?\b"),
    ("US", r"\b(USA|U\.S\.A\.?|UNITED STATES)(?!\w)"),
    ("US", r"\(\d{3}\)\s?\d{3}-\d{4}\b"),
    ("US", r"\bSALES TAX\b"),
    ("CA", r"\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b"),
    ("CA", r"\b(CANADA|ONTARIO|QUEBEC|ALBERTA|BRITISH COLUMBIA)\b"),
    ("CA", r"\bHST\b"),
    ("GB", r"\b(UNITED KINGDOM|ENGLAND|SCOTLAND|WALES|U\.?K\.?)(?!\w)"),
    ("GB", r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b"),
    ("GB", r"£"),
    ("AU", r"\b(AUSTRALIA|NSW|QUEENSLAND)\b"),
    ("AU", r"\bPTY\.?\s*LTD\b"),
    ("AU", r"\bABN\b"),
    ("NZ", r"\bNEW ZEALAND\b"),
    ("HK", r"\bHONG KONG\b"),
    ("IN", r"\b(INDIA|GSTIN|CGST|SGST)\b"),
    ("IN", r"₹"),
    ("PH", r"\b(PHILIPPINES|MANILA)\b"),
    ("PH", r"₱"),
    ("DE", r"\b(DEUTSCHLAND|GERMANY|GMBH|MWST|USTIDNR|UST-IDNR)\b"),
    ("FR", r"\b(FRANCE|SARL|SIRET|TVA)\b"),
    ("ES", r"\b(ESPAÑA|SPAIN)\b"),
    ("IT", r"\b(ITALIA|ITALY|P\.\s?IVA|SCONTRINO)\b"),
    ("NL", r"\b(NEDERLAND|NETHERLANDS|BTW)\b"),
    ("KR", r"[가-힣]{2}"),
    ("KR", r"\bKOREA\b"),
    ("KR", r"₩"),
    ("JP", r"[ぁ-んァ-ヴ]{2}"),
    ("JP", r"\bJAPAN\b"),
    ("CN", r"(人民币|增值税|中国)"),
    ("CN", r"\bCHINA\b"),
    ("TW", r"(臺灣|台灣|統一編號)"),
    ("TH", r"[ก-๙]{3}"),
    ("VN", r"(VNĐ|VIỆT NAM|₫)"),
)

_CALLING_CODES: Final = {
    "60": "MY", "62": "ID", "65": "SG", "44": "GB", "61": "AU", "64": "NZ", "852": "HK",
    "91": "IN", "63": "PH", "49": "DE", "33": "FR", "34": "ES", "39": "IT", "31": "NL",
    "82": "KR", "81": "JP", "86": "CN", "886": "TW", "66": "TH", "84": "VN", "41": "CH", "43": "AT",
    "32": "BE", "46": "SE", "45": "DK", "47": "NO", "358": "FI", "353": "IE", "351": "PT",
    "48": "PL", "971": "AE",
}  # fmt: skip
_DOMAINS: Final = {
    "kr": "KR", "my": "MY", "sg": "SG", "uk": "GB", "jp": "JP", "cn": "CN", "tw": "TW", "hk": "HK",
    "th": "TH", "vn": "VN", "au": "AU", "nz": "NZ", "in": "IN", "id": "ID", "ph": "PH", "de": "DE",
    "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "ca": "CA", "ch": "CH", "at": "AT", "be": "BE",
    "se": "SE", "dk": "DK", "no": "NO", "fi": "FI", "ie": "IE", "pt": "PT", "pl": "PL", "ae": "AE",
}  # fmt: skip
"""Top-level domains of countries; those that firms elsewhere like (.co, .io, .me) left out."""
_ADDRESS: Final = re.compile(r"(?:@|://|\bwww\.)([\w.-]{1,80})(?![\w.-])", re.IGNORECASE)
_CURRENCIES: Final = {
    "KRW": "KR", "MYR": "MY", "IDR": "ID", "SGD": "SG", "GBP": "GB", "JPY": "JP", "CNY": "CN",
    "INR": "IN", "PHP": "PH", "THB": "TH", "VND": "VN", "AUD": "AU", "NZD": "NZ", "HKD": "HK",
    "TWD": "TW", "CAD": "CA", "SEK": "SE", "NOK": "NO", "DKK": "DK", "PLN": "PL", "AED": "AE",
}  # fmt: skip
"""Of one country; dollars and euros of the world's trade say nothing about a document's home."""


@lru_cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    marks = [(region, re.compile(pattern, re.IGNORECASE)) for region, pattern in _MARKS]
    codes = [
        (region, re.compile(rf"\+\s?{code}(?=[\s\d(-])")) for code, region in _CALLING_CODES.items()
    ]
    return (*marks, *codes)


def calling_region(code: str) -> str | None:
    """The country of a calling code ("82"); None for codes of several countries, or unknown."""
    return _CALLING_CODES.get(code)


def infer_region(text: str, currency: str | None = None) -> str | None:
    """The country that a document's words point to.

    Args:
        text: all of the document's words.
        currency: that the document is in, if known; heard only where the words say nothing, or
            point to two countries alike.

    Returns:
        ISO 3166-1 alpha-2 code of the one with most kinds of evidence; None without evidence or
        where two are level.
    """
    scores = Counter(region for region, pattern in _compiled() if pattern.search(text))
    scores.update({_DOMAINS[name] for name in _top_level_domains(text) if name in _DOMAINS})
    ranked = scores.most_common()
    leaders = {region for region, score in ranked if score == ranked[0][1]}
    if len(leaders) == 1:
        return leaders.pop()
    home = _CURRENCIES.get(currency or "")
    return home if not leaders or home in leaders else None


def _top_level_domains(text: str) -> set[str]:
    """The last labels of the mail and web addresses in a text."""
    return {address.rstrip(".-").rpartition(".")[2].lower() for address in _ADDRESS.findall(text)}
