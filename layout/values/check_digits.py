"""Numbers that check themselves: business registrations, VAT numbers, IBAN and BIC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Final

from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.gb import vat as british_vat

REGISTRATION_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
"""Of the digits before the check digit, as the National Tax Service weighs them; of the last one
the tens count too. python-stdnum (2.2) looks at the number's form alone."""

_DIGIT: Final = r"[\dOIl|]"
_KOREAN: Final = re.compile(
    rf"(?<!\d)({_DIGIT}{{3}})\s*-\s*({_DIGIT}{{2}})\s*-\s*({_DIGIT}{{5}})(?!\d)", re.ASCII
)
_KOREAN_PLAIN: Final = re.compile(r"(\d{3})\s?(\d{2})\s?(\d{5})", re.ASCII)
_VAT: Final = re.compile(r"(?P<country>[A-Z]{2})(?P<number>[\dA-Z+*]{5,12})", re.ASCII)
_IBAN: Final = re.compile(r"[A-Z]{2}[\dOIL]{2}[\dA-Z]{8,30}", re.ASCII)
_IBAN_KEY: Final = re.compile(r"^iban(?:\s?(?:no|number|code))?[^\w]*", re.IGNORECASE)
_BIC_KEY: Final = re.compile(
    r"^(?:swift|bic)(?:\s?/\s?(?:swift|bic))?(?:\s?(?:code|no|address))?\W+", re.IGNORECASE
)
_BIC: Final = re.compile(r"[A-Z01]{4}[A-Z]{2}[A-Z\d]{2}(?:[A-Z\d]{3})?", re.ASCII)
_AS_DIGITS: Final = str.maketrans("OILl|", "01111")
_AS_LETTERS: Final = str.maketrans("01", "OI")


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A number in its usual form.

    Attributes:
        text: of the number.
        is_right: whether its check digits agree; None for numbers without any.
        is_repaired: whether letters had to be read as digits, or digits as letters.
    """

    text: str
    is_right: bool | None
    is_repaired: bool = False


def parse_tax_id(text: str, region: str | None = None) -> CheckedNumber | None:
    """A Korean business registration number or an EU or British VAT number; None for any other.

    Args:
        text: in NFKC form.
        region: ISO 3166-1 code of the document's country, if known: ten digits without rules
            between them are a registration number only in Korea.
    """
    korean = _KOREAN.search(text)
    if korean is None and region == "KR":
        korean = _KOREAN_PLAIN.fullmatch(text.strip())
    if korean is not None:
        return _registration("-".join(korean.groups()))
    compact = re.sub(r"[\s.-]", "", text).upper()
    match = _VAT.fullmatch(compact)
    if match is None or sum(char.isdigit() for char in compact) < 2:
        return None
    try:
        if match["country"] in ("GB", "XI"):
            british_vat.validate(match["number"])
        elif match["country"].lower() in {*vat.MEMBER_STATES, "el"}:
            vat.validate(compact)
        else:
            return None
    except InvalidChecksum:
        return CheckedNumber(compact, is_right=False)
    except ValidationError:
        return None  # it only begins like one
    return CheckedNumber(compact, is_right=True)


def _registration(written: str) -> CheckedNumber | None:
    """A Korean number; letters are read as digits only if the check digit holds after that."""
    number = written.translate(_AS_DIGITS)
    is_right = _is_registration(number)
    if number != written and not is_right:
        return None
    return CheckedNumber(number, is_right, is_repaired=number != written)


def _is_registration(number: str) -> bool:
    """Whether the last digit of a Korean business registration number is its check digit."""
    *digits, check = (int(char) for char in number if char.isdigit())
    total = sum(w * d for w, d in zip(REGISTRATION_WEIGHTS, digits, strict=True))
    return (total + digits[-1] * REGISTRATION_WEIGHTS[-1] // 10 + check) % 10 == 0


def parse_iban(text: str) -> CheckedNumber | None:
    """An IBAN without blanks; None if the text does not look like one.

    Letters are read as digits (O as 0) only if the check digits hold after that.

    Args:
        text: in NFKC form.
    """
    compact = re.sub(r"[\s.-]", "", _IBAN_KEY.sub("", text.strip())).strip(":;,").upper()
    if _IBAN.fullmatch(compact) is None:
        return None
    country, check, account = compact[:2], compact[2:4], compact[4:]
    checks = (check, check.translate(_AS_DIGITS))
    accounts = (account, account.translate(_AS_DIGITS))
    for reading, digits in product(accounts, checks):
        candidate = f"{country}{digits}{reading}"
        if _is_iban(candidate):
            return CheckedNumber(candidate, is_right=True, is_repaired=candidate != compact)
    return CheckedNumber(compact, is_right=False)


def _is_iban(compact: str) -> bool:
    try:
        ibans.validate(compact, check_country=False)
    except ValidationError:
        return False
    return True


def parse_bic(text: str) -> CheckedNumber | None:
    """A BIC without blanks; None if the text is none.

    Args:
        text: in NFKC form.
    """
    compact = re.sub(r"\s", "", _BIC_KEY.sub("", text.strip())).strip(".:;,()-").upper()
    if _BIC.fullmatch(compact) is None:
        return None
    mended = compact[:4].translate(_AS_LETTERS) + compact[4:]
    return CheckedNumber(mended, None, mended != compact) if bics.is_valid(mended) else None
