"""Corrections against their document: checked by its schema, completed by its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NoReturn

from layout.corrected_values import fault_of_value, text_of_value
from layout.corrections import CorrectedField, CorrectedNode, CorrectedRegion, Corrections
from layout.placed_words import PlacedWords
from layout.result import DocumentResult, FieldNode, GroupField, LeafField, Region, Value
from layout.result_pages import pages_of
from layout.schema import DocumentSchema, FieldSpec, ValueType, load_schema, schema_names
from layout.settled import SettledDocument, SettledGroup, SettledLeaf, SettledNode
from layout.values import normalise, read_context
from layout.word_search import WordSearch
from ocr.errors import DefectError, InvalidCorrectionsError

MIN_LIKENESS: Final = 0.6
"""Of two texts (Ratcliff and Obershelp's ratio) of which one may be a misreading of the other."""
MAX_LEAVES: Final = 10_000

_Read = LeafField | GroupField  # a name that was split is a group


def settle(corrections: Corrections, result: DocumentResult) -> SettledDocument:
    """Check corrections and complete them.

    A leaf without regions stands where its text stands: where the result read the same text for
    the same field; else on the only run of words that reads so; else, if nothing on the pages
    reads so, on the words of a field of the same name that it seems to correct a misreading of.
    If none of this holds it stands nowhere.

    Args:
        corrections: of the result's document.
        result: with every page's words.

    Raises:
        InvalidCorrectionsError: they do not fit the document or its type's schema.
        UnknownDocumentTypeError: there is no such type.
    """
    return _Settler(corrections, result).run()


@dataclass(frozen=True)
class _DraftLeaf:
    spec: FieldSpec
    value_type: ValueType
    node: CorrectedNode
    word_ids: tuple[int, ...] | None


@dataclass(frozen=True)
class _DraftGroup:
    spec: FieldSpec
    members: tuple[_Draft, ...]


_Draft = _DraftLeaf | _DraftGroup


class _Settler:
    def __init__(self, corrections: Corrections, result: DocumentResult) -> None:
        self._given = corrections.fields
        self._schema = _schema(corrections.type or result.type)
        self._pages = pages_of(result.pages)
        self._words = PlacedWords(self._pages)
        self._search = WordSearch(self._pages, ignore_case=self._schema.uppercase)
        self._first_ids: dict[int, int] = {}
        self._n_words = {page.number: len(page.words) for page in self._pages}
        n_before = 0
        for number, n_words in self._n_words.items():
            self._first_ids[number] = n_before
            n_before += n_words
        self._read: dict[str, list[_Read]] = {}
        if result.type == self._schema.name:
            for path, node in _leaves(result.fields, self._schema.fields):
                self._read.setdefault(path, []).append(node)

    def run(self) -> SettledDocument:
        drafts = self._drafts(self._given, self._schema.fields, "fields")
        leaves = list(_walk(drafts))
        if len(leaves) > MAX_LEAVES:
            _fail("fields", f"there are {len(leaves):,}, and at most {MAX_LEAVES:,} are taken")
        texts = [(leaf.node.text, leaf.value_type) for leaf in leaves]
        self._context = read_context(
            [(text, value_type) for text, value_type in texts if text is not None],
            self._words.line_texts,
        )
        self._kept = {(leaf.spec.path, leaf.node.text) for leaf in leaves}
        members = tuple(self._settled(draft) for draft in drafts)
        return SettledDocument(self._schema, self._pages, self._words, members)

    def _drafts(
        self, fields: Mapping[str, CorrectedField], specs: tuple[FieldSpec, ...], place: str
    ) -> tuple[_Draft, ...]:
        unknown = sorted(fields.keys() - {spec.name for spec in specs})
        if unknown:
            _fail(f"{place}.{unknown[0]}", f"{self._schema.name} has no such field there")
        drafts: list[_Draft] = []
        for spec in specs:
            if spec.name not in fields:
                continue
            given, where = fields[spec.name], f"{place}.{spec.name}"
            if not isinstance(given, list):
                if spec.repeated:
                    _fail(where, "needs a list, for the field may stand several times")
                drafts.append(self._draft(given, spec, where))
            elif not spec.repeated:
                _fail(where, "is a list, and the field stands once at most")
            else:
                for i, node in enumerate(given):
                    drafts.append(self._draft(node, spec, f"{where}[{i}]"))
        return tuple(d for d in drafts if isinstance(d, _DraftLeaf) or d.members)

    def _draft(self, node: CorrectedNode, spec: FieldSpec, place: str) -> _Draft:
        value_type = spec.value_type
        if value_type is None:
            if node.fields is None or node.value is not None:
                _fail(place, "is a group: it needs fields and has no value")
            return _DraftGroup(spec, self._drafts(node.fields, spec.children, f"{place}.fields"))
        is_split_name = value_type == "person" and node.text is not None
        if node.fields is not None and not is_split_name:
            _fail(place, "has a value and no fields")
        if not (node.text or "").strip() and node.value is None:
            _fail(place, "needs a text or a value; a field that is not there is left out")
        fault = None if node.value is None else fault_of_value(node.value, value_type)
        if fault is not None:
            _fail(f"{place}.value", fault)
        word_ids = None if node.regions is None else self._word_ids(node.regions, place)
        return _DraftLeaf(spec, value_type, node, word_ids)

    def _word_ids(self, regions: list[CorrectedRegion], place: str) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for i, region in enumerate(regions):
            where = f"{place}.regions[{i}]"
            if region.page not in self._first_ids:
                _fail(f"{where}.page", f"the result has no page {region.page}")
            for word_id in region.word_ids:
                if not 0 <= word_id < self._n_words[region.page]:
                    _fail(f"{where}.word_ids", f"page {region.page} has no word {word_id}")
                found[self._first_ids[region.page] + word_id] = None
        return tuple(found)

    def _settled(self, draft: _Draft) -> SettledNode:
        if isinstance(draft, _DraftGroup):
            return SettledGroup(draft.spec, tuple(self._settled(each) for each in draft.members))
        spec, node = draft.spec, draft.node
        read = self._take_read(draft)
        if read is not None:
            value = self._value_of(read, draft.value_type)
            is_same = node.value is None or node.value == value
            word_ids = self._ids_of(read.regions) if draft.word_ids is None else draft.word_ids
            value = value if node.value is None else node.value
            return SettledLeaf(spec, read.text, value, word_ids, read if is_same else None)
        text = node.text or self._text_for(node.value, draft.word_ids)
        value = node.value
        if value is None:
            value = normalise(text, draft.value_type, self._context).value
        word_ids = self._place(text, spec.path) if draft.word_ids is None else draft.word_ids
        return SettledLeaf(spec, text, value, word_ids)

    def _take_read(self, draft: _DraftLeaf) -> _Read | None:
        """The result's own field that says the same in the same place; each is taken once."""
        node, read = draft.node, self._read.get(draft.spec.path, [])
        for i, each in enumerate(read):
            is_same_text = node.text is not None and node.text == each.text
            is_same_value = node.text is None and node.value == self._value_of(
                each, draft.value_type
            )
            is_there = draft.word_ids in (None, self._ids_of(each.regions))
            if (is_same_text or is_same_value) and is_there:
                return read.pop(i)
        return None

    def _value_of(self, read: _Read, value_type: ValueType) -> Value | None:
        if isinstance(read, LeafField):
            return read.value
        return normalise(read.text, value_type, self._context).value

    def _text_for(self, value: Value | None, word_ids: tuple[int, ...] | None) -> str:
        if word_ids:
            return self._words.text(word_ids)
        if value is None:
            raise DefectError("a correction without text and value was let through")
        return text_of_value(value)

    def _place(self, text: str, path: str) -> tuple[int, ...]:
        runs = self._search.find(text)
        if len(runs) == 1:
            return runs[0]
        misread = [
            (likeness, self._ids_of(each.regions))
            for each in self._read.get(path, [])
            if (path, each.text) not in self._kept
            if (likeness := _likeness(text, each.text)) >= MIN_LIKENESS
        ]
        return max(misread)[1] if misread and not runs else ()

    def _ids_of(self, regions: list[Region]) -> tuple[int, ...]:
        ids = (self._first_ids[each.page] + i for each in regions for i in each.word_ids)
        return tuple(dict.fromkeys(ids))


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= MIN_LIKENESS else 0.0


def _schema(name: str) -> DocumentSchema:
    if name not in schema_names():
        known = ", ".join(schema_names())
        raise InvalidCorrectionsError(f"type: {name!r} is no document type; known are: {known}")
    return load_schema(name)


def _leaves(
    fields: Mapping[str, FieldNode], specs: tuple[FieldSpec, ...]
) -> Iterator[tuple[str, _Read]]:
    """A result's fields with values, by their paths in the schema; names as a whole."""
    for spec in specs:
        node = fields.get(spec.name, [])
        for each in node if isinstance(node, list) else [node]:
            if not spec.is_group:
                yield spec.path, each
            elif isinstance(each, GroupField):
                yield from _leaves(each.fields, spec.children)


def _walk(drafts: tuple[_Draft, ...]) -> Iterator[_DraftLeaf]:
    for draft in drafts:
        if isinstance(draft, _DraftLeaf):
            yield draft
        else:
            yield from _walk(draft.members)


def _fail(place: str, what: str) -> NoReturn:
    raise InvalidCorrectionsError(f"{place}: {what}")
