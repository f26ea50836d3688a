"""Corrected documents as files to learn from: NAME.words.json and NAME.truth.json (docs/types.md).

`entities` are the corrected fields, each with its path in the schema and its words; `links` go from
the field that opens a group to its others, and from there to what opens the groups inside. A field
whose words are not known is no entity; its path is listed in `unlabelled`, for where it is not said
it might still stand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from layout.corrections import Corrections
from layout.result import DocumentResult
from layout.settled import SettledDocument, SettledGroup, SettledLeaf, SettledNode
from layout.settling import settle
from ocr.words_file import words_json


@dataclass(frozen=True)
class TruthFiles:
    """The texts of the two files, and the type that the document is of."""

    type_name: str
    words: str
    truth: str


def truth_files(result: DocumentResult, corrections: Corrections) -> TruthFiles | None:
    """A corrected document as files; None where there are no words to learn from.

    Args:
        result: with every page's words; its id becomes the truth's.
        corrections: of its document.

    Raises:
        InvalidCorrectionsError: they do not fit the document or its type's schema.
    """
    settled = settle(corrections, result)
    if not len(settled.words):
        return None
    found = _Entities(settled)
    truth: Mapping[str, JsonValue] = {
        "id": result.id,
        "type": settled.schema.name,
        "fields": _texts(settled.members),
        "entities": found.entities,
        "links": found.links,
        "unlabelled": [*sorted(found.unlabelled)],
    }
    text = json.dumps(truth, ensure_ascii=False) + "\n"
    return TruthFiles(settled.schema.name, words_json(settled.pages), text)


@dataclass
class _Entities:
    """The entities of a document and what ties them."""

    settled: SettledDocument
    entities: list[JsonValue] = field(default_factory=list)
    links: list[JsonValue] = field(default_factory=list)
    unlabelled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._add(self.settled.members, None)

    def _add(
        self,
        members: Sequence[SettledNode],
        opener: int | None,
        added: SettledLeaf | None = None,
    ) -> None:
        """Fields that stand together; `opener`: place of the entity that they belong under."""
        for member in members:
            if isinstance(member, SettledGroup):
                if member.spec.repeated:
                    self._add_instance(member, opener)
                else:
                    self._add(member.members, opener, added)
            elif member is not added:
                self._add_leaf(member, opener)

    def _add_leaf(self, leaf: SettledLeaf, opener: int | None) -> int | None:
        if not leaf.word_ids:
            self.unlabelled.add(leaf.spec.path)
            return None
        text = self.settled.words.text(leaf.word_ids)
        word_ids: list[JsonValue] = [*leaf.word_ids]
        self.entities.append({"label": leaf.spec.path, "text": text, "word_ids": word_ids})
        place = len(self.entities) - 1
        if opener is not None:
            self.links.append([opener, place])
        return place

    def _add_instance(self, group: SettledGroup, around: int | None) -> None:
        """An instance of a repeated group: what opens it first, then what belongs under that."""
        own = _own_leaves(group.members)
        heads = [leaf for leaf in own if leaf.spec.head]
        first = next((leaf for leaf in heads or own if leaf.word_ids), None)
        if first is None and own:
            # What would open it stands nowhere, so it is not known what the others belong under.
            self.unlabelled |= {leaf.spec.path for leaf in _all_leaves(group.members)}
            return
        opener = around if first is None else self._add_leaf(first, around)
        self._add(group.members, opener, first)


def _own_leaves(members: Sequence[SettledNode]) -> list[SettledLeaf]:
    """The leaves of an instance without those of the repeated groups inside."""
    found: list[SettledLeaf] = []
    for member in members:
        if isinstance(member, SettledLeaf):
            found.append(member)
        elif not member.spec.repeated:
            found += _own_leaves(member.members)
    return found


def _all_leaves(members: Sequence[SettledNode]) -> list[SettledLeaf]:
    found: list[SettledLeaf] = []
    for member in members:
        found += [member] if isinstance(member, SettledLeaf) else _all_leaves(member.members)
    return found


def _texts(members: Sequence[SettledNode]) -> dict[str, JsonValue]:
    """Texts nested as the schema nests the fields."""
    tree: dict[str, JsonValue] = {}
    for member in members:
        name = member.spec.name
        text = member.text if isinstance(member, SettledLeaf) else _texts(member.members)
        if member.spec.repeated:
            others = tree.setdefault(name, [])
            if isinstance(others, list):
                others.append(text)
        else:
            tree[name] = text
    return tree
