"""Print-outs of SWIFT messages MT700: tags, captions, values beside or below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpora.synthesis.credits.listing import ListForm, list_rows
from corpora.synthesis.credits.terms import Lines, Terms
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Field, Row, Span, text_cell, text_row
from corpora.synthesis.grammar import Grammar

Layout = Literal["raw", "beside", "below", "column"]

TAGS = {
    "sequence_of_total": "27", "form_of_credit": "40A", "credit_number": "20", "issue_date": "31C",
    "applicable_rules": "40E", "expiry_date": "31D", "applicant_bank": "51", "applicant": "50",
    "issuing_bank": "52", "beneficiary": "59", "amount": "32B", "tolerance": "39A",
    "available_with_by": "41", "drafts_at": "42C", "drawee": "42", "partial_shipments": "43P",
    "transhipment": "43T", "place_of_receipt": "44A", "port_of_loading": "44E",
    "port_of_discharge": "44F", "final_destination": "44B", "latest_shipment_date": "44C",
    "goods_description": "45A", "documents_required": "46A", "additional_conditions": "47A",
    "charges": "71D", "presentation_period": "48", "confirmation": "49", "reimbursing_bank": "53",
    "instruction": "78", "advise_through_bank": "57",
}  # fmt: skip
"""Of MT700 (SWIFT, Category 7), in the order in which they are printed; banks' take a letter."""
LETTERED = ("51", "52", "41", "42", "53", "57")
TAG_FORMS = {
    ":%s:": 30.0, "%s:": 20.0, "F%s:": 12.0, ":%s :": 6.0, ": %s :": 8.0, "%s": 14.0, "[%s]": 2.0,
    "*%s": 2.0, "F%s": 4.0, "(%s)": 2.0,
}  # fmt: skip
LAYOUTS: dict[Layout, float] = {"raw": 16, "beside": 18, "below": 34, "column": 32}


@dataclass(frozen=True)
class SwiftForm:
    """How one bank prints messages.

    Attributes:
        layout: where values stand: glued to their tags, behind them, below them, in a column.
        tag: form of a tag, %s its number.
        has_caption: the tag is followed by the field's name.
        mark: between caption and value.
        indent: of values, as a share of the text block.
        lists: how lists are written.
        splits_amount: currency and amount have rows of their own.
    """

    layout: Layout
    tag: str
    has_caption: bool
    mark: str
    indent: float
    lists: ListForm
    splits_amount: bool

    @property
    def habit(self) -> str:
        """To tell structures apart."""
        return f"{self.layout} {self.tag} {self.has_caption} {self.mark} {self.lists.habit}"


def random_swift_form(lists: ListForm, dice: Dice) -> SwiftForm:
    """One of the usual ways of printing messages."""
    layout = dice.weighted(LAYOUTS)
    has_caption = layout != "raw" and dice.chance(0.88)
    return SwiftForm(
        layout=layout,
        tag=":%s:" if layout == "raw" else dice.weighted(TAG_FORMS),
        has_caption=has_caption,
        mark=dice.pick(("", ":", ":", " :", " -")),
        indent=dice.real(0.02, 0.12) if layout == "below" else dice.real(0.34, 0.48),
        lists=lists,
        splits_amount=layout != "raw" and dice.chance(0.35),
    )


class SwiftWriter:
    """Prints one message.

    Args:
        terms: of the credit.
        form: how it is printed.
        grammars: the wording and the captions.
        dice: to choose by.
    """

    def __init__(
        self, terms: Terms, form: SwiftForm, grammars: tuple[Grammar, Grammar], dice: Dice
    ) -> None:
        self._terms = terms
        self._form = form
        self._wording, self._captions = grammars
        self._dice = dice

    def rows(self) -> list[Row]:
        """The message with its head and its end."""
        dice = self._dice
        rows = [text_row(self._say("noise_top")) for _ in range(dice.between(0, 3))]
        rows += [text_row(self._say("title"))] if dice.chance(0.85) else []
        rows += self._banks()
        if rows and dice.chance(0.3):
            rows.append(Row((), scale=0.7, rule="-"))
        for path, tag in TAGS.items():
            rows += self._field(path, tag)
        rows += [text_row(self._say("noise_end")) for _ in range(dice.between(0, 3))]
        return rows

    def _say(self, rule: str) -> str:
        return self._wording.expand(rule, self._dice)

    def _banks(self) -> list[Row]:
        """Sender and receiver: who issues and who advises."""
        rows: list[Row] = []
        is_narrow = self._dice.chance(0.6)
        pairs = [("sender_key", "issuing_bank"), ("receiver_key", "advising_bank")]
        if self._dice.chance(0.25):
            pairs.reverse()
        for rule, path in pairs:
            lines = self._terms.values[path]
            if not self._dice.chance(0.88):
                continue
            field, key = Field(path), self._say(rule)
            if is_narrow:
                rows += _column(key, [Span(text, field) for text in lines], 0.2)
            else:
                rows.append(text_row(key))
                rows += [Row((text_cell(Span(text, field), x=0.08),)) for text in lines]
        return rows

    def _field(self, path: str, tag: str) -> list[Row]:
        terms, dice = self._terms, self._dice
        if tag in LETTERED:
            tag += dice.pick("ADD")
        lists = {
            "documents_required": terms.documents,
            "additional_conditions": terms.conditions,
        }
        if path in lists:
            return self._list(path, tag, lists[path])
        if path == "instruction":
            return self._free(tag) if dice.chance(0.5) else []
        if path not in terms.values or (path == "issuing_bank" and not dice.chance(0.2)):
            return []
        if path == "amount":
            return self._set(path, tag, self._amount())
        field = Field(path)
        lines: list[tuple[Span, ...]] = [(Span(text, field),) for text in terms.values[path]]
        if path == "expiry_date" and "expiry_place" in terms.values:
            lines = self._expiry(lines[0][0])
        elif path == "available_with_by" and dice.chance(0.5):
            lines = [(Span(" ".join(terms.values[path]), field),)]
        return self._set(path, tag, lines)

    def _expiry(self, day: Span) -> list[tuple[Span, ...]]:
        """Date and place, which a raw message prints solid."""
        dice = self._dice
        is_glued = self._form.layout == "raw" and dice.chance(0.6)
        place = Span(self._terms.values["expiry_place"][0], Field("expiry_place"), is_glued)
        form = dice.weighted({"same": 60.0, "lines": 20.0, "keys": 20.0})
        if form == "same" or self._form.layout == "raw":
            return [(day, place)]
        if form == "keys":
            return [(Span("DATE"), day), (Span("PLACE"), place)]
        return [(day,), (place,)]

    def _amount(self) -> list[tuple[Span, ...]]:
        """Currency and amount, in a raw message as one word."""
        values, dice = self._terms.values, self._dice
        currency = Span(values["currency"][0], Field("currency"))
        amount = Span(values["amount"][0], Field("amount"))
        if self._form.layout == "raw" or dice.chance(0.08):
            glued = Span(currency.text + amount.text, amount.field)
            return [(glued,)]
        if not self._form.splits_amount:
            return [(currency, amount)]
        mark = dice.pick((":", "", " :"))
        if dice.chance(0.3):
            amount = Span(f"#{amount.text}#", amount.field)
        return [(Span(f"Currency{mark}"), currency), (Span(f"Amount{mark}"), amount)]

    def _set(self, path: str, tag: str, lines: Sequence[tuple[Span, ...]]) -> list[Row]:
        """A field's tag, caption and lines."""
        form = self._form
        key = form.tag % tag
        if form.layout == "raw":
            first = Span(lines[0][0].text, lines[0][0].field, is_glued=True)
            head = (Span(key), first, *lines[0][1:])
            return [Row((Cell(head),)), *(Row((Cell(spans),)) for spans in lines[1:])]
        if form.has_caption:
            key = f"{key} {self._captions.expand(path, self._dice)}"
        key += form.mark
        if form.layout == "beside":
            head = (Span(key), *lines[0])
            rest = [Row((Cell(spans, x=0.05),)) for spans in lines[1:]]
            return [Row((Cell(head),)), *rest]
        if form.layout == "below":
            return [text_row(key), *(Row((Cell(spans, x=form.indent),)) for spans in lines)]
        first_row = Row((Cell((Span(key),), width=form.indent - 0.02), _at(lines[0], form.indent)))
        return [first_row, *(Row((_at(spans, form.indent),)) for spans in lines[1:])]

    def _list(self, path: str, tag: str, items: Lines) -> list[Row]:
        if not items:
            return []
        form, dice = self._form, self._dice
        key = form.tag % tag
        if form.has_caption:
            key += f" {self._captions.expand(path, dice)}"
        x = 0.0 if form.layout == "raw" else dice.pick((0.0, 0.03, min(form.indent, 0.3)))
        return [text_row(key + form.mark), *list_rows(path, items, form.lists, x=x)]

    def _free(self, tag: str) -> list[Row]:
        """Instructions to banks, which are no field."""
        count = self._dice.between(1, 2)
        lines = [(Span(self._say("instruction")),) for _ in range(count)]
        return self._set("instruction", tag, lines)


def _at(spans: tuple[Span, ...], x: float) -> Cell:
    return Cell(spans, x=x, width=0.98 - x)


def _column(key: str, values: Sequence[Span], x: float) -> list[Row]:
    """Lines at the right of a key word."""
    first = Row((text_cell(key), _at((values[0],), x)))
    return [first, *(Row((_at((value,), x),)) for value in values[1:])]
