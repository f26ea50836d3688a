"""Numbers with check digits: Korean business numbers, IBANs, made up so that they hold."""

from __future__ import annotations

from corpora.synthesis.dice import Dice

KOREAN_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
"""Of a business number's first nine digits; the ninth counts its tens as well (tax office)."""
IBAN_FORMS = {
    "DE": "dddddddddddddddddd",
    "FR": "ddddddddddddddddddddAdd",
    "GB": "AAAAdddddddddddddd",
    "ES": "dddddddddddddddddddd",
    "IT": "Adddddddddddddddddddddd",
}
"""What follows country and check digits (ISO 13616 registry): d a digit, A a capital letter."""


def korean_business_number(dice: Dice) -> str:
    """A registration number as NNN-NN-NNNNN whose last digit is right."""
    serial = f"{dice.between(101, 999)}{dice.between(1, 99):02d}{dice.between(1, 9999):04d}"
    digits = [int(digit) for digit in serial]
    total = sum(a * b for a, b in zip(digits, KOREAN_WEIGHTS, strict=True)) + digits[8] * 5 // 10
    text = f"{serial}{-total % 10}"
    return f"{text[:3]}-{text[3:5]}-{text[5:]}"


def iban(country: str, dice: Dice) -> str:
    """An IBAN without spaces (ISO 13616; remainder 97 of ISO 7064).

    Args:
        country: ISO 3166 code, one of `IBAN_FORMS`.
        dice: to choose by.
    """
    form = IBAN_FORMS[country]
    body = "".join(str(dice.between(0, 9)) if slot == "d" else dice.letters(1) for slot in form)
    as_number = int("".join(str(int(char, 36)) for char in f"{body}{country}00"))
    return f"{country}{98 - as_number % 97:02d}{body}"
