"""Documents of one's own whose fields are known, and what a reading of them gets right.

A folder holds pictures, PDFs or words files. What stands on them is told either by one
`truth.json` ({file: {"type": …, field: text or list or groups}}) or by a NAME.truth.json beside
each, as `docspade synthesise` writes it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from benchmarks.answers import Answer
from benchmarks.counts import CategoryCounts
from benchmarks.trees import count_grouped_fields
from layout.result import DocumentResult, FieldNode, GroupField
from layout.schema import DocumentSchema, ValueType, load_schema
from layout.values import own_text
from ocr.errors import CorruptFileError, SetupError

TRUTH, TRUTH_SUFFIX = "truth.json", ".truth.json"
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".pdf")
WORDS_SUFFIX = ".words.json"

Form = TypeVar("Form")

_TREE: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
_TREES: TypeAdapter[dict[str, dict[str, JsonValue]]] = TypeAdapter(dict[str, dict[str, JsonValue]])


@dataclass(frozen=True)
class KnownDocument:
    """A file, its type (None where the truth does not tell) and the texts of its fields."""

    path: Path
    type_name: str | None
    fields: Mapping[str, JsonValue]


def read_known(folder: Path, *, type_name: str | None = None) -> list[KnownDocument]:
    """The documents of a folder that a truth stands beside, by name.

    Args:
        folder: with the files.
        type_name: of all documents whose truth names none.

    Raises:
        SetupError: nothing in the folder has a truth.
        CorruptFileError: a truth is not of its form, or its file is missing.
    """
    if (folder / TRUTH).is_file():
        truths = _parse(_TREES, folder / TRUTH)
        found = [_known(folder / name, dict(truth), type_name) for name, truth in truths.items()]
    else:
        found = []
        for path in sorted(folder.glob(f"*{TRUTH_SUFFIX}")):
            truth = _parse(_TREE, path)
            fields = truth.get("fields", truth)
            if not isinstance(fields, dict):
                raise CorruptFileError(f"{path.name}: fields is no object")
            named = {"type": truth["type"]} if "type" in truth else {}
            found.append(_known(_document_of(path), {**fields, **named}, type_name))
    if not found:
        raise SetupError(f"{folder}: neither {TRUTH} nor any NAME{TRUTH_SUFFIX}")
    return sorted(found, key=lambda document: document.path.name)


def _parse(form: TypeAdapter[Form], path: Path) -> Form:
    try:
        return form.validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError) as error:
        raise CorruptFileError(f"{path.name}: not a truth: {error}") from error


def _document_of(truth: Path) -> Path:
    stem = truth.name.removesuffix(TRUTH_SUFFIX)
    names = [f"{stem}{suffix}" for suffix in (*PICTURE_SUFFIXES, WORDS_SUFFIX)]
    found = next((truth.with_name(name) for name in names if truth.with_name(name).exists()), None)
    if found is None:
        raise CorruptFileError(f"{truth.name}: no document beside it")
    return found


def _known(path: Path, fields: dict[str, JsonValue], default: str | None) -> KnownDocument:
    if not path.is_file():
        raise CorruptFileError(f"{path}: a truth names it, but it is not there")
    named = fields.pop("type", None)
    return KnownDocument(path, str(named) if named else default, fields)


def compare_fields(result: DocumentResult, known: KnownDocument, type_name: str) -> CategoryCounts:
    """Count the fields that are right, by path, groups optimally paired.

    Two texts agree if they say the same to a reader: case, width, spaces and marks around them
    aside; of amounts, counts and phones only the digits count; dates without the day of the week,
    addresses of the web without http.
    Fields that the truth does not speak of are not counted.
    """
    schema = load_schema(type_name)
    ours = _folded_tree(_texts(result.fields), schema, "")
    theirs = _folded_tree(known.fields, schema, "")
    spoken_of = {path for path, _ in _walk(theirs, "")}
    return count_grouped_fields(
        Answer(id=result.id, fields=_only(ours, spoken_of, "")),
        Answer(id=result.id, fields=theirs),
    )


def _texts(fields: Mapping[str, FieldNode]) -> dict[str, JsonValue]:
    """A result's tree with each leaf's text, each name's group as the name."""
    return {name: _text_of(node) for name, node in fields.items()}


def _text_of(node: FieldNode) -> JsonValue:
    if isinstance(node, list):
        return [_text_of(each) for each in node]
    if isinstance(node, GroupField) and not set(node.fields) <= {"first_name", "last_name"}:
        return _texts(node.fields)
    return node.text


def _folded_tree(
    tree: Mapping[str, JsonValue], schema: DocumentSchema, prefix: str
) -> dict[str, JsonValue]:
    return {name: _folded(value, schema, f"{prefix}{name}") for name, value in tree.items()}


def _folded(value: JsonValue, schema: DocumentSchema, path: str) -> JsonValue:
    if isinstance(value, list):
        return [_folded(each, schema, path) for each in value]
    if isinstance(value, dict):
        return dict(_folded_tree(value, schema, f"{path}."))
    spec = schema.by_path.get(path)
    return fold(str(value), None if spec is None else spec.value_type)


def fold(text: str, value_type: ValueType | None) -> str:
    """What of a text is compared."""
    composed = unicodedata.normalize("NFKC", text).casefold().replace("×", "x")  # noqa: RUF001
    if value_type == "date":
        composed = own_text(composed, value_type)
    if value_type in ("amount", "quantity", "phone", "percentage"):
        digits = re.sub(r"\D", "", composed)
        return re.sub(r"^0+(?=\d)", "", digits) if value_type != "phone" else digits
    if value_type == "website":
        composed = re.sub(r"^https?://|/+$", "", composed)
    return re.sub(r"[\W_]+", "", composed) if value_type != "email" else re.sub(r"\s", "", composed)


def _walk(tree: Mapping[str, JsonValue], prefix: str) -> list[tuple[str, JsonValue]]:
    found: list[tuple[str, JsonValue]] = []
    for name, value in tree.items():
        found.append((f"{prefix}{name}", value))
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                found += _walk(each, f"{prefix}{name}.")
    return found


def _only(tree: Mapping[str, JsonValue], paths: set[str], prefix: str) -> dict[str, JsonValue]:
    """The parts of a tree that a truth speaks of."""
    kept: dict[str, JsonValue] = {}
    for name, value in tree.items():
        path = f"{prefix}{name}"
        if path not in paths:
            continue
        if isinstance(value, list):
            kept[name] = [_only(v, paths, f"{path}.") if isinstance(v, dict) else v for v in value]
        else:
            kept[name] = _only(value, paths, f"{path}.") if isinstance(value, dict) else value
    return kept
