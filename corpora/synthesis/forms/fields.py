"""A form's headers, questions and answers as fields, and the labelled form they make.

A form is loose: a question may stand without a header, an answer without a question, and a table's
cell answers its row and its column alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpora.document import Json, LabelledDocument, LabelledEntity
from corpora.synthesis.draft import Field
from corpora.synthesis.sheet import Print
from layout.schema import load_schema
from ocr.errors import DefectError
from ocr.types import Page

SCHEMA = "form"
HEADER = "sections.header"
QUESTION = "sections.questions.question"
ANSWER = "sections.questions.answers"


@dataclass(frozen=True, eq=False, slots=True)
class FormField(Field):
    """A header, a question or an answer.

    Attributes:
        text: as it is printed.
        other_heads: further questions that it answers just as rightly.
    """

    text: str = ""
    other_heads: tuple[Field, ...] = ()


def label_form(name: str, printed: Print, page: Page) -> LabelledDocument:
    """The labelled document of a printed form.

    Args:
        name: the document's id.
        printed: words with their fields.
        page: the same words, in the same order, where they lie in the picture.

    Raises:
        DefectError: a field hangs on a head that was not printed.
    """
    held: dict[Field, list[int]] = {}
    for i, word in enumerate(printed.words):
        if word.field is not None:
            held.setdefault(word.field, []).append(i)
    places = {field: place for place, field in enumerate(held)}
    entities = []
    for field, word_ids in held.items():
        heads = [*([field.head] if field.head else []), *getattr(field, "other_heads", ())]
        if any(head not in places for head in heads):
            raise DefectError(f"{name}: the head of a {field.path} was not printed")
        parents = [places[head] for head in heads]
        entities.append(
            LabelledEntity(
                f"{SCHEMA}.{field.path}",
                tuple(word_ids),
                parent=next(iter(parents), None),
                other_parents=tuple(parents[1:]),
            )
        )
    return LabelledDocument(
        id=name,
        pages=(page,),
        entities=tuple(entities),
        labelled=frozenset(load_schema(SCHEMA).labels),
        has_groups=True,
        key_word_ids=frozenset(),
        truth=form_truth(entities, [word.text for word in page.words]),
    )


def form_truth(entities: Sequence[LabelledEntity], texts: Sequence[str]) -> dict[str, Json]:
    """Sections with their questions and these with their answers, each under its first head.

    Questions without a header share one section that has none, answers without a question one
    question of that section.

    Args:
        entities: with labels of the schema `form`.
        texts: of all the document's words.
    """
    children: dict[int | None, list[int]] = {}
    for i, entity in enumerate(entities):
        children.setdefault(entity.parent, []).append(i)

    def text(index: int) -> str:
        return " ".join(texts[i] for i in entities[index].word_ids)

    def below(parent: int | None, path: str) -> Iterator[int]:
        label = f"{SCHEMA}.{path}"
        return (i for i in children.get(parent, ()) if entities[i].label == label)

    def answers(parent: int | None) -> dict[str, Json]:
        found: list[Json] = [text(i) for i in below(parent, ANSWER)]
        return {"answers": found} if found else {}

    def questions(parent: int | None) -> list[Json]:
        return [{"question": text(i), **answers(i)} for i in below(parent, QUESTION)]

    sections: list[Json] = []
    loose = questions(None)
    if stray := answers(None):
        loose.append(stray)
    if loose:
        sections.append({"questions": loose})
    for header in below(None, HEADER):
        asked = questions(header)
        sections.append({"header": text(header), **({"questions": asked} if asked else {})})
    return {"sections": sections} if sections else {}
