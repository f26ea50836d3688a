"""FUNSD-r: FUNSD's forms with an OCR engine's text, order and boxes (Zhang et al., EMNLP 2023).

Layout: see `corpora.characters`; its links are FUNSD's. FUNSD's own terms hold: research and
education only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpora.characters import SPLIT_FILES, Character, listed_paths, read_page
from corpora.document import LabelledDocument
from corpora.funsd import PATHS, FormEntity, form_document, held_out_forms
from ocr.types import Page

_UNREAD = re.compile(
    r"(?<=[^\W\d_]:)(?=\w)"  # PERIOD:|May
    r"|(?<=[^\W\d_]{2})(?=\d)|(?<=\d)(?=[^\W\d_]{2})"  # Displays|840, 11/16|New
    r"|(?<=[a-z])(?=[A-Z])"  # Secton|PER
    r"|(?<=_)(?=[^_])|(?<=[^_])(?=_)"  # a rule to write on: Date|_|June
    r"|(?<=[^\W\d_]{2}[.\-])(?=\w)|(?<=\.\.)(?=[^.])"  # No.|1987, Method-|Check
    r"|(?<=\.\d\d)(?=\d)|(?<=\*)(?=\d)"  # 14.00|18.00
)


@dataclass(frozen=True)
class FunsdRDocument:
    """A form and how its words are made of the file's characters.

    Attributes:
        document: with words, split at white space and where the engine left a space out.
        characters: the characters' ids of each word, white space left out.
        entities: the true entities, (label, character ids without white space).
        links: pairs of places in `entities`, (above, below).
        blank: the ids of characters that are white space.
    """

    document: LabelledDocument
    characters: tuple[tuple[int, ...], ...]
    entities: tuple[tuple[str, tuple[int, ...]], ...]
    links: tuple[tuple[int, int], ...]
    blank: frozenset[int]


def listing(root: Path, split: str) -> Path:
    """The file that lists a split's forms; `dev` is carved out of `train`."""
    return root / SPLIT_FILES["test" if split == "test" else "train"]


def paths(root: Path, split: str) -> list[Path]:
    """A split's JSON files, in the order of its list; `train` still holds `dev`'s."""
    return listed_paths(listing(root, split))


def read_documents(root: Path, split: str) -> Iterator[FunsdRDocument]:
    """All forms of a split's list."""
    return (read_document(path) for path in paths(root, split))


def read_document(path: Path) -> FunsdRDocument:
    """One form.

    Raises:
        CorruptFileError: the file does not have FUNSD-r's form.
    """
    read = read_page(path, _cuts)
    known = [entity for entity in read.entities if entity.label in PATHS]
    entities = tuple((entity.label, tuple(entity.word_idx)) for entity in known)
    place = {entity.entity_id: index for index, entity in enumerate(known)}
    links = tuple((place[a], place[b]) for a, b in read.links if a in place and b in place)
    return FunsdRDocument(
        document=_document(path.stem, read.page, entities, links, read.word_of),
        characters=read.characters,
        entities=entities,
        links=links,
        blank=read.blank,
    )


def development_stems(root: Path) -> frozenset[str]:
    """Names of the training forms that are held out: whole templates."""
    of_name = {path.stem: path for path in paths(root, "train")}
    return held_out_forms(of_name, lambda name: read_document(of_name[name]).document)


def unread_spaces(text: str) -> list[int]:
    """Positions before which a form's solid text is cut.

    Chosen on the training forms: a cut too many is mended by the path, one too few is not.
    """
    return [match.start() for match in _UNREAD.finditer(text)]


def _cuts(run: Sequence[Character], segment: Sequence[Character]) -> list[int]:  # noqa: ARG001
    return unread_spaces("".join(char.text.strip()[0] for char in run))


def _document(
    name: str,
    page: Page,
    entities: tuple[tuple[str, tuple[int, ...]], ...],
    links: tuple[tuple[int, int], ...],
    word_of: Mapping[int, int],
) -> LabelledDocument:
    """The form over words; a word that two entities share stays with the first one in the file."""
    taken: set[int] = set()
    kept: list[FormEntity] = []
    place: dict[int, int] = {}
    for index, (label, characters) in enumerate(entities):
        ids = tuple(i for i in dict.fromkeys(word_of[c] for c in characters) if i not in taken)
        if ids:
            taken.update(ids)
            place[index] = len(kept)
            kept.append(FormEntity(label, ids))
    pairs = [(place[a], place[b]) for a, b in links if a in place and b in place]
    return form_document(name, page, kept, pairs)
