"""Numbers that check themselves: business registrations, VAT numbers, IBAN and BIC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.kr import brn

_KOREAN: Final = re.compile(r"(?<!\d)(\d{3})\s*-\s*(\d{2})\s*-\s*(\d{5})(?!\d)")
_EUROPEAN: Final = re.compile(r"^[A-Z]{2}[\dA-Z]{7,12}$")
_IBAN: Final = re.compile(r"^[A-Z]{2}\d{2}[\dA-Z]{8,30}$")


REGISTRATION_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
"""Of the digits before the check digit, as the National Tax Service weighs them; of the last one
the tens count too. python-stdnum (2.2) looks at the number's form alone."""


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A number in its usual form.

    Attributes:
        text: of the number.
        is_right: whether its check digits agree; None for numbers without any.
    """

    text: str
    is_right: bool | None


def parse_tax_id(text: str) -> CheckedNumber | None:
    """A Korean business registration number or a VAT number of the EU; None for any other.

    Args:
        text: in NFKC form.
    """
    korean = _KOREAN.search(text)
    if korean is not None:
        number = "-".join(korean.groups())
        return CheckedNumber(number, brn.is_valid(number) and _is_registration(number))
    compact = re.sub(r"[\s.-]", "", text).upper()
    if _EUROPEAN.match(compact) and compact[:2].lower() in {*vat.MEMBER_STATES, "el"}:
        return CheckedNumber(compact, vat.is_valid(compact))
    return None


def _is_registration(number: str) -> bool:
    """Whether the last digit of a Korean business registration number is its check digit."""
    *digits, check = (int(char) for char in number if char.isdigit())
    total = sum(w * d for w, d in zip(REGISTRATION_WEIGHTS, digits, strict=True))
    return (total + digits[-1] * REGISTRATION_WEIGHTS[-1] // 10 + check) % 10 == 0


def parse_iban(text: str) -> CheckedNumber | None:
    """An IBAN without blanks; None if the text does not look like one.

    Args:
        text: in NFKC form.
    """
    compact = re.sub(r"[\s.-]", "", re.sub(r"^iban\W*", "", text.strip(), flags=re.I)).upper()
    if not _IBAN.match(compact):
        return None
    try:
        ibans.validate(compact, check_country=False)
    except InvalidChecksum:
        return CheckedNumber(compact, is_right=False)
    except ValidationError:
        return CheckedNumber(compact, is_right=False)
    return CheckedNumber(compact, is_right=True)


def parse_bic(text: str) -> CheckedNumber | None:
    """A BIC without blanks; None if the text is none.

    Args:
        text: in NFKC form.
    """
    compact = re.sub(r"\s", "", re.sub(r"^(?:swift|bic)\W+", "", text.strip(), flags=re.I)).upper()
    return CheckedNumber(compact, None) if bics.is_valid(compact) else None
