"""Chooses a kind of document of no known type and sets it in type."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpora.document import LabelledDocument
from corpora.synthesis.dice import Dice
from corpora.synthesis.sheet import Print, Sheet, print_rows
from corpora.synthesis.strangers.listings import (
    chat_rows,
    code_rows,
    contents_rows,
    label_rows,
    menu_rows,
    poster_rows,
    slide_rows,
    sparse_rows,
    ticket_rows,
    timetable_rows,
)
from corpora.synthesis.strangers.running_text import (
    article_rows,
    book_rows,
    certificate_rows,
    contract_rows,
    letter_rows,
    memo_rows,
    recipe_rows,
)
from corpora.synthesis.strangers.scraps import scrap_rows
from corpora.synthesis.strangers.writer import PageWriter, Writer
from corpora.synthesis.typefaces import Family, Typeface
from corpora.synthesis.views import words_of
from ocr.types import Page

KOREAN_SHARE = 0.3
KINDS: dict[str, PageWriter] = {
    "letter": letter_rows,
    "memo": memo_rows,
    "article": article_rows,
    "book": book_rows,
    "contract": contract_rows,
    "certificate": certificate_rows,
    "recipe": recipe_rows,
    "menu": menu_rows,
    "ticket": ticket_rows,
    "timetable": timetable_rows,
    "contents": contents_rows,
    "label": label_rows,
    "poster": poster_rows,
    "slide": slide_rows,
    "chat": chat_rows,
    "code": code_rows,
    "sparse": sparse_rows,
    "scraps": scrap_rows,
}
WEIGHTS = {
    "letter": 10.0, "memo": 5.0, "article": 11.0, "book": 4.0, "contract": 5.0, "certificate": 4.0,
    "recipe": 4.0, "menu": 10.0, "ticket": 9.0, "timetable": 6.0, "contents": 3.0, "label": 7.0,
    "poster": 6.0, "slide": 3.0, "chat": 4.0, "code": 3.0, "sparse": 6.0, "scraps": 9.0,
}  # fmt: skip
N_CHARS = {
    "letter": (56, 90), "memo": (56, 90), "article": (60, 110), "book": (48, 76),
    "contract": (60, 96), "certificate": (36, 60), "ticket": (30, 60), "label": (24, 50),
    "poster": (24, 48), "slide": (36, 64), "chat": (36, 70), "sparse": (24, 60),
    "scraps": (30, 70), "menu": (34, 72),
}  # fmt: skip
"""Width of the text block in characters, where it is not `USUAL_CHARS`."""
USUAL_CHARS = (44, 86)
FAMILIES: dict[Family, float] = {"sans": 48, "serif": 36, "mono": 16}
MEAN_ADVANCE = 0.54
"""Mean width of a character of print, in em."""
KOREAN_SHARE_OF_CHARS = 0.7
"""Of the characters on a line, since Hangul is wide."""
SHAPES = (0.4, 1.45)
"""Height of the page, in widths of the text block, where there is less to print."""


@dataclass(frozen=True)
class Stranger:
    """A document of no known type before it is seen.

    Attributes:
        name: its id.
        schema: none, so "".
        kind: one of `KINDS`.
        sheet: how it is set.
        printed: words on the flat sheet.
    """

    name: str
    schema: str
    kind: str
    sheet: Sheet
    printed: Print

    def labelled(self, page: Page) -> LabelledDocument:
        """The page as a document without fields, of which nothing is known but that."""
        return LabelledDocument(
            id=self.name, pages=(page,), entities=(), labelled=frozenset(), has_groups=False
        )


def design(seed: int) -> Stranger:
    """The document of a seed: the same on every machine."""
    dice = Dice(f"stranger:{seed}")
    kind = dice.weighted(WEIGHTS)
    writer = Writer(dice, is_korean=dice.chance(KOREAN_SHARE))
    rows = KINDS[kind](writer)
    sheet = _random_sheet(kind, dice, is_korean=writer.is_korean)
    printed = print_rows(rows, sheet)
    if dice.chance(0.6):
        height = max(printed.height_px, dice.real(*SHAPES) * sheet.width_px)
        printed = replace(printed, height_px=height)
    return Stranger(f"stranger_{seed:08d}", "", kind, sheet, printed)


def generate(seed: int, *, noise: float = 0.0) -> LabelledDocument:
    """A document of no known type, with boxes a little off as detectors' boxes are.

    Args:
        seed: equal seeds give equal documents.
        noise: strength of reading errors, from 0, none, to 1, a bad photograph.

    Returns:
        One page with its words in reading order, without entities and without labels.
    """
    return words_of(design(seed), noise=noise)


def _random_sheet(kind: str, dice: Dice, *, is_korean: bool) -> Sheet:
    family = "mono" if kind == "code" else dice.weighted(FAMILIES)
    typeface = Typeface(family, stretch=dice.real(0.85, 1.1))
    width_px = dice.real(420, 1300)
    n_chars = dice.between(*N_CHARS.get(kind, USUAL_CHARS))
    if is_korean:
        n_chars = round(n_chars * KOREAN_SHARE_OF_CHARS)
    em_px = width_px / (n_chars * MEAN_ADVANCE * typeface.stretch)
    return Sheet(typeface, em_px, width_px, leading=dice.real(1.1, 1.8))
