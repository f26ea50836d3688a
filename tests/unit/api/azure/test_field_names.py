"""The table of names covers the schemas: no field can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from api.azure.field_names import FIELDS, AzureField, AzureGroup, AzureLeaf
from layout.person_names import NAME_PARTS
from layout.schema import FieldSpec, ValueType, load_schema

DOCUMENT = Path(__file__).parents[4] / "docs" / "azure.md"
FITTING: Mapping[ValueType, set[str]] = {
    "amount": {"currency"},
    "date": {"date"},
    "time": {"time"},
    "phone": {"phoneNumber"},
    "address": {"address"},
    "quantity": {"number"},
    "percentage": {"number", "string"},
}


def check(specs: tuple[FieldSpec, ...], names: Mapping[str, AzureField]) -> None:
    assert [spec.name for spec in specs] == list(names)
    for spec in specs:
        name = names[spec.name]
        if name is None:
            continue
        if spec.value_type == "person":
            assert isinstance(name, AzureGroup)
            assert tuple(name.fields) == NAME_PARTS
        elif spec.value_type is None:
            assert isinstance(name, AzureGroup)
            assert spec.repeated
            check(spec.children, name.fields)
        else:
            assert isinstance(name, AzureLeaf)
            assert name.value_type in FITTING.get(spec.value_type, {"string"}), spec.path


@pytest.mark.parametrize("schema_name", sorted(FIELDS))
def test_every_field_of_the_schema_has_a_name_or_is_said_to_have_none(schema_name: str) -> None:
    check(load_schema(schema_name).fields, FIELDS[schema_name])


@pytest.mark.parametrize("schema_name", sorted(FIELDS))
def test_no_name_stands_for_two_fields(schema_name: str) -> None:
    def names(fields: Mapping[str, AzureField]) -> list[str]:
        return [field.name for field in fields.values() if field is not None]

    groups = [g.fields for g in FIELDS[schema_name].values() if isinstance(g, AzureGroup)]
    for found in (names(FIELDS[schema_name]), *(names(fields) for fields in groups)):
        assert len(found) == len(set(found))


def rows(fields: Mapping[str, AzureField], path: str = "", azure: str = "") -> set[str]:
    lines: set[str] = set()
    for key, field in fields.items():
        if field is None:
            lines.add(f"| `{path}{key}` | none | |")
            continue
        kind = field.value_type if isinstance(field, AzureLeaf) else "array of object"
        lines.add(f"| `{path}{key}` | `{azure}{field.name}` | {kind} |")
        if isinstance(field, AzureGroup):
            lines |= rows(field.fields, f"{path}{key}.", f"{azure}{field.name}.*.")
    return lines


@pytest.mark.parametrize("schema_name", sorted(FIELDS))
def test_the_document_has_the_same_table(schema_name: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text.partition(f"### `{schema_name}`\n")[2].partition("\n#")[0]
    found = {line for line in table.splitlines() if line.startswith("| `")}
    repeated = {spec.name for spec in load_schema(schema_name).fields if spec.repeated}
    expected = set()
    for line in rows(FIELDS[schema_name]):
        key = line.split("`")[1]
        is_list = key in repeated and "array" not in line and "none" not in line
        head, _, kind = line.removesuffix(" |").rpartition("| ")
        expected.add(f"{head}| array of {kind} |" if is_list else line)
    assert found == expected
