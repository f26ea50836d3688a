"""CORD (v1, v2): Indonesian receipts with categories, groups and key words.

Layout: `{train,dev,test}/json/*.json` with `valid_line[]` of words, each line with its category
(`menu.nm`), `group_id` and `sub_group_id`, and `gt_parse`, the fields as a tree (Park et al.,
CORD, NeurIPS 2019 workshop on Document Intelligence). A file without annotations still has words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpora.document import Json, LabelledDocument, LabelledEntity
from layout.schema import load_schema
from ocr.errors import CorruptFileError
from ocr.types import Page, Quad, Word


class _Corners(BaseModel):
    x1: float
    y1: float
    x2: float
    y2: float
    x3: float
    y3: float
    x4: float
    y4: float


class _Word(BaseModel):
    quad: _Corners
    is_key: int = 0
    text: str


class _Line(BaseModel):
    words: list[_Word]
    category: str = ""
    group_id: int = 0
    sub_group_id: int = 0


class _Size(BaseModel):
    width: int
    height: int


class _Meta(BaseModel):
    image_size: _Size


class _Receipt(BaseModel):
    model_config = ConfigDict(extra="ignore")
    gt_parse: dict[str, Json] = {}
    meta: _Meta
    valid_line: list[_Line]


def stems(root: Path, split: str) -> list[str]:
    """Names of a split's documents, sorted."""
    return sorted(path.stem for path in (root / split / "json").glob("*.json"))


def read_documents(root: Path, split: str) -> Iterator[LabelledDocument]:
    """All documents of a split, in name order."""
    return (read_document(root / split / "json" / f"{stem}.json") for stem in stems(root, split))


def read_document(path: Path) -> LabelledDocument:
    """One receipt with its entities (key words included), groups and key words.

    Raises:
        CorruptFileError: the file does not have CORD's form.
    """
    try:
        receipt = _Receipt.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, json.JSONDecodeError) as error:
        raise CorruptFileError(f"{path.name}: not a CORD receipt: {error}") from error
    words: list[Word] = []
    keys: set[int] = set()
    lines: list[tuple[_Line, tuple[int, ...]]] = []
    for line in receipt.valid_line:
        first = len(words)
        for word in line.words:
            if word.is_key:
                keys.add(len(words))
            words.append(Word(word.text, _quad(word.quad)))
        ids = tuple(i for i in range(first, len(words)) if words[i].text.strip())
        if ids:
            lines.append((line, ids))
    schema = load_schema("cord")
    known = [(line, ids) for line, ids in lines if line.category in schema.by_path]
    size = receipt.meta.image_size
    return LabelledDocument(
        id=path.stem,
        pages=(Page(1, size.width, size.height, tuple(words), source="words"),),
        entities=_with_parents(known),
        labelled=frozenset(schema.labels),
        has_groups=True,
        key_word_ids=frozenset(keys),
        truth=receipt.gt_parse,
    )


def _with_parents(lines: list[tuple[_Line, tuple[int, ...]]]) -> tuple[LabelledEntity, ...]:
    """Give each line of a repeated group its head: the group's name line, else its first line."""
    schema = load_schema("cord")
    heads: dict[tuple[str, int, int], int] = {}
    for index, (line, _) in enumerate(lines):
        group = schema.group_of(line.category)
        if group is None:
            continue
        sub = line.sub_group_id if group == "menu.sub" else -1
        key = (group, line.group_id, sub)
        if key not in heads or schema.by_path[line.category].head:
            current = heads.get(key)
            if current is None or not schema.by_path[lines[current][0].category].head:
                heads[key] = index
    entities = []
    for index, (line, ids) in enumerate(lines):
        group = schema.group_of(line.category)
        parent: int | None = None
        if group is not None:
            sub = line.sub_group_id if group == "menu.sub" else -1
            parent = heads[group, line.group_id, sub]
            if parent == index:
                outer = schema.group_of(group)
                parent = heads.get((outer, line.group_id, -1)) if outer else None
        entities.append(LabelledEntity(f"cord.{line.category}", ids, parent))
    return tuple(entities)


def _quad(corners: _Corners) -> Quad:
    return Quad(
        (
            (corners.x1, corners.y1),
            (corners.x2, corners.y2),
            (corners.x3, corners.y3),
            (corners.x4, corners.y4),
        )
    )
