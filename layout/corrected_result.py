"""A result with corrections applied; the result itself stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layout.checks import check_arithmetic
from layout.confidence import group_confidence
from layout.corrections import Corrections
from layout.person_names import name_group
from layout.placed_words import PlacedWords
from layout.result import DocumentResult, FieldNode, GroupField, Issue, LeafField
from layout.settled import SettledGroup, SettledLeaf, SettledNode
from layout.settling import settle

OF_THE_TYPE: Final = frozenset({"unknown_type", "other_type", "no_fields"})
"""Issues about what a person has now said."""


def corrected_result(result: DocumentResult, corrections: Corrections) -> DocumentResult:
    """The result as a person says it should be.

    Fields that were changed have confidence 1 and are marked; the others stay as they were read.
    Issues about fields are found anew, those about pages stay.

    Args:
        result: with every page's words.
        corrections: of its document.

    Raises:
        InvalidCorrectionsError: they do not fit the document or its type's schema.
    """
    settled = settle(corrections, result)
    fields = _fields(settled.members, settled.words)
    is_same_type = settled.schema.name == result.type
    return result.model_copy(
        update={
            "type": settled.schema.name,
            "type_confidence": result.type_confidence if is_same_type else 1.0,
            "fields": fields,
            "issues": [*_lasting(result.issues), *check_arithmetic(fields, settled.schema.name)],
        }
    )


def _lasting(issues: Sequence[Issue]) -> list[Issue]:
    return [issue for issue in issues if not issue.fields and issue.code not in OF_THE_TYPE]


def _fields(members: Sequence[SettledNode], words: PlacedWords) -> dict[str, FieldNode]:
    fields: dict[str, FieldNode] = {}
    repeated: dict[str, list[LeafField | GroupField]] = {}
    for member in members:
        node, name = _node(member, words), member.spec.name
        if member.spec.repeated:
            fields[name] = repeated.setdefault(name, [])
            repeated[name].append(node)
        else:
            fields[name] = node
    return fields


def _node(member: SettledNode, words: PlacedWords) -> LeafField | GroupField:
    if isinstance(member, SettledGroup):
        return _group(member, words)
    return member.read or _leaf(member, words)


def _leaf(member: SettledLeaf, words: PlacedWords) -> LeafField | GroupField:
    leaf = LeafField(
        value=member.value,
        text=member.text,
        confidence=1.0,
        regions=words.regions(member.word_ids),
        corrected=True,
    )
    if member.spec.value_type != "person" or not member.word_ids:
        return leaf
    name = name_group(leaf, member.word_ids, words)
    if name is None:
        return leaf
    parts = {
        key: part.model_copy(update={"corrected": True})
        for key, part in name.fields.items()
        if isinstance(part, LeafField)
    }
    return name.model_copy(update={"fields": parts})


def _group(member: SettledGroup, words: PlacedWords) -> GroupField:
    fields = _fields(member.members, words)
    distinct = {word_id for leaf in _leaves(member) for word_id in leaf.word_ids}
    word_ids = tuple(sorted(distinct, key=words.rank))
    nodes = [
        one for node in fields.values() for one in (node if isinstance(node, list) else [node])
    ]
    return GroupField(
        text=words.text(word_ids),
        confidence=group_confidence(node.confidence for node in nodes),
        regions=words.regions(word_ids),
        fields=fields,
    )


def _leaves(group: SettledGroup) -> list[SettledLeaf]:
    found: list[SettledLeaf] = []
    for member in group.members:
        found += _leaves(member) if isinstance(member, SettledGroup) else [member]
    return found
