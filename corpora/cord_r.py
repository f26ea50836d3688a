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
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpora.document import LabelledDocument, LabelledEntity
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
        document: with words, split at white space and between a number and a name set solid.
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
    """Words of a segment: at white space, and where two letters follow a number ("4SIAO")."""
    pieces: list[list[_Character]] = []
    is_open = False
    for index, char in enumerate(characters):
        if not char.text.strip():
            is_open = False
            continue
        following = "".join(c.text for c in characters[index : index + 2])
        is_solid_name = (
            is_open
            and len(following) == 2
            and following.isalpha()
            and pieces[-1][-1].text.isdigit()
            and all(c.text.isdigit() for c in pieces[-1])
        )
        if not is_open or is_solid_name:
            pieces.append([])
            is_open = True
        pieces[-1].append(char)
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
