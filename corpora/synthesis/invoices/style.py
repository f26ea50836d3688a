"""The habits of one sender's invoices, chosen once per document, and the words it uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from corpora.synthesis.check_digits import korean_business_number
from corpora.synthesis.countries import Country, grammar_of, load_countries
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Field, Span
from corpora.synthesis.grammar import Grammar
from corpora.synthesis.money import MoneyStyle
from corpora.synthesis.receipts.particulars import format_moment
from corpora.synthesis.receipts.style import rate_text

Trade = Literal["goods", "services", "advertising", "freight", "professional"]
KeyPlace = Literal["left", "above", "right", "column"]
SignUse = Literal["never", "totals", "all"]

MODERN: dict[Trade, float] = {
    "goods": 50, "services": 26, "professional": 14, "freight": 5, "advertising": 5,
}  # fmt: skip
VINTAGE: dict[Trade, float] = {
    "goods": 26, "services": 12, "professional": 22, "freight": 14, "advertising": 26,
}  # fmt: skip
KEY_PLACES: dict[KeyPlace, float] = {"left": 42, "column": 30, "above": 24, "right": 4}
SEPARATORS = {":": 50.0, "": 28.0, " :": 10.0, ".": 4.0, " -": 3.0}
SIGN_USES: dict[SignUse, float] = {"never": 35, "totals": 35, "all": 30}
VINTAGE_DATES = (
    "%B #d, %Y", "%B #d, %Y", "#m/#d/%y", "%m/%d/%y", "%m-%d-%y", "#m-#d-%y", "#d %b %y",
    "%b. #d, %Y", "%d-%b-%y", "%m %d %y",
)  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """Where invoices come from.

    Attributes:
        weight: how often it is drawn, relative to the others.
        country: whose money, dates and taxes it has.
        vocabulary: files of rules; later ones override earlier ones.
        is_vintage: typed before there were word processors.
        is_tax_form: of the printed form that the Korean tax law describes.
        iban: country code of its bank accounts, "" where there are none.
    """

    weight: float
    country: str
    vocabulary: tuple[str, ...]
    is_vintage: bool = False
    is_tax_form: bool = False
    iban: str = ""


_ENGLISH = ("invoice_english",)
ORIGINS: dict[str, Origin] = {
    "vintage": Origin(
        33, "united_states", ("united_states", *_ENGLISH, "invoice_vintage"), is_vintage=True
    ),
    "united_states": Origin(15, "united_states", ("united_states", *_ENGLISH)),
    "united_kingdom": Origin(
        9, "united_kingdom", ("united_kingdom", *_ENGLISH, "invoice_british"), iban="GB"
    ),
    "singapore": Origin(3, "singapore", ("singapore", *_ENGLISH, "invoice_asian")),
    "malaysia": Origin(4, "malaysia", ("malaysia", *_ENGLISH, "invoice_asian")),
    "germany": Origin(9, "germany", ("germany", "invoice_german"), iban="DE"),
    "france": Origin(6, "france", ("france", "invoice_french"), iban="FR"),
    "spain": Origin(3, "iberia_italy", ("iberia_italy", "invoice_spanish"), iban="ES"),
    "italy": Origin(3, "iberia_italy", ("iberia_italy", "invoice_italian"), iban="IT"),
    "korea": Origin(8, "korea", ("korea", "invoice_korean")),
    "korea_tax_form": Origin(7, "korea", ("korea", "invoice_korean"), is_tax_form=True),
}


@dataclass(frozen=True)
class InvoiceStyle:
    """What stays the same throughout an invoice.

    Attributes:
        origin: where it comes from.
        country: whose habits it follows.
        grammar: of its wording.
        money: its way of writing amounts.
        trade: what is charged for.
        date_form: for strftime.
        separator: between key words and values.
        key_place: where key words stand.
        sign_use: which amounts carry the currency sign.
        tax_name: as printed.
        is_taxed: whether tax is charged.
        is_uppercase: all in capitals.
        is_split: dollars and cents are typed into columns of their own.
        n_chars: that fit across the text block, about.
    """

    origin: Origin
    country: Country
    grammar: Grammar
    money: MoneyStyle
    trade: Trade
    date_form: str
    separator: str
    key_place: KeyPlace
    sign_use: SignUse
    tax_name: str
    is_taxed: bool
    is_uppercase: bool
    is_split: bool
    n_chars: int


def random_style(dice: Dice) -> InvoiceStyle:
    """The habits of a random sender."""
    origin = ORIGINS[dice.weighted({name: o.weight for name, o in ORIGINS.items()})]
    country = load_countries()[origin.country]
    is_vintage = origin.is_vintage
    taxed = 0.2 if is_vintage else 0.55 if origin.country == "united_states" else 0.92
    return InvoiceStyle(
        origin=origin,
        country=country,
        grammar=grammar_of(origin.vocabulary),
        money=country.money(dice),
        trade=dice.weighted(VINTAGE if is_vintage else MODERN),
        date_form=dice.pick(VINTAGE_DATES if is_vintage else country.dates),
        separator=dice.weighted(SEPARATORS),
        key_place=dice.weighted(KEY_PLACES),
        sign_use=dice.weighted(SIGN_USES),
        tax_name=dice.pick(country.tax_names),
        is_taxed=dice.chance(taxed),
        is_uppercase=dice.chance(0.75 if is_vintage else 0.06),
        is_split=is_vintage and dice.chance(0.06),
        n_chars=dice.between(66, 92) if is_vintage else dice.between(74, 112),
    )


class Clerk:
    """Finds the words for an invoice: wording by rule, key words, amounts, dates.

    Args:
        style: of the invoice.
        dice: to choose by.
    """

    def __init__(self, style: InvoiceStyle, dice: Dice) -> None:
        self.style = style
        self.dice = dice

    def say(self, rule: str) -> str:
        """A text of a rule, with the tax's name, the currency's sign and random amounts in it.

        Rates stay open.
        """
        return self.fill(self.dice.pick(self.style.grammar.alternatives(rule)))

    def fill(self, text: str) -> str:
        """An alternative of a rule with everything in it that `say` would put there."""
        text = self.style.grammar.fill(text, self.dice)
        text = text.replace("<tax>", self.style.tax_name).replace("<sign>", self.style.money.sign)
        if "<money>" in text:
            amount = self.dice.between(1, 99) * 10**self.style.country.exponent
            text = text.replace("<money>", self.style.money.number(amount))
        while "<brn>" in text:
            text = text.replace("<brn>", korean_business_number(self.dice), 1)
        return text

    def knows(self, rule: str) -> bool:
        """Whether the vocabulary has a rule."""
        return rule in self.style.grammar

    def key(self, rule: str) -> str:
        """A key word with the sender's separator behind it."""
        text = self.say(rule)
        if not text or text.endswith((":", "#", "-", "▶")):
            return text
        return text + self.style.separator

    def rated_key(self, rule: str, rate: Decimal, rate_field: Field | None) -> tuple[Span, ...]:
        """A key word that may name a tax rate; the word with the rate belongs to `rate_field`."""
        spans = []
        words = self.key(rule).split()
        for index, word in enumerate(words):
            is_rate = "<rate>" in word or (word.startswith("%") and "<rate>" in words[index - 1])
            text = word.replace("<rate>", rate_text(rate, self.style.money.decimal))
            spans.append(Span(text, rate_field if is_rate else None))
        return tuple(spans)

    def amount(
        self, amount: int, field: Field | None, *, is_total: bool = False
    ) -> tuple[Span, ...]:
        """An amount, with the currency sign where the sender prints it."""
        use = self.style.sign_use
        signed = use == "all" or (use == "totals" and is_total)
        spans = self.style.money.spans(amount, field, signed=signed)
        if not self.style.is_split:
            return spans
        return tuple(Span(span.text.replace(".", " "), span.field) for span in spans)

    def date(self, day: date) -> str:
        """A date as the sender writes it."""
        return format_moment(datetime(day.year, day.month, day.day), self.style.date_form)  # noqa: DTZ001 - documents print local days
