"""What sets receipts of different countries apart: wording, money, dates, taxes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from corpora.synthesis.dice import Dice
from corpora.synthesis.grammar import Grammar, read_rules
from corpora.synthesis.money import MoneyStyle, SignPlace
from ocr.errors import SetupError

COUNTRIES_PATH = Path(__file__).parent / "countries.yaml"
BEHIND: dict[SignPlace, SignPlace] = {"before": "after", "glued": "glued_after"}
BEFORE: dict[SignPlace, SignPlace] = {behind: before for before, behind in BEHIND.items()}


class NumberForm(BaseModel):
    """Separators of a number."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    thousands: str
    decimal: str


class Country(BaseModel):
    """A country (or a group with the same habits), as written in `countries.yaml`.

    Attributes:
        weight: how often it is drawn, relative to the others.
        vocabulary: files of rules.
        currency: ISO 4217 code.
        exponent: decimal places of amounts.
        padded: how often amounts without decimal places are printed with two all the same.
        signs: of the currency, as printed.
        suffixed_signs: those of them that stand only behind numbers; the others then stand before.
        numbers: ways of writing them.
        sign_places: how often the sign stands where.
        is_sign_value: whether a sign that stands alone counts as part of a value.
        price_scale: what something worth 1 US dollar costs.
        price_steps: prices are multiples of one of these, in smallest units; empty for any.
        tax_names: as printed.
        tax_rates: in per cent.
        included: how often prices include the tax.
        taxed: how often a receipt speaks of tax at all.
        rounding: cash totals are rounded to multiples of this, in smallest units; 0 for never.
        tips: how often a restaurant's receipt has a tip.
        untaxed_first: how often the amount without tax opens the totals.
        tendered: how often a key word names what was handed over, not that it was cash.
        repeats_total: how often the total is printed twice.
        uppercase: how often a receipt is all in capitals.
        dates: forms for strftime; `#d` and `#m` are day and month without leading zero, `#w` is
            the day of the week in Korean.
        times: forms for strftime by weight; `#I` is the hour without leading zero, `#p` the half
            of the day in Korean; empty for the usual ones.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    weight: float
    vocabulary: tuple[str, ...]
    currency: str
    exponent: int
    padded: float = 0.08
    signs: tuple[str, ...]
    suffixed_signs: tuple[str, ...] = ()
    numbers: tuple[NumberForm, ...]
    sign_places: dict[SignPlace, float]
    is_sign_value: bool = False
    price_scale: float
    price_steps: tuple[int, ...] = ()
    tax_names: tuple[str, ...]
    tax_rates: tuple[float, ...]
    included: float
    taxed: float
    rounding: int
    tips: float = 0.0
    untaxed_first: float = 0.25
    tendered: float = 0.08
    repeats_total: float = 0.12
    uppercase: float
    dates: tuple[str, ...]
    times: dict[str, float] = {}

    def money(self, dice: Dice) -> MoneyStyle:
        """One of the country's ways of writing money."""
        form = dice.pick(self.numbers)
        decimals = self.exponent if self.exponent or not dice.chance(self.padded) else 2
        decimal = form.decimal
        if decimals and decimal == form.thousands:
            decimal = "," if form.thousands == "." else "."
        sign, place = dice.pick(self.signs), dice.weighted(self.sign_places)
        if self.suffixed_signs:
            place = (BEHIND if sign in self.suffixed_signs else BEFORE).get(place, place)
        return MoneyStyle(
            exponent=self.exponent,
            decimals=decimals,
            thousands=form.thousands,
            decimal=decimal,
            sign=sign,
            place=place,
            is_sign_value=self.is_sign_value,
            is_zero_dropped=decimals == 2 and dice.chance(0.04),
        )


_COUNTRIES: TypeAdapter[dict[str, Country]] = TypeAdapter(dict[str, Country])


@lru_cache
def load_countries() -> dict[str, Country]:
    """All countries by name.

    Raises:
        SetupError: the file does not have the documented form.
    """
    try:
        return _COUNTRIES.validate_python(
            yaml.safe_load(COUNTRIES_PATH.read_text(encoding="utf-8"))
        )
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise SetupError(f"{COUNTRIES_PATH.name}: {error}") from error


@lru_cache
def grammar_of(vocabulary: tuple[str, ...]) -> Grammar:
    """The grammar of some vocabulary files together; later ones override earlier ones."""
    rules: dict[str, list[str]] = {}
    for name in vocabulary:
        rules.update(read_rules(name))
    return Grammar(rules)
