"""From a print to the labelled document: entities by field, and the truth as a tree of texts."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.document import Json, LabelledDocument, LabelledEntity
from corpora.synthesis.draft import Field
from corpora.synthesis.sheet import Print
from layout.schema import DocumentSchema
from ocr.errors import DefectError
from ocr.types import Page


def label_print(name: str, printed: Print, page: Page, schema: DocumentSchema) -> LabelledDocument:
    """The labelled document of a print.

    Args:
        name: the document's id.
        printed: words with their fields.
        page: the same words, in the same order, where they lie in the picture.
        schema: whose paths the fields have.

    Raises:
        DefectError: a field hangs on a head that was not printed.
    """
    held: dict[Field, list[int]] = {}
    for i, word in enumerate(printed.words):
        if word.field is not None:
            held.setdefault(word.field, []).append(i)
    places = {field: index for index, field in enumerate(held)}
    entities = []
    for field, word_ids in held.items():
        if field.head is not None and field.head not in places:
            raise DefectError(f"{name}: the head of a {field.path} was not printed")
        parent = None if field.head is None else places[field.head]
        entities.append(LabelledEntity(f"{schema.name}.{field.path}", tuple(word_ids), parent))
    texts = [word.text for word in page.words]
    return LabelledDocument(
        id=name,
        pages=(page,),
        entities=tuple(entities),
        labelled=frozenset(schema.labels),
        has_groups=True,
        key_word_ids=frozenset(),
        truth=truth_tree(entities, texts, schema),
    )


def truth_tree(
    entities: Sequence[LabelledEntity], texts: Sequence[str], schema: DocumentSchema
) -> dict[str, Json]:
    """Field names to texts: what may stand repeatedly as lists, others by their first occurrence.

    A group is opened by its head, or by another of its fields where it has no head: one whose
    parent is none of the group's own fields.

    Args:
        entities: with labels of the schema.
        texts: of all the document's words.
        schema: that gives the nesting.
    """
    tree: dict[str, Json] = {}
    groups: dict[int, dict[str, Json]] = {}

    def group_of(index: int) -> str | None:
        return schema.group_of(entities[index].label.removeprefix(f"{schema.name}."))

    order = sorted(range(len(entities)), key=lambda i: _depth(entities, i))
    for i in order:
        entity = entities[i]
        path = entity.label.removeprefix(f"{schema.name}.")
        group = group_of(i)
        parent = entity.parent
        parent_group = None if parent is None else group_of(parent)
        if group is None:
            home = tree
        elif parent is not None and parent_group == group and not schema.by_path[path].head:
            home = groups[parent]
        elif parent_group != schema.group_of(group):
            raise DefectError(f"{entity.label} stands outside its group")
        else:
            outside = tree if parent is None else groups[parent]
            home = groups[i] = {}
            instances = outside.setdefault(group.split(".")[-1], [])
            if isinstance(instances, list):
                instances.append(home)
        name, text = path.split(".")[-1], " ".join(texts[w] for w in entity.word_ids)
        if not schema.by_path[path].repeated:
            home.setdefault(name, text)
        elif isinstance(values := home.setdefault(name, []), list) and text not in values:
            values.append(text)
    return tree


def _depth(entities: Sequence[LabelledEntity], index: int) -> int:
    parent = entities[index].parent
    return 0 if parent is None else 1 + _depth(entities, parent)
