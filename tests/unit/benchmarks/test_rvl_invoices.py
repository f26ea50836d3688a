"""The invoices' metrics on cases worked by hand, and the task on small files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from benchmarks.answers import Answer
from benchmarks.counts import Counts, evaluate
from benchmarks.invoices import (
    CHARACTERS,
    FIELDS_PLAIN,
    FIELDS_STRICT,
    HEADER_STRICT,
    ITEMS_STRICT,
    count_characters,
    count_fields,
    in_plain_form,
)
from benchmarks.rvl_invoices import TASK, in_annotated_form, score_documents
from corpora import rvl_invoices as corpus
from layout.graph import Entity, FieldGraph
from ocr.errors import SetupError


def item(description: str = "", total: str = "", count: str = "", value: str = "") -> JsonValue:
    return {
        "ItemDescription": description,
        "ItemTotal": total,
        "ItemUnitCount": count,
        "ItemUnitValue": value,
    }


def answer(number: str = "", date: str = "", total: str = "", *items: JsonValue) -> Answer:
    fields: dict[str, JsonValue] = {
        "InvoiceNumber": number,
        "IssuedDate": date,
        "TotalAmount": total,
        "LineItem": list(items),
    }
    return Answer(id="x", fields=fields)


TRUE = answer("1724", "March 2, 1981", "15.00", item("Pots", "10.00", "2"), item("Pans", "5.00"))


def test_items_are_paired_whatever_their_order() -> None:
    predicted = answer(
        "1724", "March 2. 1981", "15.00 ", item("Pans", "5.00"), item("Pots", "10.00", "3")
    )
    assert count_fields(predicted, TRUE) == {
        "InvoiceNumber": Counts(1, 1, 1),
        "IssuedDate": Counts(0, 1, 1),  # one mark differs
        "TotalAmount": Counts(1, 1, 1),  # white space at the ends is none of a text's
        "LineItem.ItemDescription": Counts(2, 2, 2),
        "LineItem.ItemTotal": Counts(2, 2, 2),
        "LineItem.ItemUnitCount": Counts(0, 1, 1),
    }
    assert evaluate(FIELDS_STRICT, [(predicted, TRUE)]).f1 == pytest.approx(2 * 6 / 16)
    assert evaluate(HEADER_STRICT, [(predicted, TRUE)]).total == Counts(2, 3, 3)
    assert evaluate(ITEMS_STRICT, [(predicted, TRUE)]).total == Counts(4, 5, 5)


def test_a_field_is_right_only_within_the_paired_item() -> None:
    predicted = answer("", "", "", item("Pots", "5.00"), item("Pans", "10.00"))
    # either pairing makes two of four fields right
    assert evaluate(ITEMS_STRICT, [(predicted, TRUE)]).total == Counts(2, 4, 5)


def test_missing_and_added_items_and_absent_fields() -> None:
    assert evaluate(FIELDS_STRICT, [(answer(), TRUE)]).total == Counts(0, 0, 8)
    assert evaluate(FIELDS_STRICT, [(TRUE, answer())]).total == Counts(0, 8, 0)
    failed = Answer(id="x", error="unreadable")
    assert evaluate(FIELDS_STRICT, [(failed, TRUE)]).total == Counts(0, 0, 8)
    one = Answer(id="x", fields={"LineItem": item("Pots"), "IssuedDate": None})
    assert evaluate(FIELDS_STRICT, [(one, TRUE)]).total == Counts(1, 1, 8)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("TotalAmount", "$ 1,347.70", "1347.7"),
        ("TotalAmount", "3,600,00", "3,600.00"),
        ("ItemTotal", "USD 38.88", "38,88"),
        ("ItemTotal", "(1,500.00)", "1,500CR"),
        ("ItemTotal", "-35.00", "35.00-"),
        ("ItemTotal", "N/A", "n.a."),
        ("ItemUnitCount", "10,000", "10.000"),
        ("ItemUnitValue", ".50", "$0.5"),
        ("IssuedDate", "MAY 14,1984", "May 14. 1984"),
        ("InvoiceNumber", "#02-0461", "02 0461"),
        ("ItemDescription", "Fees:  1/5 of attached", "fees 1/5 of attached."),
    ],
)
def test_texts_of_one_plain_form(key: str, one: str, other: str) -> None:
    assert in_plain_form(key, one) == in_plain_form(key, other)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("TotalAmount", "1.00", "100"),
        ("TotalAmount", "(5.00)", "5.00"),
        ("ItemTotal", "4O.00", "40.00"),  # a misreading is no matter of form
        ("InvoiceNumber", "1.00", "1.0"),  # numbers of documents are no amounts
        ("ItemDescription", "-", "*"),
    ],
)
def test_texts_that_differ_in_plain_form_too(key: str, one: str, other: str) -> None:
    assert in_plain_form(key, one) != in_plain_form(key, other)


def test_plain_form_counts_fields_as_the_strict_metric_does() -> None:
    predicted = answer("#1724", "March 2. 1981", "$15", item("POTS", "$10.00", "2.0"))
    assert evaluate(FIELDS_STRICT, [(predicted, TRUE)]).total == Counts(0, 6, 8)
    assert evaluate(FIELDS_PLAIN, [(predicted, TRUE)]).total == Counts(6, 6, 8)


def test_characters_are_those_of_the_longest_common_subsequence() -> None:
    predicted, true = answer("17-24", "1981", ""), answer("1724", "", "15.00")
    assert count_characters(predicted, true) == {
        "InvoiceNumber": Counts(4, 5, 4),
        "IssuedDate": Counts(0, 4, 0),
        "TotalAmount": Counts(0, 0, 5),
    }
    assert evaluate(CHARACTERS, [(predicted, true)]).f1 == pytest.approx(8 / 18)


def test_characters_at_the_ends_of_a_text_count() -> None:
    assert evaluate(CHARACTERS, [(answer("17"), answer("17 "))]).total == Counts(2, 2, 3)


def test_line_items_are_aligned_in_order_with_fewest_wrong_characters() -> None:
    true = answer("", "", "", item("ab"), item("cd"), item("ef"))
    # "cd" is left without a partner, "zz" too: pairing them would be no better
    predicted = answer("", "", "", item("ab"), item("ef"), item("zz"))
    assert evaluate(CHARACTERS, [(predicted, true)]).total == Counts(4, 6, 6)
    # what stands in another order cannot all be aligned
    turned = answer("", "", "", item("ef"), item("ab"), item("cd"))
    assert evaluate(CHARACTERS, [(turned, true)]).total == Counts(4, 6, 6)


def test_fields_of_aligned_items_are_compared_one_by_one() -> None:
    counts = count_characters(
        answer("", "", "", item("Pot", "10", value="5")), answer("", "", "", item("Pots", "1.0"))
    )
    assert counts == {
        "LineItem.ItemDescription": Counts(3, 3, 4),
        "LineItem.ItemTotal": Counts(2, 2, 3),
        "LineItem.ItemUnitValue": Counts(0, 1, 0),
    }


@pytest.mark.parametrize(
    ("label", "text", "written"),
    [
        ("TotalAmount", "$ 1,347.73", "1,347.73"),
        ("TotalAmount", "*>(15.00)", "(15.00)"),
        ("TotalAmount", "$", "$"),
        ("InvoiceNumber", "#02-0461", "02-0461"),
        ("LineItem.ItemTotal", "$ 35.00", "$ 35.00"),
        ("IssuedDate", "'84 May", "'84 May"),
    ],
)
def test_answers_are_written_as_the_annotators_do(label: str, text: str, written: str) -> None:
    assert in_annotated_form(label, text) == written


BOXES = ("#17243", "March", "Pots", "10.00", "$10.00")
FIELDS: dict[str, JsonValue] = {
    "InvoiceNumber": "17243",
    "IssuedDate": "",
    "TotalAmount": "10.00",
    "LineItem": [item("Pots", "10.00")],
}
GRAPH = FieldGraph(
    (
        Entity("invoice_id", (0,), 1.0),
        Entity("items.description", (2,), 1.0),
        Entity("items.amount", (3,), 1.0, parent=1),
        Entity("invoice_total", (4,), 1.0),
    )
)


WORDING = ("vendor", "street", "city", "remit", "terms", "phone", "account", "order", "thanks")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Forty-four invoices of 22 vendors in `train`, two in `test`, one without annotation."""
    for split, stems in (("train", [f"d{i:02}" for i in range(44)]), ("test", ["a", "b"])):
        for folder in ("ocr_bounding_boxes", "annotations"):
            (tmp_path / split / folder).mkdir(parents=True)
        for i, stem in enumerate(stems):
            vendor = "".join("abcdefghij"[int(digit)] for digit in f"{i // 2:03}")
            boxes = "".join(
                f'<box l="{100 * n}" t="10" r="{100 * n + 90}" b="30">{text}</box>'
                for n, text in enumerate((*BOXES, *(f"{part}{vendor}" for part in WORDING)))
            )
            page = f'<doc><page width="999" height="99">{boxes}</page></doc>'
            (tmp_path / split / "ocr_bounding_boxes" / f"{stem}.xml").write_text(page)
            if stem != "b":
                path = tmp_path / split / "annotations" / f"{stem}.json"
                path.write_text(json.dumps(FIELDS))
    return tmp_path


def test_names_of_the_splits(root: Path) -> None:
    assert TASK.names(root, "test") == ["a", "b"]
    assert TASK.names(root, "test", "truth") == ["a"]
    train, dev = TASK.names(root, "train"), TASK.names(root, "dev")
    assert train
    assert dev
    assert sorted(train + dev) == [f"d{i:02}" for i in range(44)]
    assert {int(name[1:]) // 2 for name in train}.isdisjoint(int(name[1:]) // 2 for name in dev)
    assert set(dev) == corpus.development_stems(root)
    with pytest.raises(SetupError, match="no pictures"):
        TASK.names(root, "test", "pictures")
    with pytest.raises(SetupError, match="no invoices"):
        TASK.names(root / "nowhere", "test")


def test_a_graph_answers_in_the_annotations_form(root: Path) -> None:
    sample = TASK.sample(root, "test", "a")
    found = TASK.answer(sample, GRAPH)
    assert found.fields == FIELDS
    assert [(e.label, e.text, e.word_ids) for e in found.entities] == [
        ("InvoiceNumber", "#17243", [0]),
        ("TotalAmount", "$10.00", [4]),
        ("LineItem.ItemDescription", "Pots", [2]),
        ("LineItem.ItemTotal", "10.00", [3]),
    ]
    assert sample.truth is not None
    assert sample.truth.fields == FIELDS
    assert TASK.sample(root, "test", "b").truth is None


def test_an_empty_graph_answers_with_empty_fields(root: Path) -> None:
    found = TASK.answer(TASK.sample(root, "test", "a"), FieldGraph(()))
    assert found.fields == {
        "InvoiceNumber": "",
        "IssuedDate": "",
        "TotalAmount": "",
        "LineItem": [],
    }


def test_labels_found_by_the_reader_score_as_their_own_graph(root: Path) -> None:
    document = corpus.read_document(root, "test", "a")
    strict, *_ = score_documents([document, corpus.read_document(root, "test", "b")], [GRAPH] * 2)
    assert strict.total == Counts(4, 4, 4)
