"""Real invoices of RVL-CDIP with annotations that come from another reading of the pages.

Layout: `{train,test}/{ocr_bounding_boxes,annotations}` with one XML and one JSON a stem (Chua &
Duffy, DeepCPCFG, ICDAR 2021, supplementary material): words with boxes, and the header's and the
line items' fields as texts without places. An empty field is not on the document, as far as its
annotator says, and is labelled as absent; a text that is not found leaves its field unknown.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final
from xml.etree import ElementTree as ET

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from corpora.document import Json, LabelledDocument, LabelledEntity
from corpora.invoice_header import find_header_text
from corpora.invoice_items import ITEM_FIELDS, FoundItem, find_items, find_number
from corpora.invoice_text import Layout
from corpora.splits import is_development, lookalike_groups, wording_of_each
from ocr.errors import CorruptFileError
from ocr.reading_order import find_lines
from ocr.types import Page, Quad, Word

SCHEMA: Final = "invoice"
WORDS_FOLDER: Final = "ocr_bounding_boxes"
TRUTH_FOLDER: Final = "annotations"
HEADER_FIELDS: Final = {
    "InvoiceNumber": "invoice_id",
    "IssuedDate": "invoice_date",
    "TotalAmount": "invoice_total",
}
MIN_SHARE_FOUND: Final = 0.9
"""Of the texts of an items' field in one document, from which on the field counts as labelled."""
MIN_LETTERS: Final = 4
"""Of a word that may tell a vendor or template."""
MAX_SHARING: Final = 40
"""Documents that a word may stand on to tell one: the largest group has about as many."""
MIN_RESEMBLANCE: Final = 0.2
"""Jaccard index of such words from which on two documents belong together."""


Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""A text of the annotation; null stands for none."""


class AnnotatedItem(BaseModel):
    """A line item as annotated; fields that the document does not have are empty."""

    model_config = ConfigDict(frozen=True)
    ItemDescription: Text = ""
    ItemTotal: Text = ""
    ItemUnitCount: Text = ""
    ItemUnitValue: Text = ""

    def texts(self) -> dict[str, str]:
        """The item's texts by the annotations' own names."""
        return {name: str(text) for name, text in self.model_dump().items()}


class AnnotatedInvoice(BaseModel):
    """An annotation file."""

    model_config = ConfigDict(frozen=True)
    InvoiceNumber: Text = ""
    IssuedDate: Text = ""
    TotalAmount: Text = ""
    items: tuple[AnnotatedItem, ...] = Field(default=(), alias="LineItem")

    def as_json(self) -> dict[str, Json]:
        """The annotation in the file's form, all names present."""
        written: dict[str, Json] = self.model_dump(mode="json", by_alias=True)
        return written


def stems(root: Path, split: str) -> list[str]:
    """Names of a split's documents, sorted."""
    return sorted(path.stem for path in (root / split / WORDS_FOLDER).glob("*.xml"))


def read_documents(root: Path, split: str) -> Iterator[LabelledDocument]:
    """All documents of a split, in name order."""
    return (read_document(root, split, stem) for stem in stems(root, split))


def read_document(root: Path, split: str, stem: str) -> LabelledDocument:
    """A document with its words, labelled with what can be found of its annotation.

    Raises:
        CorruptFileError: a file does not have the data set's form.
    """
    page = read_page(root, split, stem)
    truth = read_truth(root, split, stem)
    if truth is None:
        return LabelledDocument(stem, (page,), (), frozenset(), has_groups=True)
    return label_page(stem, page, truth)


def read_truth(root: Path, split: str, stem: str) -> AnnotatedInvoice | None:
    """A document's annotation; None where there is none.

    Raises:
        CorruptFileError: the file is no annotation.
    """
    path = root / split / TRUTH_FOLDER / f"{stem}.json"
    if not path.exists():
        return None
    try:
        return AnnotatedInvoice.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise CorruptFileError(f"{path.name}: no invoice annotation: {error}") from error


def read_page(root: Path, split: str, stem: str) -> Page:
    """A document's page with its words in the file's order.

    Raises:
        CorruptFileError: the file is not XML of words with boxes.
    """
    path = root / split / WORDS_FOLDER / f"{stem}.xml"
    return parse_page(path.read_bytes(), path.name)


def parse_page(data: bytes, name: str) -> Page:
    """The page of an XML file of words: `<doc><page width height><box l t r b>text</box>…`.

    Characters that XML wants escaped are taken as they are meant.

    Args:
        data: the file's bytes.
        name: of the file, for messages.

    Raises:
        CorruptFileError: the file is not XML of words with boxes, or it declares entities.
    """
    text = data.decode("utf-8-sig", errors="replace")
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise CorruptFileError(f"{name}: declares a document type or entities")
    try:
        tree = ET.fromstring(text)  # noqa: S314 without a document type nothing can be expanded
    except ET.ParseError:
        tree = _mended(text, name)
    page = tree.find("page")
    if page is None:
        raise CorruptFileError(f"{name}: holds no page")
    try:
        words = tuple(_word(box) for box in page.iter("box"))
        width, height = (_number(page.get(key)) for key in ("width", "height"))
    except ValueError as error:
        raise CorruptFileError(f"{name}: {error}") from error
    return Page(1, max(round(width), 1), max(round(height), 1), words, source="words")


def _mended(text: str, name: str) -> ET.Element:
    """The tree of a file in which characters of words were not escaped."""
    text = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    text = re.sub(r"(<box\b[^<>]*>)([^\n]*?)(</box>)", _escaped, text)
    try:
        return ET.fromstring(text)  # noqa: S314 as above
    except ET.ParseError as error:
        raise CorruptFileError(f"{name}: no XML: {error}") from error


def _escaped(match: re.Match[str]) -> str:
    """A `box` element with its text's characters escaped that were not."""
    start, inner, end = match.groups()
    inner = re.sub(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)", "&amp;", inner)
    return start + inner.replace("<", "&lt;") + end


def _word(box: ET.Element) -> Word:
    left, top, right, bottom = (_number(box.get(key)) for key in "ltrb")
    return Word("".join(box.itertext()).strip(), Quad.from_box((left, top, right, bottom)))


def _number(text: str | None) -> float:
    """A finite number.

    Raises:
        ValueError: there is none.
    """
    value = float(text) if text is not None else math.nan
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is no coordinate")
    return value


def label_page(stem: str, page: Page, truth: AnnotatedInvoice) -> LabelledDocument:
    """Label a page's words, the data set's or read by OCR, by finding the annotation's texts.

    A header field's text that stands in several places gives alternatives; places inside line
    items are taken only where there is no other, and a total that stands nowhere else stays
    unknown: a word has one meaning. Of the items, a field counts as labelled when nearly all of
    its texts were found.
    """
    words = [i for i, word in enumerate(page.words) if word.text]
    layout = Layout.of(page.words, _lines(page, words)) if words else None
    texts = [item.texts() for item in truth.items]
    found = find_items(texts, layout) if layout else [FoundItem() for _ in texts]
    entities: list[LabelledEntity] = []
    labelled: set[str] = set()
    used = {i for item in found for ids in item.fields.values() for i in ids}
    for key, path in HEADER_FIELDS.items():
        text = getattr(truth, key).strip()
        places = _header_places(key, text, layout, used) if layout and text else []
        entities += [LabelledEntity(f"{SCHEMA}.{path}", ids) for ids in places]
        if places or not text:
            labelled.add(f"{SCHEMA}.{path}")
    for item in found:
        entities += _item_entities(item, first=len(entities))
    for key, name in ITEM_FIELDS.items():
        known = [item for item, text in zip(found, texts, strict=True) if text[key].strip()]
        n_found = sum(name in item.fields for item in known)
        if n_found >= MIN_SHARE_FOUND * len(known):
            labelled.add(f"{SCHEMA}.items.{name}")
    return LabelledDocument(
        id=stem,
        pages=(page,),
        entities=tuple(entities),
        labelled=frozenset(labelled),
        has_groups=True,
        truth=truth.as_json(),
    )


def _lines(page: Page, words: Sequence[int]) -> list[tuple[int, ...]]:
    lines = find_lines([page.words[i].quad for i in words])
    return [tuple(words[i] for i in line) for line in lines]


def _header_places(key: str, text: str, layout: Layout, used: set[int]) -> list[tuple[int, ...]]:
    """The places of a header field's text; those inside items only if there is no other."""
    if key == "TotalAmount":
        places = find_number(text, layout)
        return [ids for ids in places if not used.intersection(ids)]
    places = find_header_text(text, layout)
    return [ids for ids in places if not used.intersection(ids)] or places


def _item_entities(item: FoundItem, *, first: int) -> list[LabelledEntity]:
    """An item's entities: the description first, or what stands for it, and its children."""
    names = [
        name for name in ("description", "amount", "quantity", "unit_price") if name in item.fields
    ]
    return [
        LabelledEntity(f"{SCHEMA}.items.{name}", item.fields[name], None if n == 0 else first)
        for n, name in enumerate(names)
    ]


def document_groups(root: Path, split: str = "train") -> dict[str, str]:
    """The vendor or template that each document comes from, told by its wording.

    Words that stand on one document alone (names, misreadings) or on very many (INVOICE, TOTAL)
    tell no template and are left out. Looked at pair by pair, documents that share a fifth of
    their other words are nearly always one vendor's.

    Returns:
        The group's name (its first document) by document name.
    """
    names = stems(root, split)
    wording = wording_of_each(names, lambda stem: _wording(read_page(root, split, stem)))
    counts = Counter(word for words in wording.values() for word in words)
    telling = {word for word, n in counts.items() if 2 <= n <= MAX_SHARING}
    shared = {stem: telling.intersection(words) for stem, words in wording.items()}
    return lookalike_groups(shared, min_resemblance=MIN_RESEMBLANCE)


def _wording(page: Page) -> frozenset[str]:
    letters = ("".join(filter(str.isalpha, word.text.upper())) for word in page.words)
    return frozenset(word for word in letters if len(word) >= MIN_LETTERS)


def development_stems(root: Path) -> frozenset[str]:
    """Names of the training documents that are held out for development."""
    groups = document_groups(root)
    return frozenset(stem for stem, group in groups.items() if is_development(group))
