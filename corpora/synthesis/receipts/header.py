"""The head of a receipt: who sells, where, and under which numbers."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.synthesis.draft import Field, Row, Span, text_cell, text_row
from corpora.synthesis.receipts.style import Scribe

Part = str | Span


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Rows of the header below name and address."""

    registration: list[Row]
    contact: list[Row]
    tax_id: list[Row]


class HeaderWriter:
    """Writes the header of one receipt.

    Args:
        scribe: the receipt's words.
    """

    def __init__(self, scribe: Scribe) -> None:
        self._scribe = scribe
        self._dice = scribe.dice
        self._address = Field("merchant_address")
        self._is_korean = scribe.style.country.currency == "KRW"
        self._is_tight = self._is_korean and scribe.dice.chance(0.35)

    def rows(self) -> list[Row]:
        """Rows from the shop's name to its numbers."""
        dice = self._dice
        rows = self._noise(0.13)
        name_rows, is_registered = self._name_rows()
        rows += name_rows
        numbers = _Numbers([] if is_registered else self._registration(), self._contact(), [])
        tax_id = self._tax_id() if dice.chance(0.55) else []
        branch = [self._row(self._scribe.say("branch_name"))] if dice.chance(0.1) else []
        rows += numbers.registration
        if dice.chance(0.08):
            rows += tax_id
            tax_id = []
        address = self.address_rows() if dice.chance(0.9) else []
        rows += branch + address if dice.chance(0.4) else address + branch
        rest = [numbers.contact, tax_id, self._extra_rows()]
        if dice.chance(0.3):
            rest = dice.shuffled(rest)
        return rows + [row for part in rest for row in part] + self._noise(0.06)

    def address_rows(self) -> list[Row]:
        """The address, broken into lines at its joints, some lines run together."""
        dice = self._dice
        text = self._scribe.say("address")
        if dice.chance(0.1):
            lines = [text.replace("|", " ")]
        else:
            lines = text.split("|")
            if len(lines) > 2 and dice.chance(0.25):
                at = dice.between(0, len(lines) - 2)
                lines[at : at + 2] = [f"{lines[at]} {lines[at + 1]}"]
        if dice.chance(0.12):
            lines = [line.rstrip(",") for line in lines]
        if dice.chance(0.1):
            lines = [line.replace(", ", ",") for line in lines]
        key = self._if_known("address_key", 0.2 if self._is_korean else 0.04)
        spans = [Span(line, self._address) for line in lines]
        first = self._keyed(key[0], spans[0]) if key else [spans[0]]
        return [self._row(*first), *(self._row(span) for span in spans[1:])]

    def _has(self, rule: str, probability: float) -> bool:
        return rule in self._scribe.style.grammar and self._dice.chance(probability)

    def _if_known(self, rule: str, probability: float) -> list[str]:
        """A key word, where the country has it and the shop prints it."""
        return [self._scribe.key(rule)] if self._has(rule, probability) else []

    def _keyed(self, key: str, value: Span) -> list[Part]:
        """A key word and its value, printed solid where the shop leaves no space."""
        if key.endswith(" :") and self._is_tight:  # the colon sticks to the value instead
            return [key.removesuffix(" :"), Span(f":{value.text}", value.field)]
        if key.endswith((":", "]")) and self._is_tight:
            return [key, Span(value.text, value.field, is_glued=True)]
        return [key, value]

    def _row(self, *parts: Part, scale: float = 1.0) -> Row:
        align = self._scribe.style.align
        x = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        return Row((text_cell(*parts, x=x, align=align),), scale=scale)

    def _noise(self, probability: float) -> list[Row]:
        if not self._dice.chance(probability):
            return []
        return [
            self._row(self._scribe.say("noise_header")) for _ in range(self._dice.pick((1, 1, 2)))
        ]

    def _name_rows(self) -> tuple[list[Row], bool]:
        """Rows of the name, and whether the registration number stands among them."""
        dice, scribe = self._dice, self._scribe
        short = scribe.say(f"merchant_{scribe.style.branch}")
        legal = scribe.say("legal")
        field = Field("merchant_name")
        scale = dice.pick((1.0, 1.0, 1.0, 1.2, 1.5, 1.8))
        rows = []
        if legal and dice.chance(0.3):  # a trade name; the one with the legal form is the seller's
            rows.append(self._row(scribe.say("brand"), scale=dice.pick((1.0, 1.5, 2.0))))
            scale = 1.0
        number = []
        if legal and dice.chance(0.22) and scribe.style.country.currency in ("MYR", "SGD"):
            number = [
                Span(f"({scribe.say('registration')})", Field("merchant_registration_number"))
            ]
        if legal and dice.chance(0.08):
            rows.append(self._row(Span(short, field), scale=scale))
            rows.append(self._row(Span(legal, field), *number, scale=scale))
        else:
            key = self._if_known("name_key", 0.25)
            name = Span(f"{short} {legal}".strip(), field)
            parts = self._keyed(key[0], name) if key else [name]
            rows.append(self._row(*parts, *number, scale=1.0 if key else scale))
        return rows, bool(number)

    def _registration(self) -> list[Row]:
        dice, scribe = self._dice, self._scribe
        country = scribe.style.country.currency
        if not dice.chance({"MYR": 0.5, "SGD": 0.5, "EUR": 0.2, "KRW": 0.85}.get(country, 0.08)):
            return []
        field = Field("merchant_registration_number")
        number = scribe.say("registration")
        form = dice.pick(("brackets", "brackets", "plain", "key", "key", "key", "key_brackets"))
        if country not in ("MYR", "SGD"):
            form = "key"
        if form == "brackets":
            return [self._row(Span(f"({number})", field))]
        if form == "plain":
            return [self._row(Span(number, field))]
        key = scribe.key("registration_key")
        if form == "key_brackets":
            return [self._row(f"({key}", Span(f"{number})", field))]
        owner = self._owner_parts(0.7)
        parts = self._keyed(key, Span(number, field))
        if owner and dice.chance(0.6):
            return [self._row(*parts, *owner)]
        return [self._row(*parts), *([self._row(*owner)] if owner else [])]

    def _owner_parts(self, probability: float) -> list[Part]:
        """Who answers for the shop: a name beside its number or phone, no field of its own."""
        key = self._if_known("owner_key", probability)
        return self._keyed(key[0], Span(self._scribe.say("person"))) if key else []

    def _tax_id(self) -> list[Row]:
        text = f"{self._scribe.key('tax_id_key')} {self._scribe.say('tax_id')}"
        if self._dice.chance(0.2):
            text = f"({text})"
        return [self._row(text)]

    def _contact(self) -> list[Row]:
        dice, scribe = self._dice, self._scribe
        if not dice.chance(0.62):
            return []
        phone = Span(scribe.say("phone"), Field("merchant_phone"))
        key = scribe.key("phone_key") if dice.chance(0.85) else ""
        if key.endswith(":") and dice.chance(0.15):
            parts: list[Part] = [key, Span(phone.text, phone.field, is_glued=True)]
        elif key:
            parts = self._keyed(key, phone)
        else:
            parts = [key, phone]
        parts = [*self._owner_parts(0.25), *parts]
        fax = [scribe.key("fax_key"), scribe.say("phone")] if dice.chance(0.2) else []
        if fax and dice.chance(0.5):
            return [self._row(*parts), self._row(*fax)]
        return [self._row(*parts, *fax)]

    def _extra_rows(self) -> list[Row]:
        chances = {"website": 0.1, "hours": 0.08, "owner": 0.03}
        rules = [rule for rule, chance in chances.items() if self._dice.chance(chance)]
        return [self._row(self._scribe.say(rule)) for rule in rules]


def title_rows(scribe: Scribe) -> list[Row]:
    """The document's title, or nothing."""
    if not scribe.dice.chance(0.6):
        return []
    text = scribe.say("title")
    scale = scribe.dice.pick((1.0, 1.0, 1.2))
    return [text_row(text, align="center", scale=scale)] if text else []
