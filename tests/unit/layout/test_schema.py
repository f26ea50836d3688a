"""Document schemas: the shipped ones hold together, broken ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from layout.assemble import assemble
from layout.graph import Entity, FieldGraph
from layout.result import Amount, FieldNode, GroupField, LeafField
from layout.schema import load_schema, read_schema, schema_names
from ocr.errors import SetupError, UnknownDocumentTypeError
from tests.unit.layout.paper import page


@pytest.mark.parametrize("name", schema_names())
def test_shipped_schemas_hold_together(name: str) -> None:
    schema = load_schema(name)
    assert schema.name == name
    assert len(set(schema.labels)) == len(schema.labels)
    for spec in schema.by_path.values():
        if spec.is_group and spec.repeated:
            assert sum(child.head for child in spec.children) == 1, spec.path


def test_paths_and_groups_of_the_receipt() -> None:
    receipt = load_schema("receipt")
    assert receipt.group_of("items.sub_items.description") == "items.sub_items"
    assert receipt.group_of("items.sub_items") == "items"
    assert receipt.group_of("total") is None
    assert receipt.is_single("total")
    assert not receipt.is_single("items.description")
    assert load_schema("cord").group_of("total.total_price") is None


def test_an_unknown_type_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownDocumentTypeError, match=r"'ticket'.*receipt"):
        load_schema("ticket")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name: x\ndescription: y\nfields: {a: {}}", "field a"),
        ("name: x\ndescription: y\nfields: {a: {type: colour}}", "colour|type"),
        ("name: x\ndescription: y\nfields: {a: {type: text, size: 3}}", "size"),
        ("name: [", "schema"),
    ],
)
def test_a_broken_schema_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(SetupError, match=complaint):
        read_schema(path)


def test_an_invoice_is_assembled_with_typed_values() -> None:
    paper = page("INVOICE 1724", "March 2, 1981", "2 Clay pots 5.00 10.00", "TOTAL €10.00")
    graph = FieldGraph(
        (
            Entity("invoice_id", (1,), 0.9),
            Entity("invoice_date", (2, 3, 4), 0.9),
            Entity("items.description", (6, 7), 0.9),
            Entity("items.quantity", (5,), 0.9, parent=2),
            Entity("items.unit_price", (8,), 0.9, parent=2),
            Entity("items.amount", (9,), 0.9, parent=2),
            Entity("invoice_total", (11,), 0.9),
        )
    )
    fields, issues = assemble(graph, [paper], load_schema("invoice"))
    assert {name: _values(node) for name, node in fields.items()} == {
        "invoice_id": "1724",
        "invoice_date": "1981-03-02",
        "invoice_total": ("10.00", "EUR"),
        "items": [
            {
                "description": "Clay pots",
                "quantity": 2,
                "unit_price": ("5.00", "EUR"),
                "amount": ("10.00", "EUR"),
            }
        ],
    }
    assert issues == []


def _values(node: FieldNode) -> object:
    """What a node holds, without texts and places."""
    if isinstance(node, list):
        return [_values(each) for each in node]
    if isinstance(node, GroupField):
        return {name: _values(each) for name, each in node.fields.items()}
    assert isinstance(node, LeafField)
    return (
        (node.value.amount, node.value.currency) if isinstance(node.value, Amount) else node.value
    )
