"""Real invoices: their files, and the alignment of what another reading says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from corpora import rvl_invoices
from corpora.document import LabelledDocument
from corpora.rvl_invoices import AnnotatedInvoice, label_page, parse_page
from ocr.errors import CorruptFileError
from tests.unit.layout.paper import page

ROWS = (
    "ACME LABORATORIES              No. 17-243",
    "                               Moy 21, 1971",
    "",
    "QUANTITY    SERVICES           PRICE        TOTAL",
    "   19910    Addressing your    @18.15      361.37",
    "            Council envelopes",
    "     328    Sort and rnail      7.75      $ 35.00",
    "            Postage - advance              951.36",
    "",
    "            TOTAL DUE                   $1,347.73",
)
ITEMS = [
    {
        "ItemDescription": "Addressing your Council envelopes",
        "ItemTotal": "361.37",
        "ItemUnitCount": "19910",
        "ItemUnitValue": "18.15",
    },
    {
        "ItemDescription": "Sort and mail ",
        "ItemTotal": "$35.00",
        "ItemUnitCount": "328",
        "ItemUnitValue": "7.75",
    },
    {"ItemDescription": "Postage - advance", "ItemTotal": "951.36", "ItemUnitCount": ""},
]
ANNOTATION = {
    "InvoiceNumber": "17-243",
    "IssuedDate": "May 21, 1971",
    "TotalAmount": "1347.73",
    "LineItem": ITEMS,
}


def labelled(rows: tuple[str, ...], annotation: Mapping[str, object]) -> LabelledDocument:
    return label_page("x", page(*rows), AnnotatedInvoice.model_validate(annotation))


def texts(document: LabelledDocument) -> list[tuple[str, str, str | None]]:
    """(path, text, the head's text) of every entity."""
    words = [word.text for word in document.words]
    joined = [" ".join(words[i] for i in entity.word_ids) for entity in document.entities]
    return [
        (
            entity.label.removeprefix("invoice."),
            text,
            None if entity.parent is None else joined[entity.parent],
        )
        for entity, text in zip(document.entities, joined, strict=True)
    ]


def test_fields_are_found_through_misreadings_over_lines_and_between_columns() -> None:
    document = labelled(ROWS, ANNOTATION)
    first, second, third = (
        "Addressing your Council envelopes",
        "Sort and rnail",
        "Postage - advance",
    )
    assert texts(document) == [
        ("invoice_id", "17-243", None),
        ("invoice_date", "Moy 21, 1971", None),
        ("invoice_total", "$1,347.73", None),
        ("items.description", first, None),
        ("items.amount", "361.37", first),
        ("items.quantity", "19910", first),
        ("items.unit_price", "@18.15", first),
        ("items.description", second, None),
        ("items.amount", "$ 35.00", second),
        ("items.quantity", "328", second),
        ("items.unit_price", "7.75", second),
        ("items.description", third, None),
        ("items.amount", "951.36", third),
    ]
    assert document.has_groups
    assert document.labelled == {
        "invoice.invoice_id",
        "invoice.invoice_date",
        "invoice.invoice_total",
        "invoice.items.description",
        "invoice.items.amount",
        "invoice.items.quantity",
        "invoice.items.unit_price",
    }
    assert document.truth["LineItem"] == [{"ItemUnitValue": "", **item} for item in ITEMS]


def test_equal_items_get_places_of_their_own_down_the_page() -> None:
    rows = ("Hotel    10.00", "Cabs     10.00", "Hotel    12.00", "Hotel    10.00")
    items = [
        {"ItemDescription": name, "ItemTotal": total}
        for name, total in (("Hotel", "10.00"), ("Hotel", "12.00"), ("Hotel", "10.00"))
    ]
    document = labelled(rows, {"LineItem": items})
    assert [entity.word_ids for entity in document.entities] == [(0,), (1,), (4,), (5,), (6,), (7,)]


def test_what_is_not_found_is_unknown_and_what_is_empty_is_absent() -> None:
    items = [
        {"ItemDescription": "Hotel", "ItemTotal": "10.00"},
        {"ItemDescription": "Translation of issue 16", "ItemTotal": "33.00"},
    ]
    document = labelled(("Hotel    10.00",), {"InvoiceNumber": "77812", "LineItem": items})
    assert texts(document) == [
        ("items.description", "Hotel", None),
        ("items.amount", "10.00", "Hotel"),
    ]
    assert document.labelled == {
        "invoice.invoice_date",
        "invoice.invoice_total",
        "invoice.items.quantity",
        "invoice.items.unit_price",
    }


def test_a_total_that_stands_several_times_has_alternatives_outside_the_items() -> None:
    rows = ("Fee     90.00", "", "TOTAL   90.00", "PLEASE PAY   $90.00")
    annotation = {
        "TotalAmount": "90.00",
        "LineItem": [{"ItemDescription": "Fee", "ItemTotal": "90.00"}],
    }
    document = labelled(rows, annotation)
    totals = [e.word_ids for e in document.entities if e.label == "invoice.invoice_total"]
    assert totals == [(3,), (6,)]
    only_item = labelled(rows[:1], annotation)
    assert [entity.label for entity in only_item.entities] == [
        "invoice.items.description",
        "invoice.items.amount",
    ]
    assert "invoice.invoice_total" not in only_item.labelled


def test_an_item_without_description_is_headed_by_its_amount() -> None:
    item = {"ItemDescription": "", "ItemTotal": "500.00", "ItemUnitCount": "20"}
    document = labelled(("20    500.00",), {"LineItem": [item]})
    assert texts(document) == [
        ("items.amount", "500.00", None),
        ("items.quantity", "20", "500.00"),
    ]


def test_a_page_without_words_has_nothing_but_unknowns() -> None:
    document = labelled((), {"InvoiceNumber": "1", "LineItem": [{"ItemDescription": "Fee"}]})
    assert document.entities == ()
    assert "invoice.invoice_id" not in document.labelled
    assert "invoice.items.description" not in document.labelled


XML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<doc>\n<page width="900.0" height="1200.0">'
    "\n{}\n</page>\n</doc>"
)
BOX = '<box l="10.0" t="20.0" r="110.0" b="40.0">{}</box>'


def test_a_page_is_read_in_the_files_order() -> None:
    parsed = parse_page(XML.format(BOX.format("A&amp;B") + "\n" + BOX.format("né")).encode(), "x")
    assert [word.text for word in parsed.words] == ["A&B", "né"]
    assert parsed.words[0].quad.box == (10, 20, 110, 40)
    assert (parsed.width, parsed.height) == (900, 1200)


@pytest.mark.parametrize("text", ["A&B", "5<6", "A\x0bB", "&nbsp;", "a&b<c>&amp;"])
def test_characters_that_were_not_escaped_are_taken_as_meant(text: str) -> None:
    parsed = parse_page(XML.format(BOX.format(text)).encode(), "x")
    assert [word.text for word in parsed.words] == [text.replace("\x0b", "").replace("&amp;", "&")]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "no XML"),
        (XML.format(BOX.format("a")).encode()[:-20], "no XML"),
        (b"<doc></doc>", "no page"),
        (XML.format('<box l="1" t="2" r="3">a</box>').encode(), "no coordinate"),
        (XML.format('<box l="1" t="2" r="3" b="nan">a</box>').encode(), "no coordinate"),
        (XML.format('<box l="1" t="2" r="3" b="x">a</box>').encode(), "x.xml"),
        (b'<!DOCTYPE d [<!ENTITY a "aa">]>' + XML.format(BOX.format("&a;")).encode(), "declares"),
        (XML.format(BOX.format("a")).encode("utf-16"), "no XML"),
    ],
)
def test_a_file_of_another_form_is_refused(data: bytes, complaint: str) -> None:
    with pytest.raises(CorruptFileError, match=complaint):
        parse_page(data, "x.xml")


def write(root: Path, stem: str, words: list[str], annotation: object = None) -> None:
    folder = root / "train"
    for name in ("ocr_bounding_boxes", "annotations"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    boxes = "\n".join(
        f'<box l="10" t="{30 * i}" r="99" b="{30 * i + 20}">{escape(word)}</box>'
        for i, word in enumerate(words)
    )
    (folder / "ocr_bounding_boxes" / f"{stem}.xml").write_text(XML.format(boxes))
    if annotation is not None:
        (folder / "annotations" / f"{stem}.json").write_text(json.dumps(annotation))


def test_documents_are_read_with_and_without_annotations(tmp_path: Path) -> None:
    write(tmp_path, "b", ["17243"], {"InvoiceNumber": "17243", "TotalAmount": None, "Extra": 1})
    write(tmp_path, "a", ["17243"])
    unknown, known = rvl_invoices.read_documents(tmp_path, "train")
    assert (unknown.id, unknown.entities, unknown.labelled) == ("a", (), frozenset())
    assert texts(known) == [("invoice_id", "17243", None)]
    (tmp_path / "train" / "annotations" / "a.json").write_text("[]")
    with pytest.raises(CorruptFileError, match=r"a\.json"):
        rvl_invoices.read_document(tmp_path, "train", "a")


def test_invoices_of_one_vendor_form_one_group_and_stay_on_one_side(tmp_path: Path) -> None:
    vendors = ("ACORN PRESS NASHVILLE", "BIRCH LEGAL TORONTO", "CEDAR FREIGHT OSLO")
    for number in range(60):
        write(tmp_path, f"d{number:02}", ["INVOICE", *vendors[number % 3].split()])
    groups = rvl_invoices.document_groups(tmp_path)
    assert len(set(groups.values())) == 3
    assert groups["d03"] == groups["d00"] != groups["d01"]
    development = rvl_invoices.development_stems(tmp_path)
    assert development == {
        stem for stem in groups if groups[stem] in {groups[s] for s in development}
    }


def test_a_broken_invoice_stands_for_itself_and_spares_the_split(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path, f"d{number}", ["ACORN", "PRESS", "NASHVILLE"])
    (tmp_path / "train" / "ocr_bounding_boxes" / "d2.xml").write_text("<doc><page wid")
    groups = rvl_invoices.document_groups(tmp_path)
    assert groups == {"d0": "d0", "d1": "d0", "d2": "d2", "d3": "d0"}
