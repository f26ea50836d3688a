"""Made-up documents as files: words, truth and picture, each written in one piece or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from corpora.document import Json, LabelledDocument
from layout.graph import UNKNOWN_TYPE
from ocr.words_file import words_json


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


def write_document(folder: Path, document: LabelledDocument, jpeg: bytes | None) -> Sequence[Path]:
    """Write NAME.words.json, NAME.truth.json and, with a picture, NAME.jpg.

    `corpora.labelled_files` reads words and truth back.

    Args:
        folder: that is there.
        document: its id is the files' name.
        jpeg: its picture.

    Returns:
        The files, the truth last.
    """
    contents = {".words.json": words_json(document.pages).encode()}
    if jpeg is not None:
        contents[".jpg"] = jpeg
    contents[".truth.json"] = truth_json(document).encode()
    paths = []
    for ending, data in contents.items():
        path = folder / f"{document.id}{ending}"
        write_whole(path, data)
        paths.append(path)
    return paths
