"""Pages of real forms without labels, gathered as VRDU (Wang et al., KDD 2023).

Layout: `*.jsonl.gz`, one JSON a line with `id, width, height, words[], boxes[]`; boxes are left,
top, right, bottom in thousandths of the page.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpora.document import LabelledDocument
from ocr.errors import CorruptFileError, SetupError
from ocr.types import Page, Quad, Word


class _PageEntry(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str
    width: float
    height: float
    words: list[str]
    boxes: list[tuple[float, float, float, float]]


def read_documents(root: Path) -> Iterator[LabelledDocument]:
    """All pages, each as a document of which nothing is known, in the files' order.

    Raises:
        SetupError: there are no such files.
        CorruptFileError: a line does not have the form above; the message names it.
    """
    paths = sorted(root.glob("*.jsonl.gz"))
    if not paths:
        raise SetupError(f"no pages (*.jsonl.gz) in {root}")
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                yield _document(line, f"{path.name}, line {number}")


def _document(line: str, place: str) -> LabelledDocument:
    try:
        entry = _PageEntry.model_validate(json.loads(line))
    except (ValidationError, json.JSONDecodeError) as error:
        raise CorruptFileError(f"{place}: no page of words: {error}") from error
    if len(entry.words) != len(entry.boxes):
        raise CorruptFileError(f"{place}: {len(entry.words)} words, but {len(entry.boxes)} boxes")
    x, y = entry.width / 1000, entry.height / 1000
    words = tuple(
        Word(text, Quad.from_box((left * x, top * y, right * x, bottom * y)))
        for text, (left, top, right, bottom) in zip(entry.words, entry.boxes, strict=True)
    )
    page = Page(1, round(entry.width), round(entry.height), words, source="words")
    return LabelledDocument(entry.id, (page,), (), labelled=frozenset(), has_groups=False)
