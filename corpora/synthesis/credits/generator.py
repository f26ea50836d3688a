"""Puts a letter of credit together: its terms, printed one way or another, set in type."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpora.document import LabelledDocument
from corpora.synthesis.countries import grammar_of
from corpora.synthesis.credits.letter import LetterWriter
from corpora.synthesis.credits.listing import random_list_form
from corpora.synthesis.credits.swift import SwiftWriter, random_swift_form
from corpora.synthesis.credits.table import TableWriter, random_table_form
from corpora.synthesis.credits.terms import DATE_FORMS, KOREAN_DATE, Terms, TermsWriter
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Row
from corpora.synthesis.sheet import Print, Sheet, print_rows
from corpora.synthesis.typefaces import Family, Typeface
from corpora.synthesis.views import words_of

SCHEMA = "letter_of_credit"
FORMS = {"swift": 56.0, "table": 26.0, "letter": 18.0}
FAMILIES: dict[str, dict[Family, float]] = {
    "swift": {"mono": 72, "sans": 22, "serif": 6},
    "table": {"mono": 22, "sans": 66, "serif": 12},
    "letter": {"mono": 30, "sans": 34, "serif": 36},
}
MEAN_ADVANCE = {"mono": 0.6, "sans": 0.6, "serif": 0.56}
"""Mean width of a character of print, mostly capitals, in em."""
CHARACTERS = (66, 92)
"""In a full line."""


@dataclass(frozen=True)
class Credit:
    """A letter of credit before it is seen.

    Attributes:
        name: its id.
        schema: of its fields.
        terms: what it says.
        sheet: how it is set.
        printed: words and rules on the flat sheet.
        structure: form, habits and order of fields, to tell structures apart.
    """

    name: str
    schema: str
    terms: Terms
    sheet: Sheet
    printed: Print
    structure: tuple[str, ...]


def design(seed: int) -> Credit:
    """The letter of credit of a seed: the same on every machine."""
    dice = Dice(f"letter_of_credit:{seed}")
    wording, captions = grammar_of(("credits",)), grammar_of(("credits_captions",))
    form = dice.weighted(FORMS)
    lists = random_list_form(dice)
    date_form = _date_form(form, dice)
    table_form = random_table_form(lists, dice)
    if form == "table" and table_form.language != "english" and dice.chance(0.2):
        date_form = KOREAN_DATE
    terms = TermsWriter(wording, dice, date_form).terms()
    if form == "swift":
        swift_form = random_swift_form(lists, dice)
        rows = SwiftWriter(terms, swift_form, (wording, captions), dice).rows()
        habit = swift_form.habit
    elif form == "table":
        rows = TableWriter(terms, table_form, (wording, captions), dice).rows()
        habit = table_form.habit
    else:
        letter = LetterWriter(terms, lists, wording, dice)
        rows = letter.rows()
        habit = letter.habit
    sheet = _random_sheet(form, dice)
    printed = print_rows(rows, sheet)
    height = max(printed.height_px, dice.real(0.5, 1.42) * sheet.width_px)
    name = f"letter_of_credit_{seed:08d}"
    structure = (form, habit, *_order(rows))
    return Credit(name, SCHEMA, terms, sheet, replace(printed, height_px=height), structure)


def generate(seed: int, *, noise: float = 0.0) -> LabelledDocument:
    """A labelled letter of credit of words, with boxes a little off as detectors' boxes are.

    Args:
        seed: equal seeds give equal documents.
        noise: strength of reading errors, from 0, none, to 1, a bad photograph.

    Returns:
        One page with its words in reading order; all labels of the schema `letter_of_credit` are
        labelled. The truth is what was printed, whatever was read.
    """
    return words_of(design(seed), noise=noise)


def _date_form(form: str, dice: Dice) -> str:
    """SWIFT's six digits, or a bank's own way of writing dates."""
    if form == "swift" and dice.chance(0.6):
        return DATE_FORMS[0]
    return dice.pick(DATE_FORMS[1:])


def _order(rows: list[Row]) -> list[str]:
    """Paths of the fields in the order in which they first appear."""
    paths = [
        span.field.path
        for row in rows
        for cell in row.cells
        for span in cell.spans
        if span.field is not None
    ]
    return list(dict.fromkeys(paths))


def _random_sheet(form: str, dice: Dice) -> Sheet:
    family = dice.weighted(FAMILIES[form])
    typeface = Typeface(family, stretch=dice.real(0.85, 1.05))
    width_px = dice.real(700, 1300)
    n_chars = dice.between(*CHARACTERS)
    em_px = width_px / (n_chars * MEAN_ADVANCE[family] * typeface.stretch)
    return Sheet(typeface, em_px, width_px, leading=dice.real(1.1, 1.6))
