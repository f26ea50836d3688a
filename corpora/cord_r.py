"""CORD-r: CORD's receipts with an OCR engine's text, order and boxes (Zhang et al., EMNLP 2023).

Layout: `jsons/*.json` with `document[]` segments of characters and `label_entities[]` of character
ids; `data.{train,val,test}.txt` list a split's files in two columns, parted by a tab or a space.
Entities keep their key words; groups are not annotated. A file without `label_entities` still has
words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpora.document import LabelledDocument, LabelledEntity
from corpora.unread_spaces import SolidText, cuts, relative_widths
from layout.schema import load_schema
from ocr.errors import CorruptFileError
from ocr.types import Page, Quad, Word

SPLIT_FILES = {"train": "data.train.txt", "dev": "data.val.txt", "test": "data.test.txt"}


class _Character(BaseModel):
    id: int
    box: tuple[float, float, float, float]
    text: str


class _Segment(BaseModel):
    words: list[_Character]


class _LabelEntity(BaseModel):
    label: str
    word_idx: list[int]


class _Size(BaseModel):
    width: int
    height: int


class _Receipt(BaseModel):
    model_config = ConfigDict(extra="ignore")
    img: _Size
    document: list[_Segment]
    label_entities: list[_LabelEntity] = []


@dataclass(frozen=True)
class CordRDocument:
    """A receipt and how its words are made of the file's characters.

    Attributes:
        document: with words, split at white space and where the engine left a space out.
        characters: the characters' ids of each word, white space left out.
        entities: the true entities, (label without schema, character ids without white space).
        blank: the ids of characters that are white space.
    """

    document: LabelledDocument
    characters: tuple[tuple[int, ...], ...]
    entities: tuple[tuple[str, tuple[int, ...]], ...]
    blank: frozenset[int]


def paths(root: Path, split: str) -> list[Path]:
    """A split's JSON files, in the order of its list."""
    listed = (root / SPLIT_FILES[split]).read_text(encoding="utf-8").splitlines()
    return [root / line.split()[1] for line in listed if line.strip()]


def read_documents(root: Path, split: str) -> Iterator[CordRDocument]:
    """All documents of a split."""
    return (read_document(path) for path in paths(root, split))


def read_document(path: Path) -> CordRDocument:
    """One receipt.

    Raises:
        CorruptFileError: the file does not have CORD-r's form.
    """
    try:
        receipt = _Receipt.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, json.JSONDecodeError) as error:
        raise CorruptFileError(f"{path.name}: not a CORD-r receipt: {error}") from error
    pieces = [piece for segment in receipt.document for piece in _split(segment.words)]
    word_of = {char.id: index for index, piece in enumerate(pieces) for char in piece}
    words = tuple(_word(piece) for piece in pieces)
    truth = tuple(
        (entity.label, tuple(i for i in entity.word_idx if i in word_of))
        for entity in receipt.label_entities
    )
    schema = load_schema("cord")
    document = LabelledDocument(
        id=path.stem,
        pages=(Page(1, receipt.img.width, receipt.img.height, words, source="words"),),
        entities=_word_entities(truth, word_of, frozenset(schema.by_path)),
        labelled=frozenset(schema.labels),
        has_groups=False,
    )
    return CordRDocument(
        document=document,
        characters=tuple(tuple(char.id for char in piece) for piece in pieces),
        entities=tuple((label, ids) for label, ids in truth if ids),
        blank=frozenset(char.id for segment in receipt.document for char in segment.words)
        - word_of.keys(),
    )


def _word_entities(
    truth: tuple[tuple[str, tuple[int, ...]], ...],
    word_of: Mapping[int, int],
    labels: frozenset[str],
) -> tuple[LabelledEntity, ...]:
    """Entities over words; a word shared by two entities stays with the first one in the file."""
    taken: set[int] = set()
    entities = []
    for label, characters in truth:
        ids = tuple(i for i in dict.fromkeys(word_of[c] for c in characters) if i not in taken)
        if ids and label in labels:
            taken.update(ids)
            entities.append(LabelledEntity(f"cord.{label}", ids))
    return tuple(entities)


def _split(characters: list[_Character]) -> list[list[_Character]]:
    """Words of a segment: at white space, and where the engine left out a space."""
    inked = [char for char in characters if char.text.strip()]
    widths = dict(
        zip(
            (char.id for char in inked),
            relative_widths([char.box[2] - char.box[0] for char in inked]),
            strict=True,
        )
    )
    pieces: list[list[_Character]] = []
    for is_inked, group in groupby(characters, key=lambda char: bool(char.text.strip())):
        if not is_inked:
            continue
        run = list(group)
        solid = SolidText(
            "".join(char.text.strip()[0] for char in run), tuple(widths[char.id] for char in run)
        )
        ends = [0, *cuts(solid), len(run)]
        pieces += [run[start:end] for start, end in pairwise(ends)]
    return pieces


def _word(characters: list[_Character]) -> Word:
    boxes = [char.box for char in characters]
    box = (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
    return Word("".join(char.text for char in characters), Quad.from_box(box))
