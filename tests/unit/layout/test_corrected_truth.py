"""What is learned from a corrected document is what was corrected in it."""

from __future__ import annotations

from pathlib import Path

from corpora.document import LabelledDocument
from corpora.labelled_files import read_labelled
from layout.corrected_truth import truth_files
from layout.corrections import Corrections
from layout.result import DocumentResult
from tests.unit.layout.corrected import corrections, receipt

SUB_ITEM = '{"fields": {"description": {"text": "PENCIL"}, "total_price": {"text": "1.50"}}}'
ITEM = (
    '{"fields": {"description": {"text": "NOTEBOOK A5"}, "total_price": {"text": "8.00"}, '
    f'"sub_items": [{SUB_ITEM}]}}}}'
)


def learned(tmp_path: Path, result: DocumentResult, given: Corrections) -> LabelledDocument:
    """The document as training reads it."""
    files = truth_files(result, given)
    assert files is not None
    (tmp_path / "a.words.json").write_text(files.words)
    (tmp_path / "a.truth.json").write_text(files.truth)
    (document,) = read_labelled(tmp_path, files.type_name)
    return document


def told(document: LabelledDocument) -> list[tuple[str, str, str | None]]:
    """Each entity's path and words, and the path of what it belongs under."""
    words = document.words
    return [
        (
            entity.label,
            " ".join(words[i].text for i in entity.word_ids),
            None if entity.parent is None else document.entities[entity.parent].label,
        )
        for entity in document.entities
    ]


def test_entities_and_links_are_those_that_were_corrected(tmp_path: Path) -> None:
    single = '"merchant_name": {"text": "CORNER BOOK SHOP"}, "total": {"text": "9.50"}'
    fields = f'{{{single}, "items": [{ITEM}]}}'
    document = learned(tmp_path, receipt(), corrections(fields))
    assert told(document) == [
        ("receipt.merchant_name", "CORNER B00K SHOP", None),
        ("receipt.items.description", "NOTEBOOK A5", None),
        ("receipt.items.total_price", "8.00", "receipt.items.description"),
        ("receipt.items.sub_items.description", "PENCIL", "receipt.items.description"),
        ("receipt.items.sub_items.total_price", "1.50", "receipt.items.sub_items.description"),
        ("receipt.total", "9.50", None),
    ]
    assert document.has_groups
    assert "receipt.tip" in document.labelled  # which is known not to be there
    assert document.truth == {
        "merchant_name": "CORNER BOOK SHOP",
        "items": [
            {
                "description": "NOTEBOOK A5",
                "total_price": "8.00",
                "sub_items": [{"description": "PENCIL", "total_price": "1.50"}],
            }
        ],
        "total": "9.50",
    }


def test_words_of_later_pages_count_on(tmp_path: Path) -> None:
    payment = '{"payments": [{"fields": {"method": {"text": "VISA"}}}]}'
    document = learned(tmp_path, receipt(second_page=True), corrections(payment))
    assert len(document.pages) == 2
    assert told(document) == [("receipt.payments.method", "VISA", None)]
    assert document.entities[0].word_ids == (14,)


def test_a_group_without_its_head_is_opened_by_its_first_field(tmp_path: Path) -> None:
    items = (
        '{"items": [{"fields": {"quantity": {"text": "1.50"}, "total_price": {"text": "8.00"}}}]}'
    )
    document = learned(tmp_path, receipt(), corrections(items))
    assert told(document) == [
        ("receipt.items.quantity", "1.50", None),
        ("receipt.items.total_price", "8.00", "receipt.items.quantity"),
    ]


def test_what_stands_nowhere_is_unknown_and_not_absent(tmp_path: Path) -> None:
    lost = '{"fields": {"description": {"text": "ERASER"}, "total_price": {"text": "1.50"}}}'
    fields = (
        f'{{"tip": {{"text": "a bit"}}, "total": {{"text": "9.50"}}, "items": [{ITEM}, {lost}]}}'
    )
    document = learned(tmp_path, receipt(), corrections(fields))
    assert [label for label, _, _ in told(document)].count("receipt.items.total_price") == 1
    unknown = {"receipt.tip", "receipt.items.description", "receipt.items.total_price"}
    assert unknown.isdisjoint(document.labelled)
    assert {"receipt.total", "receipt.items.quantity"} <= document.labelled


def test_a_document_without_words_teaches_nothing() -> None:
    result = receipt()
    page = result.pages[0].model_copy(update={"words": []})
    empty = result.model_copy(update={"pages": [page]})
    assert truth_files(empty, corrections("{}")) is None


def test_a_document_in_which_nothing_stands_teaches_that(tmp_path: Path) -> None:
    document = learned(tmp_path, receipt(), corrections("{}"))
    assert (document.entities, document.truth) == ((), {})
    assert "receipt.total" in document.labelled
