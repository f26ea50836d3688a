"""Diagnostics: how well entities are found that a tagger along the file's order finds hard.

Three groupings of the same entities, each a metric of its own: by the lines that an entity's words
stand on, by the order of its words in the file, and by how many entities of its label the document
holds. The categories' recall is what they are for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import CategoryCounts, Metric, count_multisets
from benchmarks.tasks import Sample
from ocr.reading_order import find_lines

STRUCTURED = frozenset({"funsd", "funsd_r", "cord", "cord_r"})
"""Benchmarks whose truth holds every entity with its words."""
UNKNOWN = "unknown words"

Categorise = Callable[[EntityEntry, Answer], str]
"""From an entity, predicted or true, and the document's truth to a category."""


@dataclass(frozen=True)
class _Place:
    """Where a word or character stands: its line, and its rank among those that hold text."""

    line: tuple[int, int]
    rank: int


def structure_metrics(benchmark: str, samples: Sequence[Sample]) -> tuple[Metric, ...]:
    """The diagnostics for some documents.

    An entity is right as in `benchmarks.spans.count_entities`: equal label and ordered ids.

    Args:
        benchmark: its name; the diagnostics are for those in `STRUCTURED`, others get none.
        samples: with their gold words; the metrics hold for these documents' answers alone.
    """
    if benchmark not in STRUCTURED or not any(sample.pages for sample in samples):
        return ()
    places = {sample.id: _places(sample) for sample in samples}

    def by_lines(entity: EntityEntry, true: Answer) -> str:
        found = _found(entity, places[true.id])
        lines = {place.line for place in found}
        return UNKNOWN if not lines else "one line" if len(lines) == 1 else "several lines"

    def by_order(entity: EntityEntry, true: Answer) -> str:
        ranks = [place.rank for place in _found(entity, places[true.id])]
        if not ranks:
            return UNKNOWN
        is_run = ranks == list(range(ranks[0], ranks[0] + len(ranks)))
        return "words in file order" if is_run else "words apart or out of file order"

    return (
        _metric("entities_by_lines", "the lines (segments) its words stand on", by_lines),
        _metric("entities_by_word_order", "its words' order in the file", by_order),
        _metric("entities_by_number", "the true entities of its label", _by_number),
    )


def _metric(name: str, what: str, categorise: Categorise) -> Metric:
    def count(predicted: Answer, true: Answer) -> CategoryCounts:
        ours, theirs = (
            Counter(
                (categorise(entity, true), (entity.label, tuple(entity.word_ids)))
                for entity in answer.entities
            )
            for answer in (predicted, true)
        )
        return count_multisets(ours, theirs)

    definition = f"diagnostic: entities with equal label and ordered word ids, by {what}"
    return Metric(name, definition, count, needs_gold_words=True)


def _by_number(entity: EntityEntry, true: Answer) -> str:
    n_alike = sum(entity.label == other.label for other in true.entities)
    return "one of several of its label" if n_alike > 1 else "the only one of its label"


def _found(entity: EntityEntry, places: Mapping[int, _Place]) -> list[_Place]:
    return [places[i] for i in entity.word_ids if i in places]


def _places(sample: Sample) -> dict[int, _Place]:
    """Places by word or character id, as the sample's answers count them; blanks have none."""
    line_of: dict[int, tuple[int, int]] = {}
    first = 0
    for page in sample.pages:
        for number, line in enumerate(find_lines([word.quad for word in page.words])):
            line_of.update((first + i, (page.number, number)) for i in line)
        first += len(page.words)
    ids = sample.character_ids or tuple((word,) for word in range(first))
    inked = [(i, word) for word, of_word in enumerate(ids) for i in of_word]
    inked = [(i, word) for i, word in inked if i not in sample.blank_ids]
    return {i: _Place(line_of[word], rank) for rank, (i, word) in enumerate(inked)}
