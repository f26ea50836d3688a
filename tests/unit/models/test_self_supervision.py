"""What a page gives without labels: the order of words, and keys with their values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tokenizers import Tokenizer

from corpora.document import LabelledDocument
from layout.tokens import BoxForm, DocumentTokeniser
from models.examples import Example, make_example
from models.self_supervision import self_supervised
from ocr.types import Page, Quad, Word
from tests.unit.models.tiny import make_tokenizer

ROWS = [
    (["Ship", "to:", "ACME", "Inc"], [0, 45, 110, 155]),
    (["Date:", "1/2/03", "City:", "Paris"], [0, 60, 300, 360]),
    (["Name:", "Address:", "far"], [0, 60, 2000]),
]
"""Words and their left edges; a character is ten wide, a line twenty high
and not quite straight."""


def make_page(box_form: BoxForm = "word_and_line") -> tuple[Example, list[str]]:
    words = [
        Word(text, Quad.from_box((left, top, left + 10 * len(text), top + 20)))
        for row, (texts, lefts) in enumerate(ROWS)
        for text, left, top in zip(texts, lefts, itertools.cycle((40 * row, 40 * row + 2)))
    ]
    page = Page(1, 2100, 200, tuple(words), source="words")
    document = LabelledDocument("page", (page,), (), labelled=frozenset(), has_groups=False)
    tokenizer: Tokenizer = make_tokenizer()
    tokeniser = DocumentTokeniser(tokenizer, box_form)
    return make_example(document, ("sroie.company",), tokeniser), [w.text for w in words]


def pairs(acceptable: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
          known: np.ndarray[tuple[int], np.dtype[np.bool_]],
          texts: list[str]) -> set[tuple[str, str]]:  # fmt: skip
    names = [*texts, "none"]
    return {(names[i], names[j]) for i, j in np.argwhere(acceptable).tolist() if known[j]}


def test_neighbours_follow_one_another_up_to_a_gap() -> None:
    example, texts = make_page()
    targets = self_supervised(example.document, example.targets)
    assert pairs(targets.rel_s, targets.in_entity, texts) == {
        ("Ship", "to:"), ("ACME", "Inc"), ("Date:", "1/2/03"),
        ("City:", "Paris"), ("Name:", "Address:"),
    }  # fmt: skip
    assert targets.rel_s[:, ~targets.in_entity].all(axis=0).any()


@pytest.mark.parametrize("box_form", ["word_and_line", "corners", "word_twice"])
def test_what_stands_right_of_a_colon_belongs_to_the_wording_before_it(box_form: BoxForm) -> None:
    example, texts = make_page(box_form)
    targets = self_supervised(example.document, example.targets)
    assert pairs(targets.rel_g, targets.in_group, texts) == {
        ("Ship", "ACME"), ("none", "Ship"), ("Date:", "1/2/03"), ("none", "Date:"),
        ("City:", "Paris"), ("none", "City:"),
    }  # fmt: skip
