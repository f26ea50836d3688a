"""Made-up invoices: truth that stands in the words, groups that rebuild, amounts that add up."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as iban_number
from stdnum.kr import brn

from corpora.document import LabelledDocument, LabelledEntity
from corpora.synthesis import invoices
from corpora.synthesis.basket import rounded
from corpora.synthesis.check_digits import IBAN_FORMS, iban, korean_business_number
from corpora.synthesis.countries import grammar_of
from corpora.synthesis.dice import Dice
from corpora.synthesis.draft import Field, Span
from corpora.synthesis.grammar import SLOT, read_rules
from corpora.synthesis.invoices import generate
from corpora.synthesis.invoices.account import Account
from corpora.synthesis.invoices.footer import sentence_spans
from corpora.synthesis.invoices.generator import design
from corpora.synthesis.invoices.style import ORIGINS
from corpora.synthesis.labelling import truth_tree
from corpora.synthesis.views import words_of
from layout.schema import load_schema
from ocr.errors import DefectError

SCHEMA = load_schema("invoice")
SEEDS = st.integers(min_value=0, max_value=10**7)
MONEY = ("subtotal", "total_tax", "invoice_total", "amount_due", "items.amount")


def _texts(document: LabelledDocument, path: str) -> list[str]:
    words = document.words
    return [
        " ".join(words[i].text for i in entity.word_ids)
        for entity in document.entities
        if entity.label == f"invoice.{path}"
    ]


@given(SEEDS)
@settings(max_examples=20, deadline=None)
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
@settings(max_examples=20, deadline=None)
def test_groups_hang_on_their_head_or_on_what_stands_for_it(seed: int) -> None:
    document = generate(seed)
    for entity in document.entities:
        path = entity.label.removeprefix("invoice.")
        group = SCHEMA.group_of(path)
        if group is None or SCHEMA.by_path[path].head:
            assert entity.parent is None
        elif entity.parent is None:
            assert path == "payment_details.bank_account_number"
        else:
            parent = document.entities[entity.parent]
            assert parent.parent is None
            assert SCHEMA.group_of(parent.label.removeprefix("invoice.")) == group


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_truth_is_what_the_entities_say(seed: int) -> None:
    document = generate(seed)
    texts = [word.text for word in document.words]
    assert document.truth == truth_tree(document.entities, texts, SCHEMA)
    items = document.truth["items"]
    assert isinstance(items, list)
    assert len(items) == len(_texts(document, "items.description"))


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_values_stand_in_the_words_without_their_key_words(seed: int) -> None:
    invoice = design(seed)
    document = generate(seed)
    money = invoice.style.money
    shown = {money.number(sign * invoice.account.total) for sign in (1, -1)}
    if invoice.style.is_split:
        shown = {text.replace(".", " ") for text in shown}
    totals = _texts(document, "invoice_total")
    assert totals or invoice.style.origin.is_vintage
    for text in totals:
        bare = text.replace(money.sign, "").replace(money.sign.upper(), "").strip()
        assert bare in shown
    for path in MONEY:
        assert all(any(c.isdigit() for c in text) for text in _texts(document, path))
    names = {text.casefold() for text in _texts(document, "vendor_name")}
    assert len(names) == 1
    for address in _texts(document, "vendor_address"):
        assert next(iter(names)) not in address.casefold()


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_alternatives_of_a_single_field_have_one_value(seed: int) -> None:
    document = generate(seed)
    for path in ("invoice_id", "due_date", "payment_term", "customer_name", "vendor_name"):
        assert len(set(_texts(document, path))) <= 1, path
    totals = {re.sub(r"[^\d.,]", "", text) for text in _texts(document, "invoice_total")}
    assert len(totals) <= 1


@given(SEEDS)
@settings(max_examples=20, deadline=None)
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


@given(SEEDS, st.floats(min_value=0.01, max_value=1.0))
@settings(max_examples=10, deadline=None)
def test_a_seed_gives_the_same_document_again_read_well_or_badly(seed: int, noise: float) -> None:
    exact = generate(seed)
    assert exact == generate(seed)
    read = generate(seed, noise=noise)
    assert read == generate(seed, noise=noise)
    assert read.truth == exact.truth


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_accounts_add_up_unless_they_say_otherwise(seed: int) -> None:
    invoice = design(seed)
    assert invoice.printed.words
    assert _adds_up(invoice.account) == invoice.account.is_consistent
    for line in invoice.account.lines:
        if line.quantity is not None and line.unit_price is not None:
            assert line.amount == rounded(line.quantity * line.unit_price)


def _adds_up(account: Account) -> bool:
    items = sum(line.amount for line in account.lines)
    net = items - account.discount + account.freight
    is_taxed = not account.shares or sum(share.net for share in account.shares) == net
    return items == account.subtotal and is_taxed and net + account.tax == account.total


def test_invoices_differ_in_structure_and_cover_the_schema() -> None:
    designs = [design(seed) for seed in range(300)]
    assert len({invoice.structure for invoice in designs}) >= 150
    documents = [words_of(invoice) for invoice in designs]
    seen = {entity.label for document in documents for entity in document.entities}
    assert seen >= set(SCHEMA.labels)
    by_origin = Counter(
        next(name for name, origin in ORIGINS.items() if origin is invoice.style.origin)
        for invoice in designs
    )
    assert set(by_origin) == set(ORIGINS)
    assert 0.25 < by_origin["vintage"] / len(designs) < 0.42


def test_descriptions_run_over_lines_and_stay_one_entity() -> None:
    def n_rows(document: LabelledDocument, entity: LabelledEntity) -> int:
        tops = [document.words[i].quad.center[1] for i in entity.word_ids]
        height = document.words[entity.word_ids[0]].quad.height
        return 1 + sum(b - a > 0.5 * height for a, b in pairwise(tops))

    rows = Counter(
        n_rows(document, entity)
        for document in map(generate, range(60))
        for entity in document.entities
        if entity.label == "invoice.items.description"
    )
    assert rows[1] > rows[2] > rows[4] > 0


@pytest.mark.parametrize("name", sorted(ORIGINS))
def test_every_vocabulary_has_the_rules_of_the_english_one_and_all_of_them_expand(
    name: str,
) -> None:
    origin = ORIGINS[name]
    rules: dict[str, list[str]] = {}
    for file in origin.vocabulary:
        rules.update(read_rules(file))
    own = ("en_", "us_", "address_line", "key_branch_code", "branch_code")
    assert {rule for rule in read_rules("invoice_english") if not rule.startswith(own)} <= set(
        rules
    )
    grammar, dice = grammar_of(origin.vocabulary), Dice(name)
    for alternatives in rules.values():
        for alternative in alternatives:
            assert not SLOT.search(grammar.fill(alternative, dice))


def test_the_package_holds_small_files() -> None:
    for path in Path(invoices.__file__).parent.glob("*.py"):
        assert path.read_text("utf-8").count("\n") < 300, path.name


def test_sentences_hold_values_as_words() -> None:
    due = Span("1 May 2020", Field("due_date"))
    spans = sentence_spans("Pay by <due> at last", {"<due>": due})
    assert [span.text for span in spans] == ["Pay", "by", "1 May 2020", "at", "last"]
    assert [span.field for span in spans].count(due.field) == 1


@pytest.mark.parametrize("country", sorted(IBAN_FORMS))
def test_check_digits_hold(country: str) -> None:
    dice = Dice(country)
    for _ in range(50):
        assert iban_number.is_valid(iban(country, dice), check_country=False)
        assert brn.is_valid(korean_business_number(dice))


def test_a_group_may_be_opened_by_another_field_than_its_head() -> None:
    label = "invoice.payment_details."
    entities = (
        LabelledEntity(label + "bank_account_number", (0,)),
        LabelledEntity(label + "swift", (1,), 0),
        LabelledEntity(label + "iban", (2,)),
        LabelledEntity(label + "swift", (3,), 2),
    )
    tree = truth_tree(entities, ["12-34", "AAAAGB2L", "GB00", "BBBBGB2L"], SCHEMA)
    assert tree == {
        "payment_details": [
            {"bank_account_number": "12-34", "swift": "AAAAGB2L"},
            {"iban": "GB00", "swift": "BBBBGB2L"},
        ]
    }


def test_a_field_under_a_stranger_is_a_defect() -> None:
    entities = (
        LabelledEntity("invoice.items.description", (0,)),
        LabelledEntity("invoice.payment_details.swift", (1,), 0),
    )
    with pytest.raises(DefectError, match="outside its group"):
        truth_tree(entities, ["Tea", "AAAAGB2L"], SCHEMA)


def test_amounts_of_one_line_and_its_tax() -> None:
    line = next(
        line
        for seed in range(50)
        for line in design(seed).account.lines
        if line.rate == Decimal(20) and line.amount > 1000
    )
    assert abs(line.tax * 5 - line.amount) < 5


def test_a_line_below_the_description_may_say_when() -> None:
    n_days = n_periods = 0
    for seed in range(400):
        document = generate(seed)
        for entity in document.entities:
            if entity.label not in ("invoice.items.date", "invoice.items.description"):
                continue
            last = document.words[entity.word_ids[-1]]
            is_period = re.search(r"\d\s*[-–]\s*\d{1,2}[./ -]", last.text)  # noqa: RUF001
            if entity.label.endswith("description"):
                n_periods += bool(is_period)
            elif entity.parent is not None:
                above = document.words[document.entities[entity.parent].word_ids[-1]]
                n_days += last.quad.center[1] > above.quad.center[1] + 0.6 * above.quad.height
    assert n_days >= 10
    assert n_periods >= 5
