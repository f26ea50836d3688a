"""The one form of a labelled document that training and benchmarks use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from ocr.types import Page, Word

Json = JsonValue
"""Whatever JSON can hold."""


@dataclass(frozen=True)
class LabelledEntity:
    """One occurrence of a field.

    Attributes:
        label: `<schema>.<path>`, as in `DocumentSchema.labels`.
        word_ids: the entity's words in path order, counted over all pages of the document.
        parent: index of the entity that heads the group it belongs under, None for a head or a
            field outside any repeated group.
        other_parents: further entities that it belongs under just as rightly (a form's answer to
            two questions).
    """

    label: str
    word_ids: tuple[int, ...]
    parent: int | None = None
    other_parents: tuple[int, ...] = ()


@dataclass(frozen=True)
class LabelledDocument:
    """A document with what is known about it; everything else counts as unknown, not as absent.

    Attributes:
        id: stem of the data set's file.
        pages: with their words in the order of the data set's file.
        entities: several entities of one label that can stand only once are alternatives: the
            same value printed in several places.
        labelled: labels of which every occurrence is annotated, those that never occur included.
        has_groups: whether `parent` is annotated.
        key_word_ids: words inside entities that are key words ("TOTAL"); None where not annotated.
        truth: the ground truth in the data set's own form, for scoring.
    """

    id: str
    pages: tuple[Page, ...]
    entities: tuple[LabelledEntity, ...]
    labelled: frozenset[str]
    has_groups: bool
    key_word_ids: frozenset[int] | None = None
    truth: Mapping[str, Json] = field(default_factory=dict)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of all pages, in the order in which ids count."""
        return tuple(word for page in self.pages for word in page.words)
