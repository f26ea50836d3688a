"""Which words are masked, and that nothing of them is left in the JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layout.personal_words import personal_words
from layout.redaction import HIDDEN_MESSAGE, mask_result, masked_words, redact
from layout.redaction_kinds import KINDS, parse_kinds
from layout.result import (
    DocumentResult,
    GroupField,
    Issue,
    LeafField,
    ModelEntry,
    PageEntry,
    Region,
    WordEntry,
)
from tests.unit.layout.paper import page

ALL = parse_kinds("all")
WORD = st.text(st.sampled_from("abQ홍19.@-"), min_size=1, max_size=8)


def region(*word_ids: int) -> Region:
    return Region(page=1, quad=[(0, 0), (9, 0), (9, 5), (0, 5)], word_ids=list(word_ids))


def leaf(text: str, *word_ids: int) -> LeafField:
    return LeafField(value=text, text=text, confidence=0.9, regions=[region(*word_ids)])


def result(row: str, message: str = "odd", **fields: LeafField | GroupField) -> DocumentResult:
    words = [
        WordEntry(text=word.text, quad=list(word.quad.corners), confidence=1.0)
        for word in page(row).words
    ]
    return DocumentResult(
        id="d",
        type="receipt",
        type_confidence=1.0,
        status="succeeded",
        pages=[PageEntry(number=1, width=800, height=30, words=words)],
        fields=dict(fields.items()),
        issues=[Issue(code="c", severity="warning", message=message)],
        model=ModelEntry(name="m", version="1", sha256="x"),
        timings_ms={},
    )


@pytest.mark.parametrize(
    ("line", "kind", "hidden"),
    [
        ("mail to kim@example.co.kr now", "emails", {2}),
        ("Tel: 03-4266 1226 open", "phones", {1, 2}),
        ("call 010-2345-6789 today", "phones", {1}),
        ("at +82 2 555 1234", "phones", {1, 2, 3, 4}),
        ("VISA 4111 1111 1111 1111 ok", "accounts", {1, 2, 3, 4}),
        ("VISA 4111-1111-1111-1112 ok", "accounts", set()),
        ("card ************1234 ok", "accounts", {1}),
        ("IBAN DE89 3704 0044 0532 0130 00", "accounts", {0, 1, 2, 3, 4, 5, 6}),
        ("no 900101-1234567 .", "ids", {1}),
        ("TOTAL 1,234.00 2024-03-01 10:20", "all", set()),
    ],
)
def test_words_that_look_personal(line: str, kind: str, hidden: set[int]) -> None:
    found = personal_words(line.split(), parse_kinds(kind))
    assert found - {0} == hidden - {0}


def test_fields_texts_values_and_words_are_blocks() -> None:
    found = result(
        "SHOP 12 High Street 9.00",
        merchant_name=leaf("SHOP", 0),
        merchant_address=leaf("12 High Street", 1, 2, 3),
        total=leaf("9.00", 4),
    )
    copy = mask_result(found, parse_kinds("addresses"), with_words=True)
    address = copy.fields["merchant_address"]
    assert isinstance(address, LeafField)
    assert (address.text, address.value) == ("██ ████ ██████", None)
    assert copy.fields["total"] == found.fields["total"]
    assert copy.fields["merchant_name"] == found.fields["merchant_name"]
    assert [word.text for word in copy.pages[0].words or []][1:4] == address.text.split()
    bare = json.loads(mask_result(found, ALL).to_json())
    assert "words" not in bare["pages"][0]


def test_a_message_that_quotes_a_masked_word_is_left_out() -> None:
    found = result("kim@example.com 9.00", message="kim@example.com is odd", total=leaf("9.00", 1))
    assert mask_result(found, ALL).issues[0].message == HIDDEN_MESSAGE


def test_a_redaction_says_how_many_fields_and_words_it_masked() -> None:
    item = GroupField(
        text="Kim 9.00",
        confidence=1.0,
        regions=[region(2, 3)],
        fields={"description": leaf("Kim", 2), "total_price": leaf("9.00", 3)},
    )
    found = result(
        "12 Street Kim 9.00 kim@example.com",
        merchant_address=leaf("12 Street", 0, 1),
        items=item,
        total=leaf("9.00", 3),
    )
    redaction = redact(found, parse_kinds("addresses,emails"))
    assert (redaction.n_fields, redaction.n_words) == (1, 3)
    assert redaction.words == {1: frozenset({0, 1, 4})}
    assert [issue.code for issue in redaction.result.issues] == ["c"]
    # Words that somebody says are personal: a group is counted by its leaves.
    also = redact(found, parse_kinds("emails"), also={1: frozenset({2})})
    assert (also.n_fields, also.n_words) == (1, 2)


def test_a_redaction_that_masks_nothing_says_so() -> None:
    found = result("SHOP 9.00", total=leaf("9.00", 1))
    redaction = redact(found, parse_kinds("phones,names"))
    assert (redaction.n_fields, redaction.n_words) == (0, 0)
    assert redaction.result.issues[-1] == Issue(
        code="nothing_masked",
        severity="warning",
        message="nothing was found to mask of: names, phones",
    )
    assert found.issues == redaction.result.issues[:-1]


def test_companies_are_masked_only_if_asked_for() -> None:
    assert "companies" not in ALL
    found = result("SHOP 9.00", merchant_name=leaf("SHOP", 0))
    assert masked_words(found, ALL) == {}
    assert masked_words(found, parse_kinds("companies")) == {1: frozenset({0})}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="names, phones"):
        parse_kinds("names,shoes")


@settings(max_examples=20, deadline=None)
@given(st.lists(WORD, min_size=3, max_size=9), st.data())
def test_no_masked_word_is_left_anywhere(words: list[str], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.integers(0, len(words) - 1), min_size=1, unique=True))
    others = data.draw(st.lists(st.integers(0, len(words) - 1), min_size=1, unique=True))
    address = leaf(" ".join(words[i] for i in some), *some)
    other = leaf(" ".join(words[i] for i in others), *others)
    group = GroupField(
        text=" ".join(words),
        confidence=1.0,
        regions=[region(*range(len(words)))],
        fields={"description": other},
    )
    found = result(" ".join(words), message=f"{words[0]}?", merchant_address=address, items=group)
    masked = masked_words(found, frozenset(KINDS))
    text = mask_result(found, frozenset(KINDS), with_words=True).to_json()
    for i in masked[1]:
        assert len(words[i]) < 4 or words[i] not in text
