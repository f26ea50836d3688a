"""The habits of one shop's receipts, chosen once per document, and the words it uses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from corpora.synthesis.check_digits import korean_business_number
from corpora.synthesis.countries import Country, grammar_of, load_countries
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Align, Field, Span
from corpora.synthesis.grammar import Grammar
from corpora.synthesis.money import MoneyStyle

Branch = Literal[
    "restaurant", "bakery", "grocery", "hardware", "stationery", "pharmacy", "fashion", "household",
    "fuel", "services",
]  # fmt: skip
Payment = Literal["cash", "card", "wallet", "split", "none"]
SignUse = Literal["never", "totals", "all"]

BRANCHES: dict[Branch, float] = {
    "restaurant": 34,
    "grocery": 17,
    "bakery": 9,
    "hardware": 10,
    "stationery": 8,
    "household": 8,
    "pharmacy": 5,
    "fashion": 4,
    "fuel": 2,
    "services": 3,
}
PAYMENTS: dict[Payment, float] = {"cash": 62, "card": 20, "wallet": 4, "split": 3, "none": 11}
SEPARATORS = {":": 45.0, " :": 18.0, "": 30.0, ".": 3.0, " -": 2.0, "=": 2.0}


@dataclass(frozen=True)
class Style:
    """What stays the same throughout a receipt.

    Attributes:
        country: whose habits it follows.
        grammar: of its wording.
        money: its way of writing amounts.
        branch: kind of shop.
        payment: how it was paid.
        n_chars: that fit into a line, about.
        align: of the header.
        separator: between key words and values.
        amount_suffix: behind the key words of amounts, such as " (RM)"; "" for none.
        sign_use: which amounts carry the currency sign.
        tax_name: as printed.
        is_taxed: whether tax is spoken of at all.
        is_tax_included: prices contain the tax.
        has_units: quantities are given with a unit.
        is_uppercase: all in capitals.
    """

    country: Country
    grammar: Grammar
    money: MoneyStyle
    branch: Branch
    payment: Payment
    n_chars: int
    align: Align
    separator: str
    amount_suffix: str
    sign_use: SignUse
    tax_name: str
    is_taxed: bool
    is_tax_included: bool
    has_units: bool
    is_uppercase: bool


def random_style(dice: Dice) -> Style:
    """The habits of a random shop in a random country."""
    countries = load_countries()
    country = countries[dice.weighted({name: c.weight for name, c in countries.items()})]
    sign_use: dict[SignUse, float] = {"never": 45, "totals": 35, "all": 20}
    money = country.money(dice)
    suffixes = (f" {money.sign}", f" ({money.sign})", f"({money.sign})")
    align: dict[Align, float] = {"center": 78, "left": 20, "right": 2}
    return Style(
        country=country,
        grammar=grammar_of(country.vocabulary),
        money=money,
        branch=dice.weighted(BRANCHES),
        payment=dice.weighted(PAYMENTS),
        n_chars=dice.between(30, 54),
        align=dice.weighted(align),
        separator=dice.weighted(SEPARATORS),
        amount_suffix=dice.pick(suffixes) if dice.chance(0.07) else "",
        sign_use=dice.weighted(sign_use),
        tax_name=dice.pick(country.tax_names),
        is_taxed=dice.chance(country.taxed),
        is_tax_included=dice.chance(country.included),
        has_units=dice.chance(0.12),
        is_uppercase=dice.chance(country.uppercase),
    )


class Scribe:
    """Finds the words for a receipt: wording by rule, key words, amounts.

    Args:
        style: of the receipt.
        dice: to choose by.
    """

    def __init__(self, style: Style, dice: Dice) -> None:
        self.style = style
        self.dice = dice

    def say(self, rule: str) -> str:
        """A text of a rule, with the shop's tax name and currency sign in it; rates stay open."""
        text = self.style.grammar.expand(rule, self.dice)
        text = text.replace("<tax>", self.style.tax_name).replace("<sign>", self.style.money.sign)
        if "<money>" in text:
            amount = self.dice.between(1, 99) * 10**self.style.country.exponent
            text = text.replace("<money>", self.style.money.number(amount))
        if "<brn>" in text:
            text = text.replace("<brn>", korean_business_number(self.dice))
        return text

    def key(self, rule: str) -> str:
        """A key word with the shop's separator behind it."""
        text = self.say(rule)
        return text if text.endswith((":", "#", "]")) else text + self.style.separator

    def amount_key(self, rule: str) -> str:
        """A key word of an amount, with the shop's separator, and the currency if it says it."""
        text, suffix = self.say(rule), self.style.amount_suffix
        if suffix.strip(" ()") in text.split():
            suffix = ""
        return text + suffix + self.style.separator

    def key_spans(self, rule: str, rate: Decimal, rate_field: Field | None) -> tuple[Span, ...]:
        """A key word that may name a tax rate; the word with the rate belongs to `rate_field`."""
        spans = []
        words = self.amount_key(rule).split()
        for index, word in enumerate(words):
            is_rate = "<rate>" in word or (word.startswith("%") and "<rate>" in words[index - 1])
            text = word.replace("<rate>", rate_text(rate, self.style.money.decimal))
            spans.append(Span(text, rate_field if is_rate else None))
        return tuple(spans)

    def amount(
        self, amount: int, field: Field | None, *, is_total: bool, before: str = "", after: str = ""
    ) -> tuple[Span, ...]:
        """An amount, with the currency sign where the shop prints it."""
        use = self.style.sign_use
        signed = use == "all" or (use == "totals" and is_total)
        return self.style.money.spans(amount, field, signed=signed, before=before, after=after)


def rate_text(rate: Decimal, decimal_sign: str) -> str:
    """A rate in per cent without needless zeros."""
    text = f"{rate.normalize():f}"
    return text.replace(".", decimal_sign)
