"""What entities say: their words cut or completed to one value, and which of them say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Final

from layout.graph import Entity, FieldGraph
from layout.placed_words import PlacedWords
from layout.result import Amount, Value
from layout.schema import DocumentSchema, ValueType
from layout.values import NormalisedValue, ValueContext, normalise, own_text, read_context
from ocr.errors import DefectError

ON_ONE_LINE: Final = frozenset({"amount", "date", "percentage", "phone", "quantity", "time"})
"""Types of values that are not continued on another line, unless they can be read with it alone."""
MAX_COMPLETING = 3
"""Words beside a date or time that may complete it, such as a year."""


@dataclass(frozen=True)
class Candidate:
    """One occurrence of a leaf.

    Attributes:
        word_ids: of its value's words.
        text: as read, without what is not the value's own.
        found: the value, or why there is none.
        probability: the model's, not yet calibrated.
        rank: of its first word in the reading order.
    """

    word_ids: tuple[int, ...]
    text: str
    found: NormalisedValue
    probability: float
    rank: int


def read_candidates(
    graph: FieldGraph, words: PlacedWords, schema: DocumentSchema
) -> list[Candidate]:
    """What each entity says, in the graph's order.

    Raises:
        DefectError: the graph does not fit the words or the schema.
    """
    return _Reader(graph, words, schema).read()


class _Reader:
    def __init__(self, graph: FieldGraph, words: PlacedWords, schema: DocumentSchema) -> None:
        self._entities = graph.entities
        self._words = words
        self._schema = schema
        self._context = self._read_context()
        self._taken = {word_id for entity in graph.entities for word_id in entity.word_ids}

    def read(self) -> list[Candidate]:
        return [self._candidate(entity) for entity in self._entities]

    def _read_context(self) -> ValueContext:
        values = []
        for entity in self._entities:
            if not entity.word_ids:
                raise DefectError(f"an entity of {entity.path!r} has no words")
            self._words.check(entity.word_ids)
            values.append((self._words.text(entity.word_ids), self._value_type(entity)))
        return read_context(values, self._words.line_texts)

    def _value_type(self, entity: Entity) -> ValueType:
        value_type = self._schema.by_path[entity.path].value_type
        if value_type is None:
            raise DefectError(f"{entity.path!r} is a group, not a leaf")
        return value_type

    def _candidate(self, entity: Entity) -> Candidate:
        whole = self._of_words(entity, entity.word_ids)
        if whole.found.value is not None or self._value_type(entity) not in ON_ONE_LINE:
            return whole
        # It ran on into the lines below it.
        first = self._of_words(entity, tuple(self._words.by_line(entity.word_ids)[0]))
        part = first if any(c.isdigit() for c in first.text) else whole
        if part.found.value is None and self._value_type(entity) in ("date", "time"):
            return self._completed(entity, part)
        return part

    def _completed(self, entity: Entity, part: Candidate) -> Candidate:
        """A part of a date or time with words beside it that make it readable.

        Of several such readings the longest text is taken, with the fewest words. Words of other
        entities are left alone; where nothing helps the part stays as it is.
        """
        before, after = (
            list(takewhile(lambda word_id: word_id not in self._taken, side))[:MAX_COMPLETING]
            for side in self._words.beside(part.word_ids)
        )
        longer = [
            self._of_words(entity, (*left[::-1], *part.word_ids, *right))
            for left in _beginnings(before)
            for right in _beginnings(after)
        ]
        readable = [each for each in longer if each.found.value is not None]
        return max(readable, key=lambda it: (len(it.text), -len(it.word_ids)), default=part)

    def _of_words(self, entity: Entity, word_ids: tuple[int, ...]) -> Candidate:
        text = own_text(self._words.text(word_ids), self._value_type(entity))
        if self._schema.uppercase:
            text = text.upper()
        return Candidate(
            word_ids=word_ids,
            text=text,
            found=normalise(text, self._value_type(entity), self._context),
            probability=entity.confidence,
            rank=self._words.rank(word_ids[0]),
        )


def _beginnings(words: Sequence[int]) -> list[tuple[int, ...]]:
    """None of the words, the first, the first two, and so on."""
    return [tuple(words[:n]) for n in range(len(words) + 1)]


def cluster(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Group candidates of the same value, in the order of their first occurrences."""
    clusters: list[list[Candidate]] = []
    for candidate in candidates:
        for alike in clusters:
            if _agree(alike[0].found.value, candidate.found.value):
                alike.append(candidate)
                break
        else:
            clusters.append([candidate])
    return clusters


def joint_probability(alike: Sequence[Candidate], *, is_shared: bool) -> float:
    """Of a value that stands in several places: their sum if they share one probability."""
    probabilities = [candidate.probability for candidate in alike]
    return min(sum(probabilities), 1.0) if is_shared else max(probabilities)


def _agree(one: Value | None, other: Value | None) -> bool:
    """Whether two values say the same; a currency that is unknown contradicts none."""
    if one is None or other is None:
        return False
    if isinstance(one, Amount) and isinstance(other, Amount):
        currencies = {one.currency, other.currency} - {None}
        return Decimal(one.amount) == Decimal(other.amount) and len(currencies) < 2
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return one == other
