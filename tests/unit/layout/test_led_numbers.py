"""A currency sign and the number behind it become one amount of a line item."""

from __future__ import annotations

import numpy as np

from layout.decode import decode
from layout.graph import GraphScores
from layout.led_numbers import with_led_numbers
from layout.schema import load_schema
from ocr.types import Page
from tests.unit.layout.paper import page

INVOICE = load_schema("invoice")


def entities(paper: Page, *openings: tuple[str, int]) -> list[tuple[str, tuple[int, ...]]]:
    """What is decoded where some words open some fields, and none follows another."""
    n_words = len(paper.words)
    initial = np.full((len(INVOICE.labels), n_words), -5.0, dtype=np.float32)
    for path, word in openings:
        initial[INVOICE.labels.index(f"invoice.{path}"), word] = 3.0
    nothing = np.full((n_words, n_words), -5.0, dtype=np.float32)
    key = np.full(n_words, -5.0, dtype=np.float32)
    scores = GraphScores(INVOICE.labels, initial, nothing, nothing.copy(), key)
    led = with_led_numbers(scores, [paper])
    assert (scores.initial == initial).all()
    return [(entity.path, entity.word_ids) for entity in decode(led, INVOICE).entities]


def test_a_sign_leads_the_number_of_an_item() -> None:
    paper = page("Oil $ 0.90")
    found = entities(paper, ("items.description", 0), ("items.amount", 1), ("items.amount", 2))
    assert found == [("items.description", (0,)), ("items.amount", (1, 2))]


def test_what_opens_another_field_or_stands_once_is_left_alone() -> None:
    paper = page("Oil $ 0.90")
    found = entities(paper, ("items.amount", 1), ("items.unit_price", 2))
    assert found == [("items.amount", (1,)), ("items.unit_price", (2,))]
    total = entities(paper, ("invoice_total", 1), ("invoice_total", 2))
    assert ("invoice_total", (2,)) in total


def test_only_a_sign_directly_before_a_number_leads() -> None:
    for lines in (["Oil $", "0.90"], ["Oil x 0.90"], ["Oil $ net"]):
        found = entities(page(*lines), ("items.amount", 1), ("items.amount", 2))
        assert found == [("items.amount", (1,)), ("items.amount", (2,))]
