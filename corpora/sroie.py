"""SROIE (ICDAR 2019, task 3): scanned receipts with line transcripts and four keys.

Layout: `{train,test}/{img,box,entities}` with one file a stem; pictures are not needed for gold
words, entities only for truth. Transcripts and keys are in upper case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpora.alignment import find_exact, find_similar
from corpora.document import Json, LabelledDocument, LabelledEntity
from corpora.transcribed_lines import LineText
from ocr.errors import CorruptFileError
from ocr.reading_order import reading_order
from ocr.types import Page, Quad, Word

KEYS = ("company", "date", "address", "total")
LABELS = {
    "company": ("sroie.company", "receipt.merchant_name"),
    "date": ("sroie.date", "receipt.transaction_date"),
    "address": ("sroie.address", "receipt.merchant_address"),
    "total": ("sroie.total", "receipt.total"),
}
MIN_SIMILARITY = {"company": 70.0, "date": 88.0, "address": 70.0, "total": 101.0}
"""How alike words must be to count as a key's text; a total is found exactly or not at all."""

PHONE = re.compile(r"^\+?\(?\d[\d\-() ]{6,14}\d$")
PHONE_KEY = re.compile(r"\b(TEL|PHONE|HP|H/P|TELEPHONE|CONTACT)\b", re.IGNORECASE)
CLOCK = re.compile(r"^\d{1,2}:\d{2}(:\d{2})?$")
REGISTRATION = re.compile(r"^\(?(?:CO\.?)?(?:REG\.?)?\d{4,9}-[A-Z]\)?$")


def stems(root: Path, split: str) -> list[str]:
    """Names of a split's documents, sorted."""
    return sorted(path.stem for path in (root / split / "box").glob("*.txt"))


def read_document(root: Path, split: str, stem: str) -> LabelledDocument:
    """A document with its gold words, labelled with what can be found of its keys.

    Raises:
        CorruptFileError: a line of the transcript does not have the form x1,y1,…,x4,y4,text.
    """
    words = [word for line in read_lines(root, split, stem) for word in _words(line)]
    width = int(max((word.quad.box[2] for word in words), default=0)) + 1
    height = int(max((word.quad.box[3] for word in words), default=0)) + 1
    page = Page(number=1, width=width, height=height, words=tuple(words), source="words")
    return label_pages(stem, (page,), read_truth(root, split, stem))


def read_documents(root: Path, split: str) -> Iterator[LabelledDocument]:
    """All documents of a split with gold words, in name order."""
    return (read_document(root, split, stem) for stem in stems(root, split))


def read_truth(root: Path, split: str, stem: str) -> dict[str, str]:
    """The keys of a document that have a text; empty where there is no entity file."""
    path = root / split / "entities" / f"{stem}.txt"
    if not path.exists():
        return {}
    entries = json.loads(_decode(path))
    return {key: entries[key].strip() for key in KEYS if entries.get(key, "").strip()}


def image_path(root: Path, split: str, stem: str) -> Path:
    """Where the picture of a document lies."""
    return root / split / "img" / f"{stem}.jpg"


def label_pages(stem: str, pages: tuple[Page, ...], truth: dict[str, str]) -> LabelledDocument:
    """Label words, gold or read by OCR, by finding the known keys among them.

    A key that is not found stays unlabelled. Phone, time and registration number are labelled by
    their form where they stand, and stay unlabelled elsewhere.
    """
    words = [word for page in pages for word in page.words]
    texts = [word.text for word in words]
    order = _document_order(pages)
    entities: list[LabelledEntity] = []
    labelled: set[str] = set()
    for key, text in truth.items():
        matches = find_exact(text, texts, order)
        if not matches:
            similar = find_similar(text, texts, order, min_score=MIN_SIMILARITY[key])
            matches = [similar] if similar else []
        if key in ("company", "address"):
            matches = matches[:1]
        for label in LABELS[key]:
            entities += [LabelledEntity(label, match.word_ids) for match in matches]
            if matches:
                labelled.add(label)
    by_form = _entities_by_form(texts, order)
    entities += by_form
    labelled.update(entity.label for entity in by_form)
    fields: dict[str, Json] = {**truth}
    return LabelledDocument(
        id=stem,
        pages=pages,
        entities=tuple(entities),
        labelled=frozenset(labelled),
        has_groups=False,
        truth=fields,
    )


def _entities_by_form(texts: Sequence[str], order: Sequence[int]) -> list[LabelledEntity]:
    """Phones behind a key word, clock times and company registration numbers."""
    found = []
    for position, i in enumerate(order):
        text = texts[i].strip(":.,")
        before = " ".join(texts[j] for j in order[max(0, position - 2) : position])
        if PHONE.match(text) and PHONE_KEY.search(before) and "FAX" not in before.upper():
            found.append(LabelledEntity("receipt.merchant_phone", (i,)))
        elif CLOCK.match(text):
            after = texts[order[position + 1]] if position + 1 < len(order) else ""
            ids = (i, order[position + 1]) if after.upper() in ("AM", "PM") else (i,)
            found.append(LabelledEntity("receipt.transaction_time", ids))
        elif REGISTRATION.match(text):
            found.append(LabelledEntity("receipt.merchant_registration_number", (i,)))
    return found


def _document_order(pages: Sequence[Page]) -> list[int]:
    order: list[int] = []
    for page in pages:
        first = len(order)
        order += [first + i for i in reading_order([word.quad for word in page.words])]
    return order


def _decode(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_lines(root: Path, split: str, stem: str) -> list[LineText]:
    """The transcribed lines of a document, in the file's order.

    Raises:
        CorruptFileError: a line of the transcript does not have the form x1,y1,…,x4,y4,text.
    """
    path = root / split / "box" / f"{stem}.txt"
    lines = []
    for number, line in enumerate(_decode(path).splitlines(), start=1):
        if not line.strip():
            continue
        parts = line.split(",", 8)
        try:
            x1, y1, x2, y2, x3, y3, x4, y4 = (float(part) for part in parts[:8])
            text = parts[8]
        except (ValueError, IndexError) as error:
            raise CorruptFileError(f"{path.name}, line {number}: not x1,y1,…,x4,y4,text") from error
        lines.append(LineText(text, Quad(((x1, y1), (x2, y2), (x3, y3), (x4, y4)))))
    return lines


def _words(line: LineText) -> list[Word]:
    return split_line(line.text, [number for corner in line.quad.corners for number in corner])


def split_line(text: str, corners: Sequence[float]) -> list[Word]:
    """The words of a transcribed line, its quad shared out by their numbers of characters.

    Args:
        text: of the line.
        corners: x1, y1, …, x4, y4 of the line in pixels, clockwise from the top left.
    """
    x1, y1, x2, y2, x3, y3, x4, y4 = corners
    words = []
    position = 0
    for token in text.split():
        position = text.index(token, position)
        start, stop = position / len(text), (position + len(token)) / len(text)
        position += len(token)
        quad = Quad(
            (
                (x1 + (x2 - x1) * start, y1 + (y2 - y1) * start),
                (x1 + (x2 - x1) * stop, y1 + (y2 - y1) * stop),
                (x4 + (x3 - x4) * stop, y4 + (y3 - y4) * stop),
                (x4 + (x3 - x4) * start, y4 + (y3 - y4) * start),
            )
        )
        words.append(Word(token, quad))
    return words
