"""FUNSD: scanned forms with headers, questions, answers and their links.

Layout: `dataset/{training,testing}_data/{annotations,images}` with `form[]` of `box, text, label,
words[], linking[], id` (Jaume et al., FUNSD, ICDAR-OST 2019). Its licence allows research and
education only. Words whose text is empty are counted, but belong to no entity.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from corpora.document import Json, LabelledDocument, LabelledEntity
from corpora.splits import is_development, lookalike_groups, wording_of_each
from layout.schema import load_schema
from ocr.errors import CorruptFileError
from ocr.types import Page, Quad, Word

FOLDERS = {"train": "training_data", "test": "testing_data"}
PATHS = {
    "header": "sections.header",
    "question": "sections.questions.question",
    "answer": "sections.questions.answers",
}
"""The schema's path of each label; entities labelled `other` are none."""
PARENT_LABEL = {"question": "header", "answer": "question"}
"""Which label may stand above which."""
MIN_RESEMBLANCE = 0.3
"""Of two forms' printed wording, from which on they count as one template."""

BoxKind = Literal["words", "segments"]
Box = tuple[float, float, float, float]


class _Word(BaseModel):
    box: Box
    text: str


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: int
    box: Box
    label: str
    words: list[_Word]
    linking: list[tuple[int, int]] = []


class _Form(BaseModel):
    form: list[_Entry]


@dataclass(frozen=True)
class FormEntity:
    """A header, question or answer: its label and its words in path order."""

    label: str
    word_ids: tuple[int, ...]


def folder(root: Path, split: str) -> Path:
    """The folder of a split's annotations; `dev` is carved out of `train`."""
    return root / "dataset" / FOLDERS["test" if split == "test" else "train"] / "annotations"


def stems(root: Path, split: str) -> list[str]:
    """Names of a split's forms, sorted; `train` still holds what `dev` is carved out of."""
    return sorted(path.stem for path in folder(root, split).glob("*.json"))


def read_documents(root: Path, split: str) -> Iterator[LabelledDocument]:
    """All forms of a split, in name order."""
    return (read_document(folder(root, split) / f"{name}.json") for name in stems(root, split))


def read_document(path: Path, *, boxes: BoxKind = "words") -> LabelledDocument:
    """One form.

    Args:
        path: of its annotation.
        boxes: `segments` gives every word the box of its gold segment, which tells which words
            belong together.

    Raises:
        CorruptFileError: the file does not have FUNSD's form.
    """
    try:
        form = _Form.model_validate(json.loads(path.read_text(encoding="utf-8"))).form
    except (ValidationError, json.JSONDecodeError) as error:
        raise CorruptFileError(f"{path.name}: not a FUNSD form: {error}") from error
    words: list[Word] = []
    entities: list[FormEntity] = []
    place: dict[int, int] = {}  # an entry's id to its place among the entities
    for entry in form:
        first = len(words)
        words += [
            Word(word.text, Quad.from_box(entry.box if boxes == "segments" else word.box))
            for word in entry.words
        ]
        ids = tuple(i for i in range(first, len(words)) if words[i].text.strip())
        if ids and entry.label in PATHS:
            place[entry.id] = len(entities)
            entities.append(FormEntity(entry.label, ids))
    links = [
        (place[a], place[b])
        for a, b in dict.fromkeys(pair for entry in form for pair in entry.linking)
        if a in place and b in place
    ]
    return form_document(path.stem, _page(words), entities, links)


def form_document(
    name: str, page: Page, entities: Sequence[FormEntity], links: Sequence[tuple[int, int]]
) -> LabelledDocument:
    """A labelled form; links that the schema can hold become parents, all of them stay in `truth`.

    Args:
        name: of the form.
        page: with its words.
        entities: over the page's words.
        links: pairs of places in `entities`, (above, below).
    """
    parents: dict[int, list[int]] = {}
    for above, below in links:
        if PARENT_LABEL.get(entities[below].label) == entities[above].label:
            parents.setdefault(below, []).append(above)
    pairs: list[Json] = [[above, below] for above, below in links]
    return LabelledDocument(
        id=name,
        pages=(page,),
        entities=tuple(
            LabelledEntity(
                f"funsd.{PATHS[entity.label]}",
                entity.word_ids,
                parent=next(iter(parents.get(index, ())), None),
                other_parents=tuple(parents.get(index, ())[1:]),
            )
            for index, entity in enumerate(entities)
        ),
        labelled=frozenset(load_schema("funsd").labels),
        has_groups=True,
        truth={"links": pairs},
    )


def development_stems(root: Path) -> frozenset[str]:
    """Names of the training forms that are held out: whole templates."""
    annotations = folder(root, "train")
    names = stems(root, "train")
    return held_out_forms(names, lambda name: read_document(annotations / f"{name}.json"))


def held_out_forms(names: Iterable[str], read: Callable[[str], LabelledDocument]) -> frozenset[str]:
    """Names of the forms whose templates are held out, by the wording that is printed on them."""
    wording = wording_of_each(names, lambda name: _wording(read(name)))
    groups = lookalike_groups(wording, min_resemblance=MIN_RESEMBLANCE)
    return frozenset(name for name, group in groups.items() if is_development(group))


def _wording(document: LabelledDocument) -> set[str]:
    printed = [e for e in document.entities if not e.label.endswith("answers")]
    return {document.words[i].text for entity in printed for i in entity.word_ids}


def _page(words: Sequence[Word]) -> Page:
    width = int(max((word.quad.box[2] for word in words), default=0)) + 1
    height = int(max((word.quad.box[3] for word in words), default=0)) + 1
    return Page(1, width, height, tuple(words), source="words")
