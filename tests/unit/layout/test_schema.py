"""Document schemas: the shipped ones hold together, broken ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from layout.schema import load_schema, read_schema, schema_names
from ocr.errors import SetupError, UnknownDocumentTypeError


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
