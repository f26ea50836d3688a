"""Corrections that were checked against their document: every leaf with text, value and words."""

from __future__ import annotations

from dataclasses import dataclass

from layout.corrections import CorrectedField, CorrectedNode, CorrectedRegion, Corrections
from layout.placed_words import PlacedWords
from layout.result import GroupField, LeafField, Value
from layout.schema import DocumentSchema, FieldSpec
from ocr.types import Page


@dataclass(frozen=True)
class SettledLeaf:
    """A field with a value.

    Attributes:
        spec: of the field.
        text: as it should read.
        value: normalised, None where the text could not be read as its type.
        word_ids: that it stands on, in order, counted over all pages; empty if that is not known.
        read: the result's own field where nothing about it was changed.
    """

    spec: FieldSpec
    text: str
    value: Value | None
    word_ids: tuple[int, ...]
    read: LeafField | GroupField | None = None


@dataclass(frozen=True)
class SettledGroup:
    """A field that holds others; `members` in the schema's order, repeated ones one by one."""

    spec: FieldSpec
    members: tuple[SettledNode, ...]


SettledNode = SettledLeaf | SettledGroup


@dataclass(frozen=True)
class SettledDocument:
    """All fields of a document.

    Attributes:
        schema: of its type.
        pages: of its result, with their words.
        words: of these pages.
        members: the fields, as in a group.
    """

    schema: DocumentSchema
    pages: tuple[Page, ...]
    words: PlacedWords
    members: tuple[SettledNode, ...]

    @property
    def corrections(self) -> Corrections:
        """The same as corrections that leave nothing open."""
        return Corrections(type=self.schema.name, fields=self._fields(self.members))

    def _fields(self, members: tuple[SettledNode, ...]) -> dict[str, CorrectedField]:
        fields: dict[str, CorrectedField] = {}
        for member in members:
            node = self._node(member)
            if member.spec.repeated:
                others = fields.get(member.spec.name, [])
                fields[member.spec.name] = [*others, node] if isinstance(others, list) else [node]
            else:
                fields[member.spec.name] = node
        return fields

    def _node(self, member: SettledNode) -> CorrectedNode:
        if isinstance(member, SettledGroup):
            return CorrectedNode(fields=self._fields(member.members))
        regions = [
            CorrectedRegion(page=region.page, word_ids=region.word_ids)
            for region in self.words.regions(member.word_ids)
        ]
        return CorrectedNode(text=member.text, value=member.value, regions=regions)
