"""Puts a business card together: who, where, how to reach them, in blocks set in type."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.document import LabelledDocument
from corpora.synthesis.cards.lines import Block
from corpora.synthesis.cards.numbers import NumberWriter
from corpora.synthesis.cards.placement import place, random_plan
from corpora.synthesis.cards.style import CardStyle, KeyWriter, random_style
from corpora.synthesis.cards.writer import CardWriter
from corpora.synthesis.dice import Dice
from corpora.synthesis.people import People
from corpora.synthesis.sheet import Print, Sheet
from corpora.synthesis.views import words_of

SCHEMA = "business_card"


@dataclass(frozen=True)
class BusinessCard:
    """A business card before it is seen.

    Attributes:
        name: its id.
        schema: of its fields.
        style: its habits.
        sheet: how it is set.
        printed: words on the flat card.
        structure: order and places of blocks and key words, to tell structures apart.
    """

    name: str
    schema: str
    style: CardStyle
    sheet: Sheet
    printed: Print
    structure: tuple[str, ...]


def design(seed: int) -> BusinessCard:
    """The business card of a seed: the same on every machine."""
    dice = Dice(f"business_card:{seed}")
    style = random_style(dice)
    people = People(style.locale, dice)
    card = CardWriter(style, people, KeyWriter(style, dice), dice)
    plan = random_plan(_blocks(card, dice), dice)
    printed, sheet = place(plan, dice)
    structure = (style.key_set, style.key_form, style.separator, *plan.structure)
    return BusinessCard(f"business_card_{seed:08d}", SCHEMA, style, sheet, printed, structure)


def generate(seed: int, *, noise: float = 0.0) -> LabelledDocument:
    """A labelled business card of words, with boxes a little off as detectors' boxes are.

    Args:
        seed: equal seeds give equal documents.
        noise: strength of reading errors, from 0, none, to 1, a bad photograph.

    Returns:
        One page with its words in reading order; all labels of the schema `business_card` are
        labelled. The truth is what was printed, whatever was read.
    """
    return words_of(design(seed), noise=noise)


def _blocks(card: CardWriter, dice: Dice) -> list[Block]:
    numbers = NumberWriter(card)
    blocks = []
    if dice.chance(0.92):
        blocks.append(card.company())
    if dice.chance(0.96) or not blocks:
        blocks.append(card.person())
    blocks += [numbers.contact(), *numbers.addresses()]
    if dice.chance(0.33):
        blocks.append(card.slogan())
    return [block for block in blocks if block.lines]
