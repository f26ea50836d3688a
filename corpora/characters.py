"""The form that FUNSD-r and CORD-r share: characters with boxes, entities as ids of characters.

Layout: `jsons/*.json` with `document[]` segments of characters, `label_entities[]` of character ids
and, where there are any, `label_linkings[]` of pairs of entity ids; `data.{train,val,test}.txt`
list a split's files in two columns, parted by a tab or a space (Zhang et al., EMNLP 2023). A file
without `label_entities` still has words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ocr.errors import CorruptFileError
from ocr.types import Page, Quad, Word

SPLIT_FILES = {"train": "data.train.txt", "dev": "data.val.txt", "test": "data.test.txt"}


class Character(BaseModel):
    """One character as the engine placed it; white space is one too."""

    id: int
    box: tuple[float, float, float, float]
    text: str


class _Segment(BaseModel):
    words: list[Character]


class CharacterEntity(BaseModel):
    """An entity: its label in the data set's own name and its characters in path order."""

    entity_id: int | None = None
    label: str
    word_idx: list[int]


class _Size(BaseModel):
    width: int
    height: int


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")
    img: _Size
    document: list[_Segment]
    label_entities: list[CharacterEntity] = []
    label_linkings: list[tuple[int, int]] = []


Cuts = Callable[[Sequence[Character], Sequence[Character]], Sequence[int]]
"""From a run of characters without white space, and the segment around it, to the places in the run
before which another word begins, ascending."""


@dataclass(frozen=True)
class CharacterPage:
    """A page made of words, and which of the file's characters each word holds.

    Attributes:
        page: with its words in the file's order.
        pieces: the characters of each word, white space left out.
        blank: ids of the characters that are white space.
        entities: as annotated, their white space left out; those of white space alone are gone.
        links: pairs of `entity_id`, (above, below), each once.
    """

    page: Page
    pieces: tuple[tuple[Character, ...], ...]
    blank: frozenset[int]
    entities: tuple[CharacterEntity, ...]
    links: tuple[tuple[int, int], ...]

    @property
    def characters(self) -> tuple[tuple[int, ...], ...]:
        """The characters' ids of each word."""
        return tuple(tuple(char.id for char in piece) for piece in self.pieces)

    @cached_property
    def word_of(self) -> dict[int, int]:
        """The word that holds each character."""
        return {char.id: index for index, piece in enumerate(self.pieces) for char in piece}


def listed_paths(listing: Path) -> list[Path]:
    """The JSON files that a split's list names, in its order."""
    lines = listing.read_text(encoding="utf-8").splitlines()
    return [listing.parent / line.split()[1] for line in lines if line.strip()]


def read_page(path: Path, cuts: Cuts | None = None) -> CharacterPage:
    """One file, its words parted at white space.

    Args:
        path: of the JSON file.
        cuts: parts words further, where the engine left out a space.

    Raises:
        CorruptFileError: the file does not have this form.
    """
    try:
        file = _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise CorruptFileError(f"{path.name}: not FUNSD-r's or CORD-r's form: {error}") from error
    pieces = [p for segment in file.document for p in _split(segment.words, cuts)]
    blank = frozenset(
        char.id for segment in file.document for char in segment.words if not char.text.strip()
    )
    inked = {char.id for piece in pieces for char in piece}
    return CharacterPage(
        page=Page(1, file.img.width, file.img.height, tuple(map(_word, pieces)), source="words"),
        pieces=tuple(map(tuple, pieces)),
        blank=blank,
        entities=tuple(
            entity.model_copy(update={"word_idx": held})
            for entity in file.label_entities
            if (held := [i for i in entity.word_idx if i in inked])
        ),
        links=tuple(dict.fromkeys(file.label_linkings)),
    )


def _split(segment: Sequence[Character], cuts: Cuts | None) -> list[list[Character]]:
    pieces: list[list[Character]] = []
    for is_inked, group in groupby(segment, key=lambda char: bool(char.text.strip())):
        if is_inked:
            run = list(group)
            inner = cuts(run, segment) if cuts else ()
            pieces += [run[start:end] for start, end in pairwise([0, *inner, len(run)])]
    return pieces


def _word(characters: Sequence[Character]) -> Word:
    lefts, tops, rights, bottoms = zip(*(char.box for char in characters), strict=True)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return Word("".join(char.text for char in characters), Quad.from_box(box))
