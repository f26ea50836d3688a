"""The types of documents that can be made up; a new type is a sibling package and a line here."""

from __future__ import annotations

from collections.abc import Callable

from corpora.synthesis.cards.generator import design as design_card
from corpora.synthesis.credits.generator import design as design_credit
from corpora.synthesis.forms.generator import design as design_form
from corpora.synthesis.invoices.generator import design as design_invoice
from corpora.synthesis.receipts.generator import design as design_receipt
from corpora.synthesis.strangers.generator import design as design_stranger
from corpora.synthesis.views import Design

DESIGNERS: dict[str, Callable[[int], Design]] = {
    "form": design_form,
    "business_card": design_card,
    "invoice": design_invoice,
    "letter_of_credit": design_credit,
    "receipt": design_receipt,
    "stranger": design_stranger,
}
"""By the type's name: makes the document of a seed, the same on every machine."""
