"""What stands below the totals: card slips, thanks, policies, advertising, bar codes."""

from __future__ import annotations

from corpora.synthesis.draft import Align, Row, Span, text_cell, text_row
from corpora.synthesis.receipts.style import Scribe

PART_CHANCES = {
    "greeting": 0.75,
    "policy": 0.5,
    "promotion": 0.35,
    "website": 0.15,
    "barcode": 0.15,
}


def footer_rows(scribe: Scribe) -> list[Row]:
    """Rows of no field, most often centred."""
    dice = scribe.dice
    align: Align = "center" if dice.chance(0.8) else "left"
    rules = [rule for rule, chance in PART_CHANCES.items() if dice.chance(chance)]
    rules += dice.sample(("greeting", "policy", "promotion"), dice.pick((0, 1, 1, 2, 3)))
    return [text_row(scribe.say(rule), align=align) for rule in dice.shuffled(rules)]


def card_slip_rows(scribe: Scribe) -> list[Row]:
    """A card terminal's numbers."""
    keys = scribe.dice.sample(scribe.style.grammar.alternatives("card_slip"), 4)
    rows = []
    for key in keys[: scribe.dice.between(1, 4)]:
        value = Span(scribe.say("card_slip_value"))
        rows.append(Row((text_cell(key + scribe.style.separator, value),)))
    return rows
