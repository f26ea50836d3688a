"""Labelled documents as files of one's own: NAME.words.json with NAME.truth.json beside it.

`docspade synthesise` writes them, and a user's corrected documents have the same form: `entities`
name a field's path in the schema and its words, `links` go from the head of a group to its other
fields, by places in `entities`. Every field of the schema counts as labelled but those whose paths
`unlabelled` lists: these may stand in the document without being among its entities.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from corpora.document import LabelledDocument, LabelledEntity
from layout.schema import DocumentSchema, load_schema
from ocr.errors import CorruptFileError, SetupError
from ocr.limits import Limits
from ocr.types import Page
from ocr.words_file import WordsFile

WORDS, TRUTH = ".words.json", ".truth.json"


class _Entity(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    label: str
    word_ids: tuple[int, ...]


class _Truth(BaseModel):
    """The part of a truth that training needs."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    entities: tuple[_Entity, ...]
    links: tuple[tuple[int, int], ...] = ()
    fields: dict[str, JsonValue] = {}
    unlabelled: frozenset[str] = frozenset()


def read_labelled(folder: Path, type_name: str) -> Iterator[LabelledDocument]:
    """The labelled documents of a folder, by name.

    Args:
        folder: with the files.
        type_name: of all of them, a schema's name.

    Raises:
        SetupError: there are none.
        CorruptFileError: a file is missing, or does not have its form.
    """
    schema = load_schema(type_name)
    truths = sorted(folder.glob(f"*{TRUTH}"))
    if not truths:
        raise SetupError(f"{folder}: no NAME{TRUTH}")
    for path in truths:
        yield _read(path, schema)


def _read(path: Path, schema: DocumentSchema) -> LabelledDocument:
    stem = path.name.removesuffix(TRUTH)
    pages = _pages(path.with_name(f"{stem}{WORDS}"))
    try:
        truth = _Truth.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError) as error:
        raise CorruptFileError(f"{path.name}: not a truth with entities: {error}") from error
    n_words = sum(len(page.words) for page in pages)
    _check(path.name, truth, schema, n_words)
    parents: dict[int, list[int]] = {}
    for above, below in truth.links:
        parents.setdefault(below, []).append(above)
    entities = [
        LabelledEntity(
            f"{schema.name}.{entity.label}",
            entity.word_ids,
            *_first_and_others(parents.get(place, [])),
        )
        for place, entity in enumerate(truth.entities)
    ]
    return LabelledDocument(
        id=stem,
        pages=pages,
        entities=tuple(entities),
        labelled=frozenset(schema.labels) - {f"{schema.name}.{path}" for path in truth.unlabelled},
        has_groups=True,
        key_word_ids=frozenset(),
        truth=truth.fields,
    )


def _pages(path: Path) -> tuple[Page, ...]:
    if not path.is_file():
        raise CorruptFileError(f"{path.name}: missing beside its truth")
    source = WordsFile(path.read_bytes(), Limits())
    loaded = [source.load(index) for index in range(source.n_pages)]
    return tuple(
        Page(number, page.width, page.height, page.words or (), source="words")
        for number, page in enumerate(loaded, start=1)
    )


def _check(name: str, truth: _Truth, schema: DocumentSchema, n_words: int) -> None:
    leaves = {leaf.path for leaf in schema.leaves}
    for entity in truth.entities:
        if entity.label not in leaves:
            raise CorruptFileError(f"{name}: {schema.name} has no field {entity.label!r}")
        if not entity.word_ids or not all(0 <= i < n_words for i in entity.word_ids):
            raise CorruptFileError(f"{name}: an entity of {entity.label} names words not there")
    if unknown := sorted(truth.unlabelled - leaves):
        raise CorruptFileError(f"{name}: {schema.name} has no field {unknown[0]!r}")
    places = range(len(truth.entities))
    if any(above not in places or below not in places for above, below in truth.links):
        raise CorruptFileError(f"{name}: a link names an entity that is not there")


def _first_and_others(parents: list[int]) -> tuple[int | None, tuple[int, ...]]:
    return (parents[0], tuple(parents[1:])) if parents else (None, ())
