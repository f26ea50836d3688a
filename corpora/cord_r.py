"""CORD-r: CORD's receipts with an OCR engine's text, order and boxes (Zhang et al., EMNLP 2023).

Layout: `jsons/*.json` with `document[]` segments of characters and `label_entities[]` of character
ids; `data.{train,val,test}.txt` list a split's files in two columns, parted by a tab or a space.
Entities keep their key words; groups are not annotated. A file without `label_entities` still has
words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpora.characters import SPLIT_FILES, Character, listed_paths, read_page
from corpora.document import LabelledDocument, LabelledEntity
from corpora.unread_spaces import SolidText, cuts, relative_widths
from layout.schema import load_schema


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
    return listed_paths(root / SPLIT_FILES[split])


def read_documents(root: Path, split: str) -> Iterator[CordRDocument]:
    """All documents of a split."""
    return (read_document(path) for path in paths(root, split))


def read_document(path: Path) -> CordRDocument:
    """One receipt.

    Raises:
        CorruptFileError: the file does not have CORD-r's form.
    """
    read = read_page(path, _cuts)
    truth = tuple((entity.label, tuple(entity.word_idx)) for entity in read.entities)
    schema = load_schema("cord")
    document = LabelledDocument(
        id=path.stem,
        pages=(read.page,),
        entities=_word_entities(truth, read.word_of, frozenset(schema.by_path)),
        labelled=frozenset(schema.labels),
        has_groups=False,
    )
    return CordRDocument(document, read.characters, truth, read.blank)


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


def _cuts(run: Sequence[Character], segment: Sequence[Character]) -> list[int]:
    """Where the engine left out a space inside a run of characters."""
    inked = [char for char in segment if char.text.strip()]
    widths = relative_widths([char.box[2] - char.box[0] for char in inked])
    of_id = {char.id: width for char, width in zip(inked, widths, strict=True)}
    text = "".join(char.text.strip()[0] for char in run)
    return list(cuts(SolidText(text, tuple(of_id[char.id] for char in run))))
