"""Banks' own print-outs of credits: captions in English or Korean, values in a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpora.synthesis.credits.listing import ListForm, list_rows
from corpora.synthesis.credits.swift import TAGS
from corpora.synthesis.credits.terms import Lines, Terms
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Cell, Field, Row, Span, text_cell, text_row
from corpora.synthesis.grammar import Grammar

Language = Literal["english", "korean", "both"]

ORDERS: tuple[tuple[str, ...], ...] = (
    ("credit_number", "issue_date", "issuing_bank", "advising_bank", "applicant", "beneficiary",
     "amount", "expiry_date"),
    ("advising_bank", "credit_number", "beneficiary", "applicant", "issuing_bank", "issue_date",
     "expiry_date", "amount"),
    ("applicant", "beneficiary", "credit_number", "amount", "issue_date", "expiry_date",
     "issuing_bank", "advising_bank"),
    ("issuing_bank", "credit_number", "form_of_credit", "issue_date", "applicant", "advising_bank",
     "beneficiary", "expiry_date", "amount"),
)  # fmt: skip
SHORT = (
    "credit_number", "issue_date", "form_of_credit", "tolerance", "partial_shipments",
    "transhipment", "latest_shipment_date", "confirmation", "port_of_loading", "port_of_discharge",
)  # fmt: skip
"""Fields of which two may stand in a row."""


@dataclass(frozen=True)
class TableForm:
    """How one bank lays out its print-outs.

    Attributes:
        language: of the captions.
        mark: behind captions.
        column: where values begin, as a share of the text block.
        is_paired: short fields stand two in a row.
        has_numbers: captions are numbered or carry SWIFT's tags.
        has_rules: fields are parted by lines.
        lists: how lists are written.
    """

    language: Language
    mark: str
    column: float
    is_paired: bool
    has_numbers: str
    has_rules: bool
    lists: ListForm

    @property
    def habit(self) -> str:
        """To tell structures apart."""
        return f"{self.language} {self.mark} {self.is_paired} {self.has_numbers} {self.lists.habit}"


def random_table_form(lists: ListForm, dice: Dice) -> TableForm:
    """One of the usual layouts."""
    languages: dict[Language, float] = {"english": 40, "korean": 45, "both": 15}
    language = dice.weighted(languages)
    return TableForm(
        language=language,
        mark=dice.pick(("", "", ":", " :", " :")),
        column=dice.real(0.24, 0.36) + (0.14 if language == "both" else 0.0),
        is_paired=dice.chance(0.4),
        has_numbers=dice.weighted({"": 60.0, "tag": 22.0, "count": 18.0}),
        has_rules=dice.chance(0.35),
        lists=lists,
    )


class TableWriter:
    """Prints one credit as a table.

    Args:
        terms: of the credit.
        form: the layout.
        grammars: the wording and the captions.
        dice: to choose by.
    """

    def __init__(
        self, terms: Terms, form: TableForm, grammars: tuple[Grammar, Grammar], dice: Dice
    ) -> None:
        self._terms = terms
        self._form = form
        self._wording, self._captions = grammars
        self._dice = dice
        self._count = 0

    def rows(self) -> list[Row]:
        """The print-out with its title and its last lines."""
        dice, form = self._dice, self._form
        align = dice.pick(("left", "center"))
        title = text_row(self._say("letter_title"), scale=dice.pick((1.0, 1.3, 1.6)))
        if align == "center":
            title = text_row(self._say("letter_title"), align="center", scale=1.4)
        rows = [title] if dice.chance(0.85) else []
        rows += [text_row(self._say("noise_top")) for _ in range(dice.between(0, 2))]
        pending: list[str] = []
        for path in self._order():
            if form.is_paired and path in SHORT:
                pending.append(path)
                if len(pending) == 2:
                    rows += self._pair(pending)
                    pending = []
                continue
            rows += self._field(path)
            if form.has_rules and dice.chance(0.7):
                rows.append(Row((), scale=0.6, rule="-"))
        rows += [row for path in pending for row in self._field(path)]
        rows += self._list("documents_required", self._terms.documents)
        rows += self._list("additional_conditions", self._terms.conditions)
        return rows + [text_row(self._say("noise_end"), gap=0.5) for _ in range(dice.between(0, 2))]

    def _say(self, rule: str) -> str:
        return self._wording.expand(rule, self._dice)

    def _order(self) -> list[str]:
        head = self._dice.pick(ORDERS)
        rest = [path for path in TAGS if path not in head]
        if self._dice.chance(0.3):
            rest = self._dice.shuffled(rest)
        return [path for path in (*head, *rest) if path in self._terms.values]

    def _caption(self, path: str) -> str:
        form, dice = self._form, self._dice
        english = self._english(path)
        rule = f"korean_{path}"
        caption = english
        if form.language != "english" and rule in self._captions:
            caption = self._captions.expand(rule, dice)
            if form.language == "both" and "(" not in caption:
                caption += dice.pick((f"({english})", f" {english}", f" / {english}"))
        self._count += 1
        if form.has_numbers == "tag" and path in TAGS:
            caption = f"{TAGS[path]} {caption}"
        elif form.has_numbers == "count":
            caption = f"{self._count}. {caption}"
        return caption + form.mark

    def _english(self, path: str) -> str:
        rule = f"english_{path}"
        if rule not in self._captions or self._dice.chance(0.3):
            rule = path
        if path == "expiry_date" and rule == path:
            rule = "english_expiry_date"
        return self._captions.expand(rule, self._dice)

    def _field(self, path: str) -> list[Row]:
        values, dice = self._terms.values, self._dice
        field = Field(path)
        lines: list[tuple[Span, ...]] = [(Span(text, field),) for text in values[path]]
        if path == "amount":
            currency = Span(values["currency"][0], Field("currency"))
            lines = [(currency, *lines[0])] if dice.chance(0.9) else [(*lines[0], currency)]
        if path == "available_with_by":
            lines = [(Span(" ".join(values[path]), field),)]
        if len(lines) > 1 and dice.chance(0.25):
            lines = [tuple(span for spans in lines for span in spans)]
        place = values.get("expiry_place") if path == "expiry_date" else None
        if place is None:
            return self._captioned(self._caption(path), lines)
        where = Span(place[0], Field("expiry_place"))
        if dice.chance(0.5):
            return self._captioned(self._caption(path), [(*lines[0], where)])
        rows = self._captioned(self._caption(path), lines)
        return rows + self._captioned(self._caption("expiry_place"), [(where,)])

    def _captioned(self, caption: str, lines: list[tuple[Span, ...]]) -> list[Row]:
        x = self._form.column
        key = Cell((Span(caption),), width=x - 0.02)
        rows = [Row((key, Cell(lines[0], x=x, width=0.98 - x)))]
        return rows + [Row((Cell(spans, x=x, width=0.98 - x),)) for spans in lines[1:]]

    def _pair(self, paths: list[str]) -> list[Row]:
        """Two short fields in a row."""
        cells: list[Cell] = []
        for number, path in enumerate(paths):
            start = 0.52 * number
            value = Span(self._terms.values[path][0], Field(path))
            cells.append(Cell((Span(self._caption(path)),), x=start, width=0.2))
            cells.append(Cell((value,), x=start + 0.22, width=0.26))
        return [Row(tuple(cells))]

    def _list(self, path: str, items: Lines) -> list[Row]:
        if not items:
            return []
        caption = self._caption(path)
        if self._dice.chance(0.4):
            x = self._form.column
            rows = list_rows(path, items, self._form.lists, x=x)
            first = Row((text_cell(caption, width=x - 0.02), *rows[0].cells))
            return [first, *rows[1:]]
        x = self._dice.pick((0.0, 0.02, 0.05))
        return [text_row(caption, gap=0.4), *list_rows(path, items, self._form.lists, x=x)]
