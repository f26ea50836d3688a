"""Made-up receipts: truth that stands in the words, groups that rebuild, amounts that add up."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.document import LabelledDocument
from corpora.synthesis.basket import Bill, Purchase, settle
from corpora.synthesis.labelling import truth_tree
from corpora.synthesis.receipts import generate
from corpora.synthesis.receipts.generator import design
from layout.schema import load_schema

SCHEMA = load_schema("receipt")
SEEDS = st.integers(min_value=0, max_value=10**7)


def _texts(document: LabelledDocument, path: str) -> list[str]:
    words = document.words
    return [
        " ".join(words[i].text for i in entity.word_ids)
        for entity in document.entities
        if entity.label == f"receipt.{path}"
    ]


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_every_entity_has_words_of_its_own_and_a_label_of_the_schema(seed: int) -> None:
    document = generate(seed)
    held = [i for entity in document.entities for i in entity.word_ids]
    assert len(held) == len(set(held))
    assert all(0 <= i < len(document.words) for i in held)
    assert all(entity.word_ids for entity in document.entities)
    assert {entity.label for entity in document.entities} <= set(SCHEMA.labels)
    assert document.labelled == frozenset(SCHEMA.labels)
    assert all(word.text and not any(c.isspace() for c in word.text) for word in document.words)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_parents_are_the_heads_of_the_groups_that_the_schema_names(seed: int) -> None:
    document = generate(seed)
    for entity in document.entities:
        path = entity.label.removeprefix("receipt.")
        group = SCHEMA.group_of(path)
        if SCHEMA.by_path[path].head and group is not None:
            group = SCHEMA.group_of(group)  # a head belongs under the head of the group around it
        if group is None:
            assert entity.parent is None
            continue
        assert entity.parent is not None
        parent = document.entities[entity.parent].label.removeprefix("receipt.")
        assert SCHEMA.by_path[parent].head
        assert SCHEMA.group_of(parent) == group


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_the_truth_is_what_the_entities_say(seed: int) -> None:
    document = generate(seed)
    texts = [word.text for word in document.words]
    assert document.truth == truth_tree(document.entities, texts, SCHEMA)
    items = document.truth["items"]
    assert isinstance(items, list)
    assert len(items) == len(_texts(document, "items.description"))


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_alternatives_of_a_single_field_have_one_value(seed: int) -> None:
    document = generate(seed)
    for path in ("merchant_name", "transaction_date", "transaction_time", "total", "change"):
        # "Date :17-Jun-24": a colon that is printed solid with the value is no other value.
        assert len({text.lstrip(":") for text in _texts(document, path)}) <= 1, path


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_words_lie_on_the_page_in_upright_boxes(seed: int) -> None:
    page = generate(seed).pages[0]
    for word in page.words:
        left, top, right, bottom = word.quad.box
        assert left < right
        assert top < bottom
        assert left > -0.01 * page.width
        assert right < 1.01 * page.width
        assert top > -0.01 * page.height
        assert bottom < 1.01 * page.height


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_seed_gives_the_same_document_again(seed: int) -> None:
    assert generate(seed) == generate(seed)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_bills_add_up_unless_they_say_otherwise(seed: int) -> None:
    receipt = design(seed)
    bill = receipt.bill
    assert receipt.printed.words
    if bill.is_consistent:
        assert _adds_up(bill)
    else:
        assert not _adds_up(bill)


def _adds_up(bill: Bill) -> bool:
    extras = sum(extra.price or 0 for p in bill.purchases for extra in p.extras)
    items = sum(purchase.total for purchase in bill.purchases) + extras
    added_tax = 0 if bill.is_tax_included else bill.tax
    total = items - bill.discount + bill.service + added_tax + bill.rounding + bill.tip
    return items == bill.subtotal and total == bill.total


def test_taxes_in_and_on_top_of_prices() -> None:
    purchase = Purchase("Tea", "", Decimal(2), "", 530, 0, Decimal(6))
    included = settle(
        (purchase,), discount=0, service_rate=Decimal(0), is_tax_included=True, round_to=0
    )
    assert (included.total, included.tax, included.untaxed) == (1060, 60, 1000)
    on_top = settle(
        (purchase,), discount=60, service_rate=Decimal(10), is_tax_included=False, round_to=5
    )
    assert (on_top.service, on_top.tax, on_top.rounding, on_top.total) == (100, 66, -1, 1165)


def test_receipts_differ_in_structure_and_cover_the_schema() -> None:
    documents = [generate(seed) for seed in range(200)]
    structures = Counter(
        tuple(entity.label for entity in document.entities) for document in documents
    )
    assert len(structures) > 180
    seen = {entity.label for document in documents for entity in document.entities}
    assert seen >= set(SCHEMA.labels) - {"receipt.items.sub_items.unit_price"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_neighbouring_seeds_have_little_in_common(seed: int) -> None:
    first, second = generate(seed), generate(seed + 1)
    assert _texts(first, "merchant_name") != _texts(second, "merchant_name")
