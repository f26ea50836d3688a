"""Masking of personal data in results: which words, and the result without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from layout.personal_words import personal_words
from layout.redaction_kinds import KINDS, Kind, kind_of_field
from layout.result import (
    Amount,
    DocumentResult,
    FieldNode,
    GroupField,
    Issue,
    LeafField,
    PageEntry,
    WordEntry,
)
from layout.schema import DocumentSchema, load_schema, schema_names
from ocr.errors import DefectError
from ocr.reading_order import find_lines
from ocr.types import Quad

BLOCK: Final = "█"
MIN_LENGTH: Final = 4
"""Characters from which on a masked text is masked wherever else it occurs."""
HIDDEN_MESSAGE: Final = "the message is left out, since it speaks of masked fields"

MaskedWords = dict[int, frozenset[int]]
"""Ids of the masked words by the number of their page; pages without any are left out."""
_Node = LeafField | GroupField


@dataclass(frozen=True, slots=True)
class Redaction:
    """A result without personal data, and how much that was.

    Attributes:
        result: with blocks in place of what is masked; where that is nothing, with an issue.
        words: that are masked.
        n_fields: how many fields are masked, in part or as a whole; of a group those within it.
    """

    result: DocumentResult
    words: MaskedWords
    n_fields: int

    @property
    def n_words(self) -> int:
        """How many words are masked, of fields or not."""
        return sum(len(ids) for ids in self.words.values())


def masked_words(result: DocumentResult, kinds: frozenset[Kind]) -> MaskedWords:
    """The words that belong to personal data of the given kinds.

    These are the words of the fields that hold it, words that look like it wherever they stand,
    and every other word with the same text in it.

    Raises:
        DefectError: the result does not list its words.
    """
    texts = {page.number: [word.text for word in _words(page)] for page in result.pages}
    found = {number: set[int]() for number in texts}
    for node in _personal_nodes(result, kinds):
        for region in node.regions:
            found[region.page].update(region.word_ids)
    for page in result.pages:
        for line in page_lines(page):
            places = personal_words([texts[page.number][i] for i in line], kinds)
            found[page.number].update(line[place] for place in places)
    _spread(texts, found)
    return {number: frozenset(ids) for number, ids in found.items() if ids}


def join_masks(one: MaskedWords, other: MaskedWords) -> MaskedWords:
    """The words of both."""
    return {
        number: one.get(number, frozenset()) | other.get(number, frozenset())
        for number in one.keys() | other.keys()
    }


def mask_result(
    result: DocumentResult,
    kinds: frozenset[Kind],
    *,
    with_words: bool = False,
    also: MaskedWords | None = None,
) -> DocumentResult:
    """The result alone of `redact`, which takes the same."""
    return redact(result, kinds, with_words=with_words, also=also).result


def redact(
    result: DocumentResult,
    kinds: frozenset[Kind],
    *,
    with_words: bool = False,
    also: MaskedWords | None = None,
) -> Redaction:
    """The result with the words of the given kinds as blocks, and their values null.

    Args:
        result: with every page's words.
        kinds: of data to mask.
        with_words: whether the copy lists the words, masked.
        also: further words to mask.

    Raises:
        DefectError: the result does not list its words.
    """
    masked = join_masks(masked_words(result, kinds), also or {})
    mask = _Mask(result, masked, kinds)
    fields = {name: mask.field(node) for name, node in result.fields.items()}
    touched = {name for name, node in result.fields.items() if fields[name] != node}
    n_fields = sum(_n_changed(node, fields[name]) for name, node in result.fields.items())
    issues = [_issue(issue, touched, mask) for issue in result.issues]
    if not n_fields and not masked:
        issues.append(_nothing_masked(kinds))
    copy = result.model_copy(
        update={
            "pages": [_page(page, masked, with_words=with_words) for page in result.pages],
            "fields": fields,
            "issues": issues,
        }
    )
    return Redaction(copy, masked, n_fields)


def page_lines(page: PageEntry) -> list[list[int]]:
    """Ids of a page's words, line by line in reading order.

    Raises:
        DefectError: the result does not list its words.
    """
    quads = []
    for word in _words(page):
        one, two, three, four = word.quad
        quads.append(Quad((one, two, three, four)))
    return [list(line) for line in find_lines(quads)]


def _words(page: PageEntry) -> list[WordEntry]:
    if page.words is None:
        raise DefectError(f"the words of page {page.number} are needed to mask some of them")
    return page.words


def _each(node: FieldNode) -> list[_Node]:
    return [*node] if isinstance(node, list) else [node]


def _personal_nodes(result: DocumentResult, kinds: frozenset[Kind]) -> Iterator[_Node]:
    """Fields that hold what is to be masked; what is in such a group goes with it."""
    schema = load_schema(result.type) if result.type in schema_names() else None
    yield from _walk(result.fields, "", schema, kinds)


def _walk(
    fields: Mapping[str, FieldNode],
    prefix: str,
    schema: DocumentSchema | None,
    kinds: frozenset[Kind],
) -> Iterator[_Node]:
    for name, node in fields.items():
        path = f"{prefix}{name}"
        spec = None if schema is None else schema.by_path.get(path)
        is_personal = kind_of_field(name, None if spec is None else spec.value_type) in kinds
        for each in _each(node):
            if is_personal:
                yield from _whole(each)
            elif isinstance(each, GroupField):
                yield from _walk(each.fields, f"{path}.", schema, kinds)


def _whole(node: _Node) -> Iterator[_Node]:
    yield node
    if isinstance(node, GroupField):
        for children in node.fields.values():
            for child in _each(children):
                yield from _whole(child)


def _spread(texts: Mapping[int, list[str]], found: Mapping[int, set[int]]) -> None:
    """Take in the words that hold a masked text, until no more are met."""
    new = {texts[number][i] for number, ids in found.items() for i in ids}
    while new:
        secrets = {text for text in new if len(text) >= MIN_LENGTH}
        new = set()
        for number, words in texts.items():
            for i, text in enumerate(words):
                if i not in found[number] and any(secret in text for secret in secrets):
                    found[number].add(i)
                    new.add(text)


class _Mask:
    """Masks the fields of one result."""

    def __init__(self, result: DocumentResult, masked: MaskedWords, kinds: frozenset[Kind]) -> None:
        personal = list(_personal_nodes(result, kinds))
        self.kinds = kinds
        self.words = {page.number: _words(page) for page in result.pages}
        self.masked = masked
        self.personal = {id(node) for node in personal}  # which the result keeps alive
        texts = {self.words[number][i].text for number, ids in masked.items() for i in ids}
        texts |= {node.text for node in personal if not node.regions}  # typed, and found nowhere
        self.secrets = tuple(text for text in texts if len(text) >= MIN_LENGTH)

    def field(self, node: FieldNode) -> FieldNode:
        """A field without what is masked in it; the same object if nothing is."""
        if isinstance(node, list):
            return [self._one(each) for each in node]
        return self._one(node)

    def hides(self, text: str) -> bool:
        """Whether a text quotes a masked word."""
        return any(secret in text for secret in self.secrets)

    def _one(self, node: _Node) -> _Node:
        text = self._text(node)
        if isinstance(node, GroupField):
            fields = {name: self.field(child) for name, child in node.fields.items()}
            return node.model_copy(update={"text": text, "fields": fields})
        value = node.value.amount if isinstance(node.value, Amount) else str(node.value)
        if text == node.text and id(node) not in self.personal and not self.hides(value):
            return node
        return node.model_copy(update={"text": text, "value": None})

    def _text(self, node: _Node) -> str:
        """Masked word by word where the text is that of its words, else as a whole."""
        if id(node) in self.personal or self._is_typed_in(node):
            return blocks(node.text)
        places = [(region.page, i) for region in node.regions for i in region.word_ids]
        hidden = [i in self.masked.get(page, ()) for page, i in places]
        if not any(hidden):
            return blocks(node.text) if self.hides(node.text) else node.text
        words = [self.words[page][i].text for page, i in places]
        if " ".join(words) != node.text:
            return blocks(node.text)
        parts = [blocks(w) if h else w for w, h in zip(words, hidden, strict=True)]
        return " ".join(parts)

    def _is_typed_in(self, node: _Node) -> bool:
        """Whether a person typed something personal: it need not be among the words."""
        is_typed = isinstance(node, LeafField) and node.corrected
        return is_typed and bool(personal_words(node.text.split(), self.kinds))


def blocks(text: str) -> str:
    """Full blocks in place of everything but white space."""
    return "".join(char if char.isspace() else BLOCK for char in text)


def _page(page: PageEntry, masked: MaskedWords, *, with_words: bool) -> PageEntry:
    if not with_words:
        kept = page.model_fields_set - {"words"}
        return PageEntry.model_validate(page.model_dump(include=set(kept)))
    ids = masked.get(page.number, frozenset())
    words = [
        word.model_copy(update={"text": blocks(word.text)}) if i in ids else word
        for i, word in enumerate(_words(page))
    ]
    return page.model_copy(update={"words": words})


def _issue(issue: Issue, touched: set[str], mask: _Mask) -> Issue:
    names = {name.partition(".")[0].partition("[")[0] for name in issue.fields}
    if names & touched or mask.hides(issue.message):
        return issue.model_copy(update={"message": HIDDEN_MESSAGE})
    return issue


def _nothing_masked(kinds: frozenset[Kind]) -> Issue:
    named = ", ".join(kind for kind in KINDS if kind in kinds)
    message = f"nothing was found to mask of: {named}"
    return Issue(code="nothing_masked", severity="warning", message=message)


def _n_changed(before: FieldNode, after: FieldNode) -> int:
    """How many fields differ: of a group those within it, or itself where none of these does."""
    pairs = zip(_each(before), _each(after), strict=True)
    return sum(_n_changed_of_one(one, other) for one, other in pairs)


def _n_changed_of_one(before: _Node, after: _Node) -> int:
    if before == after:
        return 0
    if isinstance(before, GroupField) and isinstance(after, GroupField):
        within = [_n_changed(node, after.fields[name]) for name, node in before.fields.items()]
        return sum(within) or 1
    return 1
