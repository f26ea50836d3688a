"""Banks' letters: the terms of a credit told in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.synthesis.credits.listing import ListForm, list_rows
from corpora.synthesis.credits.terms import Lines, Terms
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Align, Cell, Field, Row, Span, text_cell, text_row
from corpora.synthesis.grammar import Grammar

Part = str | Span

BLOCKS = ("shipment", "goods", "documents", "conditions", "charges", "presentation", "confirmation")


class LetterWriter:
    """Writes one credit as a letter.

    Args:
        terms: of the credit.
        lists: how lists are written.
        grammar: the wording.
        dice: to choose by.
    """

    def __init__(self, terms: Terms, lists: ListForm, grammar: Grammar, dice: Dice) -> None:
        self._terms = terms
        self._lists = lists
        self._grammar = grammar
        self._dice = dice
        self.habit = lists.habit

    def rows(self) -> list[Row]:
        """The letter from its head to its signature."""
        dice = self._dice
        rows = self._head()
        rows += self._sentence(self._promise())
        blocks = list(BLOCKS)
        if dice.chance(0.4):
            at = dice.between(0, len(blocks) - 2)
            blocks[at : at + 2] = reversed(blocks[at : at + 2])
        self.habit += " " + ",".join(blocks)
        writers = {
            "shipment": self._shipment,
            "goods": self._goods,
            "documents": lambda: self._list("documents_required", self._terms.documents),
            "conditions": lambda: self._list("additional_conditions", self._terms.conditions),
            "charges": self._charges,
            "presentation": self._presentation,
            "confirmation": self._confirmation,
        }
        for block in blocks:
            rows += writers[block]()
        for _ in range(dice.between(0, 3)):
            rows += self._sentence([self._say("closing")])
        return rows

    def _say(self, rule: str) -> str:
        return self._grammar.expand(rule, self._dice)

    def _value(self, path: str, *, mark: str = "") -> Span | None:
        lines = self._terms.values.get(path)
        return None if lines is None else Span(" ".join(lines) + mark, Field(path))

    def _sentence(self, parts: Sequence[Part | None]) -> list[Row]:
        held = [part for part in parts if part is not None]
        return [Row((text_cell(*held, width=0.99),), gap=0.5)] if held else []

    def _head(self) -> list[Row]:
        """The issuing bank's letterhead, reference, date and addressee."""
        dice, values = self._dice, self._terms.values
        bank = Field("issuing_bank")
        aligns: tuple[Align, ...] = ("left", "center")
        align = dice.pick(aligns)
        x = 0.0 if align == "left" else 0.5
        scale = dice.pick((1.0, 1.3, 1.7))
        rows = [
            Row((Cell((Span(text, bank),), x=x, align=align),), scale=1.0 if number else scale)
            for number, text in enumerate(values["issuing_bank"])
        ]
        if dice.chance(0.8):
            rows.append(text_row(self._say("letter_title"), align="center", scale=1.2, gap=0.6))
        day = text_cell(
            self._say("letter_key_date"), Span(values["issue_date"][0], Field("issue_date"))
        )
        number_key = self._say("letter_key_number")
        number = Span(values["credit_number"][0], Field("credit_number"))
        if dice.chance(0.5):
            moved = Cell(day.spans, x=dice.real(0.52, 0.64))
            rows.append(Row((text_cell(number_key, number), moved), gap=0.6))
        else:
            rows += [Row((day,), gap=0.6), Row((text_cell(number_key, number),))]
        self.habit = f"letter {align} {len(rows)} {self.habit}"
        if dice.chance(0.8):
            field = Field("advising_bank")
            rows.append(text_row(self._say("letter_advising"), gap=0.4))
            rows += [Row((text_cell(Span(text, field)),)) for text in values["advising_bank"]]
        if dice.chance(0.45):
            rows += self._parties()
        return rows

    def _parties(self) -> list[Row]:
        """Applicant and beneficiary side by side, as blocks."""
        values = self._terms.values
        pair = [("Applicant", "applicant"), ("Beneficiary", "beneficiary")]
        if self._dice.chance(0.4):
            pair.reverse()
        fields = [Field(path) for _, path in pair]
        mark = self._dice.pick((":", "", " :"))
        starts = (0.0, 0.52)
        rows = [
            Row(
                tuple(
                    text_cell(title + mark, x=x) for (title, _), x in zip(pair, starts, strict=True)
                ),
                gap=0.5,
            )
        ]
        columns = [values[path] for _, path in pair]
        for number in range(max(len(lines) for lines in columns)):
            cells = tuple(
                Cell((Span(lines[number], field),), x=x, width=0.47)
                for lines, field, x in zip(columns, fields, starts, strict=True)
                if number < len(lines)
            )
            rows.append(Row(cells))
        return rows

    def _promise(self) -> list[Part | None]:
        """The sentence that opens the credit."""
        dice, values = self._dice, self._terms.values
        form = self._value("form_of_credit")
        parts: list[Part | None] = [self._say("opening"), form, "documentary credit"]
        if dice.chance(0.4):
            parts += ["No.", Span(values["credit_number"][0], Field("credit_number"))]
        told = {
            "favour": [dice.pick(("in favour of", "IN FAVOR OF")), self._value("beneficiary")],
            "account": [dice.pick(("for account of", "BY ORDER OF")), self._value("applicant")],
        }
        for name in dice.shuffled(("favour", "account")):
            parts += told[name]
        amount_key = dice.pick(
            ("up to an aggregate amount of", "for the sum of", "for an amount not exceeding")
        )
        parts += [amount_key, *self._money()]
        if dice.chance(0.9):
            parts += ["available with", self._value("available_with_by")]
        if "drafts_at" in values:
            parts += ["of your drafts at", self._value("drafts_at")]
            if "drawee" in values:
                parts += ["drawn on", self._value("drawee")]
        parts += [dice.pick(("expiring on", "valid until")), self._value("expiry_date")]
        if "expiry_place" in values:
            parts += [dice.pick(("in", "at", "for presentation at")), self._value("expiry_place")]
        if "applicable_rules" in values:
            parts += ["subject to", self._value("applicable_rules")]
        return parts

    def _money(self) -> list[Part | None]:
        values = self._terms.values
        if self._dice.chance(0.1):
            return [Span(values["currency"][0] + values["amount"][0], Field("amount"))]
        money: list[Part | None] = [self._value("currency"), self._value("amount")]
        if "tolerance" in values:
            money += ["tolerance", self._value("tolerance")]
        return money

    def _shipment(self) -> list[Row]:
        values = self._terms.values
        keys = {
            "place_of_receipt": "taken in charge at",
            "port_of_loading": "Shipment from",
            "port_of_discharge": "to",
            "final_destination": "for transportation to",
            "latest_shipment_date": "not later than",
        }
        parts: list[Part | None] = []
        for path, key in keys.items():
            if path in values:
                parts += [key, self._value(path)]
        rows = self._sentence(parts)
        allowed: list[Part | None] = []
        for path, key in (
            ("partial_shipments", "Partial shipments"),
            ("transhipment", "Transhipment"),
        ):
            if path in values:
                allowed += [
                    self._dice.pick((key, f"{key}:", f"{key} are", key.upper())),
                    self._value(path),
                ]
        return rows + self._sentence(allowed)

    def _goods(self) -> list[Row]:
        field, lines = Field("goods_description"), self._terms.values["goods_description"]
        key = self._dice.pick(
            ("Covering", "covering shipment of:", "Goods:", "Evidencing shipment of")
        )
        if self._dice.chance(0.5):
            return self._sentence([key, Span(" ".join(lines), field)])
        rows = [Row((text_cell(Span(text, field), x=0.06),)) for text in lines]
        return [text_row(key, gap=0.5), *rows]

    def _list(self, path: str, items: Lines) -> list[Row]:
        if not items:
            return []
        titles = {
            "documents_required": (
                "accompanied by the following documents:", "DOCUMENTS REQUIRED:",
                "Documents required", "against presentation of the following documents",
            ),
            "additional_conditions": (
                "Special conditions:", "ADDITIONAL CONDITIONS", "Other terms and conditions",
            ),
        }  # fmt: skip
        x = self._dice.pick((0.0, 0.03, 0.06))
        end = self._dice.pick(("", "", ".", ";"))
        title = text_row(self._dice.pick(titles[path]), gap=0.5)
        return [title, *list_rows(path, items, self._lists, x=x, end=end)]

    def _charges(self) -> list[Row]:
        return self._sentence([self._value("charges", mark=self._dice.pick(("", ".")))])

    def _presentation(self) -> list[Row]:
        value = self._value("presentation_period")
        key = self._dice.pick(
            ("Period for presentation:", "Presentation period", "Documents to be presented")
        )
        rows = [] if value is None else self._sentence([key, value])
        bank = self._value("reimbursing_bank")
        if bank is not None:
            rows += self._sentence(
                [
                    self._dice.pick(
                        ("Reimbursement:", "Reimbursing bank:", "Please reimburse yourselves on")
                    ),
                    bank,
                ]
            )
        through = self._value("advise_through_bank")
        return (
            rows if through is None else rows + self._sentence(["Please advise through", through])
        )

    def _confirmation(self) -> list[Row]:
        value = self._value("confirmation")
        bank = self._value("applicant_bank")
        rows = [] if value is None else self._sentence(["Confirmation instructions:", value])
        return rows if bank is None else rows + self._sentence(["Applicant's bank:", bank])
