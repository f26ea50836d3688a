"""Made-up documents as files: words, truth and picture, each written in one piece or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from corpora.document import Json, LabelledDocument
from layout.graph import UNKNOWN_TYPE
from ocr.errors import CorruptFileError
from ocr.words_file import words_json

LABELS_ENDING = ".labels.json"
_DOCUMENT = TypeAdapter(LabelledDocument)


def truth_json(document: LabelledDocument) -> str:
    """A truth, one JSON object on one line, in the form of a benchmark's predictions.

    `type` is the document's, "unknown" for one of no known type.
    `fields` nests texts as the schema does; `entities` give label (path in the schema), text and
    word ids; `links` go from the head of a group to its other fields, by places in `entities`.
    """
    words = document.words
    entities: list[Json] = [
        {
            "label": entity.label.partition(".")[2],
            "text": " ".join(words[i].text for i in entity.word_ids),
            "word_ids": list(entity.word_ids),
        }
        for entity in document.entities
    ]
    links: list[Json] = [
        [above, place]
        for place, entity in enumerate(document.entities)
        for above in (entity.parent, *entity.other_parents)
        if above is not None
    ]
    truth: dict[str, Json] = {
        "id": document.id,
        "type": next((label.split(".", 1)[0] for label in document.labelled), UNKNOWN_TYPE),
        "fields": dict(document.truth),
        "entities": entities,
        "links": links,
    }
    return json.dumps(truth, ensure_ascii=False) + "\n"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also when the machine stops."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_document(
    folder: Path, document: LabelledDocument, jpeg: bytes | None, *, has_labels: bool = False
) -> Sequence[Path]:
    """Write NAME.words.json, NAME.truth.json and, with a picture, NAME.jpg.

    Args:
        folder: that is there.
        document: its id is the files' name.
        jpeg: its picture.
        has_labels: write NAME.labels.json as well, from which the document is read back.

    Returns:
        The files, the truth last.
    """
    contents = {".words.json": words_json(document.pages).encode()}
    if jpeg is not None:
        contents[".jpg"] = jpeg
    if has_labels:
        contents[LABELS_ENDING] = labels_json(document).encode()
    contents[".truth.json"] = truth_json(document).encode()
    paths = []
    for ending, data in contents.items():
        path = folder / f"{document.id}{ending}"
        write_whole(path, data)
        paths.append(path)
    return paths


def labels_json(document: LabelledDocument) -> str:
    """A labelled document, all of it, as one JSON object on one line; always the same text."""
    content = _DOCUMENT.dump_python(document, mode="json")
    for unordered in ("labelled", "key_word_ids"):
        if content[unordered] is not None:
            content[unordered] = sorted(content[unordered])
    return json.dumps(content, ensure_ascii=False) + "\n"


def read_labels(path: Path) -> LabelledDocument:
    """The document that a NAME.labels.json was written from.

    Raises:
        CorruptFileError: the file does not hold one, or its entities name words or entities that
            are not there.
    """
    try:
        document = _DOCUMENT.validate_json(path.read_bytes())
    except ValidationError as error:
        raise CorruptFileError(f"{path.name}: no labelled document: {error}") from error
    n_words, n_entities = len(document.words), len(document.entities)
    for entity in document.entities:
        heads = entity.other_parents if entity.parent is None else (
            entity.parent, *entity.other_parents,
        )  # fmt: skip
        if not all(0 <= i < n_words for i in entity.word_ids):
            raise CorruptFileError(f"{path.name}: {entity.label} has words that are not there")
        if not all(0 <= i < n_entities for i in heads):
            raise CorruptFileError(f"{path.name}: {entity.label} has a head that is not there")
    return document


def read_folder(folder: Path) -> Iterator[LabelledDocument]:
    """The documents of all NAME.labels.json in a folder, by name.

    Raises:
        CorruptFileError: one of the files does not hold a labelled document.
    """
    for path in sorted(folder.glob(f"*{LABELS_ENDING}")):
        yield read_labels(path)
