"""CORD (v1, v2): Indonesian receipts with categories, groups and key words.

Layout: `{train,dev,test}/json/*.json` with `valid_line[]` of words, each line with its category
(`menu.nm`), `group_id` and `sub_group_id`, and `gt_parse`, the fields as a tree (Park et al.,
CORD, NeurIPS 2019 workshop on Document Intelligence). A file without annotations still has words.

v1 has no `sub_group_id`, its first release no `gt_parse` either, and it writes `menu.sub_nm` where
v2 has `menu.sub.nm`; both are read, in v2's terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpora.document import Json, LabelledDocument, LabelledEntity
from layout.schema import load_schema
from ocr.errors import CorruptFileError
from ocr.types import Page, Quad, Word

SECTION_NAMES = {"subtotal": "sub_total", "voidmenu": "void_menu"}
"""From sections' names in the data set's table of categories to those in its files."""


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
    row_id: int | None = None
    text: str


class _Line(BaseModel):
    words: list[_Word]
    category: str = ""
    group_id: int = 0
    sub_group_id: int | None = None


Lines = list[tuple[_Line, tuple[int, ...]]]
"""Annotated lines with the ids of their words."""


class _Size(BaseModel):
    width: int
    height: int


class _Meta(BaseModel):
    image_size: _Size


class _Receipt(BaseModel):
    model_config = ConfigDict(extra="ignore")
    gt_parse: dict[str, Json] | None = None
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
    lines: Lines = []
    for line in receipt.valid_line:
        first = len(words)
        for word in line.words:
            if word.is_key:
                keys.add(len(words))
            words.append(Word(word.text, _quad(word.quad)))
        ids = tuple(i for i in range(first, len(words)) if words[i].text.strip())
        if ids:
            category = category_in_v2(line.category)
            lines.append((line.model_copy(update={"category": category}), ids))
    schema = load_schema("cord")
    known = [(line, ids) for line, ids in lines if line.category in schema.by_path]
    size = receipt.meta.image_size
    return LabelledDocument(
        id=path.stem,
        pages=(Page(1, size.width, size.height, tuple(words), source="words"),),
        entities=_with_parents(_with_sub_groups(known)),
        labelled=frozenset(schema.labels),
        has_groups=True,
        key_word_ids=frozenset(keys),
        truth=tree_in_v2(receipt.gt_parse or {}),
    )


def category_in_v2(category: str) -> str:
    """A category as v2's files write it: `menu.sub.nm` for `menu.sub_nm`, `sub_total.etc`."""
    section, _, name = category.partition(".")
    section = SECTION_NAMES.get(section, section)
    if section == "menu" and name.startswith("sub_"):
        name = f"sub.{name.removeprefix('sub_')}"
    return f"{section}.{name}" if name else section


def tree_in_v2(tree: Mapping[str, Json]) -> dict[str, Json]:
    """A gt_parse in which a menu line's `sub_nm` and its like stand under `sub`, as in v2."""
    return {
        SECTION_NAMES.get(name, name): _menu_in_v2(child) if name == "menu" else child
        for name, child in tree.items()
    }


def _menu_in_v2(menu: Json) -> Json:
    if isinstance(menu, list):
        return [_menu_in_v2(line) for line in menu]
    if not isinstance(menu, dict) or "sub" in menu:
        return menu
    subs = {name.removeprefix("sub_"): v for name, v in menu.items() if name.startswith("sub_")}
    own = {name: value for name, value in menu.items() if not name.startswith("sub_")}
    return {**own, "sub": subs} if subs else own


def _with_sub_groups(lines: Lines) -> Lines:
    """Number v1's sub-items, whose groups v2 annotates: each name opens one.

    The other fields of sub-items go to the name on their row, else to the one before them.
    """
    groups: dict[int, list[int]] = {}
    for index, (line, _) in enumerate(lines):
        if line.category.startswith("menu.sub.") and line.sub_group_id is None:
            groups.setdefault(line.group_id, []).append(index)
    numbers: dict[int, int] = {}
    for members in groups.values():
        names = [i for i in members if lines[i][0].category == "menu.sub.nm"] or members[:1]
        for index in members:
            beside = [i for i in names if _rows(lines[i][0]) & _rows(lines[index][0])]
            before = [i for i in names if i <= index]
            home = index if index in names else (beside or before[-1:] or names)[0]
            numbers[index] = names.index(home) + 1
    return [
        (line.model_copy(update={"sub_group_id": numbers.get(index, line.sub_group_id or 0)}), ids)
        for index, (line, ids) in enumerate(lines)
    ]


def _rows(line: _Line) -> set[int]:
    return {word.row_id for word in line.words if word.row_id is not None}


def _with_parents(lines: Lines) -> tuple[LabelledEntity, ...]:
    """Give each line of a repeated group its head: the group's name line, else its first line."""
    schema = load_schema("cord")
    heads: dict[tuple[str, int, int], int] = {}
    for index, (line, _) in enumerate(lines):
        group = schema.group_of(line.category)
        if group is None:
            continue
        key = (group, line.group_id, _sub_group(line, group))
        if key not in heads or schema.by_path[line.category].head:
            current = heads.get(key)
            if current is None or not schema.by_path[lines[current][0].category].head:
                heads[key] = index
    entities = []
    for index, (line, ids) in enumerate(lines):
        group = schema.group_of(line.category)
        parent: int | None = None
        if group is not None:
            parent = heads[group, line.group_id, _sub_group(line, group)]
            if parent == index:
                outer = schema.group_of(group)
                parent = heads.get((outer, line.group_id, -1)) if outer else None
        entities.append(LabelledEntity(f"cord.{line.category}", ids, parent))
    return tuple(entities)


def _sub_group(line: _Line, group: str) -> int:
    """What tells the groups of one menu line apart; -1 for the line itself."""
    return line.sub_group_id or 0 if group == "menu.sub" else -1


def _quad(corners: _Corners) -> Quad:
    return Quad(
        (
            (corners.x1, corners.y1),
            (corners.x2, corners.y2),
            (corners.x3, corners.y3),
            (corners.x4, corners.y4),
        )
    )
