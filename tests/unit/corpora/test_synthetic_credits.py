"""Made-up letters of credit: values and list items that stand in the words, many structures."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.document import LabelledDocument
from corpora.synthesis.credits import generate
from corpora.synthesis.credits.generator import design
from corpora.synthesis.credits.listing import ListForm, list_rows
from corpora.synthesis.labelling import truth_tree
from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.sheet import Sheet, print_rows
from corpora.synthesis.typefaces import Typeface
from layout.schema import load_schema

SCHEMA = load_schema("letter_of_credit")
SEEDS = st.integers(min_value=0, max_value=10**7)


def _texts(document: LabelledDocument, path: str) -> list[str]:
    words = document.words
    return [
        " ".join(words[i].text for i in entity.word_ids)
        for entity in document.entities
        if entity.label == f"letter_of_credit.{path}"
    ]


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_every_entity_has_words_of_its_own_and_a_label_of_the_schema(seed: int) -> None:
    document = generate(seed)
    held = [i for entity in document.entities for i in entity.word_ids]
    assert len(held) == len(set(held))
    assert all(0 <= i < len(document.words) for i in held)
    assert all(entity.word_ids and entity.parent is None for entity in document.entities)
    assert {entity.label for entity in document.entities} <= set(SCHEMA.labels)
    assert document.labelled == frozenset(SCHEMA.labels)
    texts = [word.text for word in document.words]
    assert all(text and not any(char in " {}\n" for char in text) for text in texts)
    assert document.truth == truth_tree(document.entities, texts, SCHEMA)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_what_the_terms_say_stands_in_the_words(seed: int) -> None:
    credit, document = design(seed), generate(seed)
    for path in ("issuing_bank", "advising_bank", "applicant", "beneficiary", "goods_description"):
        said = "".join("".join(credit.terms.values[path]).split())
        for text in _texts(document, path):
            assert text.replace(" ", "").endswith(said), path
    items = credit.terms.documents
    printed = _texts(document, "documents_required")
    assert len(printed) == len(items)
    for item, text in zip(items, printed, strict=True):
        assert " ".join(item.split()) in text


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_fields_that_stand_but_once_have_one_value(seed: int) -> None:
    document = generate(seed)
    for path in ("credit_number", "issue_date", "expiry_date", "currency", "amount", "charges"):
        assert len({text.rstrip(".") for text in _texts(document, path)}) <= 1, path
    assert 20 <= len(document.words) <= 600


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_seed_gives_the_same_credit_again(seed: int) -> None:
    assert generate(seed) == generate(seed)


def test_credits_differ_in_structure_and_cover_the_schema() -> None:
    made = [design(seed) for seed in range(300)]
    assert len({credit.structure for credit in made}) > 250
    assert len({credit.structure[:2] for credit in made}) > 150
    seen = Counter(
        word.field.path for credit in made for word in credit.printed.words if word.field
    )
    assert {f"letter_of_credit.{path}" for path in seen} == set(SCHEMA.labels)


@pytest.mark.parametrize("first", ["SIGNED", "+SIGNED"])
def test_a_mark_of_its_own_is_no_part_of_the_item(first: str) -> None:
    form = ListForm("+", is_glued=first.startswith("+"), is_hanging=False, gap=0.0)
    rows = list_rows("documents_required", ["SIGNED INVOICE IN TRIPLICATE"], form, x=0.0)
    sheet = Sheet(Typeface("sans"), em_px=20, width_px=400, leading=1.2)
    held = [word.text for word in print_rows(rows, sheet).words if word.field is not None]
    assert held == [first, "INVOICE", "IN", "TRIPLICATE"]


def test_credits_are_among_the_types_that_can_be_made_up() -> None:
    made = DESIGNERS["letter_of_credit"](7)
    assert [word.text for word in made.printed.words] == [
        word.text for word in design(7).printed.words
    ]
