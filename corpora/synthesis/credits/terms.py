"""The terms of one made-up documentary credit: what its fields say, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from corpora.synthesis.dice import Dice
from corpora.synthesis.grammar import Grammar
from corpora.synthesis.people import LOCALES, People

Size = Literal["small", "medium", "large"]
Lines = tuple[str, ...]

CURRENCIES = {"USD": 70.0, "EUR": 13.0, "JPY": 7.0, "KRW": 2.0, "GBP": 3.0, "CNY": 3.0, "CHF": 2.0}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DATE_FORMS = (
    "{y2}{m}{d}", "{y}-{m}-{d}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{d} {mon} {y}", "{d}-{mon}-{y}",
    "{mon}. {d}, {y}", "{mon} {d}, {y}", "{d}/{m}/{y}", "{y} {mon} {d}", "{d} {mon} {y2}",
    "{y}{m}{d}",
)  # fmt: skip
KOREAN_DATE = "{y}년 {m}월 {d}일"
LIST_SIZES: dict[Size, tuple[int, int]] = {"small": (0, 2), "medium": (2, 4), "large": (4, 7)}
RARE_CHANCE: dict[Size, float] = {"small": 0.12, "medium": 0.3, "large": 0.45}
USUAL_CHANCE: dict[Size, float] = {"small": 0.6, "medium": 0.85, "large": 0.94}

USUAL = {
    "sequence_of_total": "sequence",
    "form_of_credit": "form",
    "applicable_rules": "rules",
    "drafts_at": "drafts",
    "partial_shipments": "permission",
    "transhipment": "permission",
    "port_of_loading": "sea_port",
    "port_of_discharge": "sea_port",
    "charges": "charges",
    "presentation_period": "period",
    "confirmation": "confirmation",
}
"""Single fields that most credits have, and the rules of their wording."""
RARE = {"tolerance": "tolerance", "place_of_receipt": "inland", "final_destination": "inland"}
BANKS = ("applicant_bank", "drawee", "reimbursing_bank", "advise_through_bank")


@dataclass(frozen=True)
class Terms:
    """What a credit says.

    Attributes:
        values: lines of every single field it has, by path.
        documents: items of `documents_required`.
        conditions: items of `additional_conditions`.
        size: how much it says.
    """

    values: dict[str, Lines]
    documents: Lines
    conditions: Lines
    size: Size


class TermsWriter:
    """Makes up the terms of one credit.

    Args:
        grammar: the wording.
        dice: to choose by.
        date_form: how its dates are written.
    """

    def __init__(self, grammar: Grammar, dice: Dice, date_form: str) -> None:
        self._grammar = grammar
        self._dice = dice
        self._date_form = date_form

    def terms(self) -> Terms:
        """Terms that fit together: dates in order, the same banks throughout."""
        dice = self._dice
        sizes: dict[Size, float] = {"small": 25, "medium": 45, "large": 30}
        size = dice.weighted(sizes)
        values: dict[str, Lines] = {"credit_number": (self._say("number"),)}
        self._dates(values)
        values["issuing_bank"] = self.bank()
        values["advising_bank"] = self.bank()
        values["applicant"] = self._party()
        values["beneficiary"] = self._party()
        values["currency"] = (dice.weighted(CURRENCIES),)
        values["amount"] = (self._amount(values["currency"][0]),)
        values["available_with_by"] = (self._say("available_any"), self._say("available_by"))
        values["goods_description"] = self._goods(size)
        for path, rule in USUAL.items():
            if dice.chance(USUAL_CHANCE[size]):
                values[path] = (self._say(rule),)
        for path, rule in RARE.items():
            if dice.chance(RARE_CHANCE[size]):
                values[path] = (self._say(rule),)
        for path in BANKS:
            if dice.chance(RARE_CHANCE[size] * (1.6 if path == "drawee" else 0.7)):
                is_same = path != "reimbursing_bank" and dice.chance(0.3)
                values[path] = values["issuing_bank"] if is_same else self.bank()
        return Terms(values, self._items("document", size), self._items("condition", size), size)

    def bank(self) -> Lines:
        """A bank: its code, its name, or its name and address."""
        dice = self._dice
        name = self._say("bank_name")
        form = dice.weighted({"full": 45.0, "name": 25.0, "code": 12.0, "both": 18.0})
        if form == "code":
            return (self._say("bic"),)
        if form == "name":
            return (name,)
        if form == "both":
            return (self._say("bic"), name, self._say("place"))
        middle = self._say("branch") if dice.chance(0.4) else self._say("bank_address")
        return (name, middle, self._say("place")) if dice.chance(0.8) else (name, middle)

    def _say(self, rule: str) -> str:
        return self._grammar.expand(rule, self._dice)

    def _party(self) -> Lines:
        """A firm with its address."""
        dice = self._dice
        people = People(dice.weighted({name: x.weight for name, x in LOCALES.items()}), dice)
        address = people.say("address").split("|")
        if len(address) > 2:
            address = [" ".join(address[:2]), *address[2:]]
        lines = [people.firm().english, *address]
        if dice.chance(0.12):
            lines.append(f"{dice.pick(('TEL', 'TEL:', 'PHONE'))} {people.work_phone()}")
        elif dice.chance(0.2):
            lines.append(self._say("country"))
        is_upper = dice.chance(0.9)
        return tuple(text.upper() if is_upper else text for text in lines)

    def _dates(self, values: dict[str, Lines]) -> None:
        dice = self._dice
        issued = date(2000 + dice.between(8, 27), 1, 1) + timedelta(days=dice.between(0, 364))
        shipped = issued + timedelta(days=dice.between(20, 150))
        expired = shipped + timedelta(days=dice.between(10, 30))
        values["issue_date"] = (self._date(issued),)
        values["expiry_date"] = (self._date(expired),)
        if dice.chance(0.85):
            values["expiry_place"] = (self._say("expiry_place"),)
        if dice.chance(0.92):
            values["latest_shipment_date"] = (self._date(shipped),)

    def _date(self, day: date) -> str:
        return self._date_form.format(
            y=day.year,
            y2=f"{day.year % 100:02d}",
            m=f"{day.month:02d}",
            d=f"{day.day:02d}",
            mon=MONTHS[day.month - 1],
        )

    def _amount(self, currency: str) -> str:
        dice = self._dice
        value = dice.between(5, 999) * dice.pick((10, 100, 1000, 1000, 10000))
        value += dice.between(0, 999) if dice.chance(0.6) else 0
        cents = f"{dice.between(0, 99):02d}" if dice.chance(0.4) else "00"
        forms = {"point": 68.0, "comma": 14.0, "whole": 6.0}
        if self._date_form == DATE_FORMS[0]:  # a message's own digits
            forms["swift"] = 25.0
        form = dice.weighted(forms)
        if form == "whole" or currency in ("JPY", "KRW"):
            return f"{value:,}"
        if form == "comma":
            return f"{value:,}".replace(",", ".") + f",{cents}"
        if form == "swift":
            return f"{value},{'' if cents == '00' else cents}"
        return f"{value:,}.{cents}"

    def _goods(self, size: Size) -> Lines:
        dice = self._dice
        count = dice.between(*{"small": (1, 2), "medium": (2, 4), "large": (3, 6)}[size])
        lines = [self._say("commodity"), *(self._say("goods_line") for _ in range(count - 1))]
        if dice.chance(0.75):
            lines.append(self._say("terms_line"))
        return tuple(lines)

    def _items(self, rule: str, size: Size) -> Lines:
        """Different items of a list."""
        low, high = LIST_SIZES[size]
        rules = self._grammar.alternatives(rule)
        picked = self._dice.sample(rules, self._dice.between(low, high))
        return tuple(self._grammar.fill(text, self._dice) for text in picked)
