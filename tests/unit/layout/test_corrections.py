"""Corrections: their form, what is checked, where they are found to stand, what they make."""

from __future__ import annotations

import json

import pytest

from layout.corrected_result import corrected_result
from layout.corrections import Corrections, corrections_of, parse_corrections
from layout.redaction import mask_result
from layout.result import Amount, DocumentResult, GroupField, LeafField
from layout.settling import settle
from layout.tabular import to_csv
from ocr.errors import InvalidCorrectionsError
from tests.unit.layout.corrected import corrections, receipt


def changed(result: DocumentResult, **fields: object) -> Corrections:
    """What the result says but for some fields; None leaves one out."""
    tree = json.loads(corrections_of(result).to_json())
    tree["fields"] |= fields
    tree["fields"] = {name: node for name, node in tree["fields"].items() if node is not None}
    return parse_corrections(json.dumps(tree).encode())


def leaf_of(result: DocumentResult, name: str) -> LeafField:
    node = result.fields[name]
    assert isinstance(node, LeafField)
    return node


def ids_of(leaf: LeafField) -> list[tuple[int, int]]:
    return [(region.page, i) for region in leaf.regions for i in region.word_ids]


def test_what_was_read_and_sent_back_changes_nothing() -> None:
    result = receipt()
    after = corrected_result(result, corrections_of(result))
    assert after.fields == {
        **result.fields,
        "items": after.fields["items"],  # a group's regions are made anew
    }
    assert "corrected" not in after.to_json()
    assert result == receipt()


def test_a_changed_field_is_sure_and_marked_and_the_others_are_as_they_were() -> None:
    result = receipt()
    after = corrected_result(result, changed(result, total={"text": "9.50"}))
    total = leaf_of(after, "total")
    assert (total.value, total.text) == (Amount(amount="9.50"), "9.50")
    assert (total.confidence, total.corrected) == (1.0, True)
    assert ids_of(total) == [(1, 9)]  # where alone it reads so
    assert after.fields["merchant_name"] is result.fields["merchant_name"]
    assert [issue.code for issue in after.issues] == ["low_resolution"]
    assert '"corrected":true' in after.to_json()
    assert ",9.50,,9.50,1.0000," in to_csv(after)
    assert result == receipt()


def test_a_misreading_keeps_its_place() -> None:
    result = receipt()
    after = corrected_result(result, changed(result, merchant_name={"text": "CORNER BOOK SHOP"}))
    name = leaf_of(after, "merchant_name")
    assert (name.text, ids_of(name)) == ("CORNER BOOK SHOP", [(1, 0), (1, 1), (1, 2)])


@pytest.mark.parametrize(
    ("node", "place"),
    [
        ({"text": " NOTEBOOK \n A5 "}, [(1, 3), (1, 4)]),
        ({"text": "PAID BY VISA"}, [(2, 0), (2, 1), (2, 2)]),
        ({"text": "10.00 PAID"}, []),  # over two pages
        ({"text": "SOMETHING ELSE"}, []),
        ({"text": "9.50", "regions": [{"page": 1, "word_ids": [8, 9]}]}, [(1, 8), (1, 9)]),
        ({"text": "9.50", "regions": []}, []),
        ({"value": "VISA"}, [(2, 2)]),
    ],
)
def test_a_text_stands_where_the_words_read_so(
    node: dict[str, object], place: list[tuple[int, int]]
) -> None:
    result = receipt(second_page=True)
    after = corrected_result(result, changed(result, merchant_name=node))
    assert ids_of(leaf_of(after, "merchant_name")) == place


def test_what_stands_twice_has_no_place_unless_it_was_read_there() -> None:
    result = receipt()
    page = result.pages[0]
    assert page.words is not None
    page.words.append(page.words[3].model_copy(update={"text": "PENCIL"}))
    twice = changed(result, merchant_name={"text": "PENCIL"})
    assert ids_of(leaf_of(corrected_result(result, twice), "merchant_name")) == []
    item = {"fields": {"description": {"text": "PENCIL"}, "total_price": {"text": "1.50"}}}
    after = corrected_result(result, changed(result, items=[item]))
    (kept,) = after.fields["items"] if isinstance(after.fields["items"], list) else []
    assert isinstance(kept, GroupField)
    assert kept.fields == {  # it was the second item, and is as it was read
        "description": result.fields["items"][1].fields["description"],  # type: ignore[index,union-attr]
        "total_price": result.fields["items"][1].fields["total_price"],  # type: ignore[index,union-attr]
    }


def test_a_value_may_be_given_without_its_text_and_otherwise_than_it() -> None:
    value = {"amount": "9.50", "currency": "MYR"}
    result = receipt()
    after = corrected_result(result, changed(result, total={"value": value}))
    total = leaf_of(after, "total")
    assert (total.text, ids_of(total)) == ("9.50", [(1, 9)])
    assert total.value == Amount(amount="9.50", currency="MYR")
    after = corrected_result(result, changed(result, total={"text": "10.00", "value": value}))
    total = leaf_of(after, "total")
    assert (total.text, ids_of(total), total.corrected) == ("10.00", [(1, 11)], True)


def test_settled_corrections_settle_to_themselves() -> None:
    result = receipt(second_page=True)
    given = changed(
        result, merchant_name={"text": "CORNER BOOK SHOP"}, total=None, tip={"text": "a bit"}
    )
    once = settle(given, result).corrections
    assert settle(once, result).corrections == once
    assert corrected_result(result, once) == corrected_result(result, given)


def test_another_type_is_taken_over_with_all_that_it_holds() -> None:
    result = receipt()
    other = corrections('{"vendor_name": {"text": "CORNER B00K SHOP"}}', "invoice")
    after = corrected_result(result, other)
    assert (after.type, after.type_confidence, [*after.fields]) == ("invoice", 1.0, ["vendor_name"])


def test_a_persons_name_is_split_and_may_be_sent_back_split() -> None:
    result = receipt().model_copy(update={"type": "business_card", "fields": {}})
    page = result.pages[0]
    assert page.words is not None
    page.words[3:5] = [
        word.model_copy(update={"text": text})
        for word, text in zip(page.words[3:5], ("Jane", "Miller"), strict=True)
    ]
    names = corrections('{"contact_names": [{"text": "Jane Miller"}]}', "business_card")
    after = corrected_result(result, names)
    (name,) = (
        after.fields["contact_names"] if isinstance(after.fields["contact_names"], list) else []
    )
    assert isinstance(name, GroupField)
    assert {key: part.text for key, part in name.fields.items() if isinstance(part, LeafField)} == {
        "first_name": "Jane",
        "last_name": "Miller",
    }
    assert after.to_json().count('"corrected":true') == 2
    again = corrected_result(after, corrections_of(after))
    assert again.fields["contact_names"] == after.fields["contact_names"]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ('{"colour": {"text": "x"}}', "fields.colour: receipt has no such field there"),
        ('{"total": [{"text": "x"}]}', "fields.total: is a list"),
        ('{"items": {"fields": {}}}', "fields.items: needs a list"),
        ('{"items": [{"text": "x"}]}', r"fields.items\[0\]: is a group"),
        ('{"total": {"fields": {}}}', "fields.total: has a value and no fields"),
        ('{"total": {}}', "fields.total: needs a text or a value"),
        ('{"total": {"text": " "}}', "fields.total: needs a text or a value"),
        ('{"total": {"value": "9.50"}}', "fields.total.value: an amount is"),
        ('{"total": {"value": {"amount": "9,50"}}}', "fields.total.value: an amount is"),
        ('{"transaction_date": {"value": "25/12/2018"}}', "transaction_date.value: a date is"),
        ('{"transaction_date": {"value": "2018-02-30"}}', "transaction_date.value: a date is"),
        ('{"transaction_time": {"value": "25:00"}}', "transaction_time.value: a time is"),
        ('{"items": [{"fields": {"quantity": {"value": true}}}]}', "quantity.value: "),
        ('{"items": [{"fields": {"quantity": {"value": NaN}}}]}', "quantity.value: a quantity is"),
        ('{"total": {"text": "x", "value": {"amount": "1", "colour": 1}}}', "fields.total.value: "),
        ('{"merchant_name": {"value": 3}}', "merchant_name.value: the value is a string"),
        (
            '{"items": [{"fields": {"quantity": {"value": "3"}}}]}',
            r"items\[0\].fields.quantity.value: a quantity is a number",
        ),
        (
            '{"total": {"text": "x", "regions": [{"page": 2, "word_ids": [0]}]}}',
            r"fields.total.regions\[0\].page: the result has no page 2",
        ),
        (
            '{"total": {"text": "x", "regions": [{"page": 1, "word_ids": [3, 99]}]}}',
            r"fields.total.regions\[0\].word_ids: page 1 has no word 99",
        ),
        ('{"total": {"txet": "x"}}', "fields.total.txet: Extra inputs"),
        ('{"items": [{"fields": {"unit": {"text": 3}}}]}', r"fields.items\[0\].fields.unit.text: "),
        ('{"total": 3}', "fields.total: "),
        ('{"total": {"value": [3]}}', "fields.total.value: "),
        ("[]", "fields: "),
        ("{", "Invalid JSON"),
    ],
)
def test_what_does_not_fit_is_named(fields: str, complaint: str) -> None:
    with pytest.raises(InvalidCorrectionsError, match=complaint):
        settle(corrections(fields), receipt())


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(InvalidCorrectionsError, match="type: 'menu' is no document type"):
        settle(corrections("{}", "menu"), receipt())


def test_what_was_typed_in_is_masked_too() -> None:
    result = receipt()
    given = changed(
        result,
        merchant_name={"text": "Marble Arch Stores"},
        tip={"text": "call 010-2345-6789"},
        items=[{"fields": {"description": {"text": "for Marble Arch Stores"}}}],
    )
    masked = mask_result(
        corrected_result(result, given), frozenset({"companies", "phones"}), with_words=True
    ).to_json()
    assert "Marble" not in masked
    assert "2345" not in masked
