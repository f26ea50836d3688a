"""The result of an extraction, as users receive it (JSON from the command line and from REST).

Coordinates are pixels of the upright page as processed, corners clockwise from the top left.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["succeeded", "partial"]
Severity = Literal["warning", "error"]
Confidence = Annotated[float, Field(ge=0.0, le=1.0)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Region(_Form):
    """A place on a page: the quad around the words it came from.

    `word_ids` count in the order of the page's words, from 0.
    """

    page: int
    quad: list[tuple[float, float]]
    word_ids: list[int]


class Amount(_Form):
    """Money: a decimal number as text, so that nothing is rounded; ISO 4217 currency if known."""

    amount: str
    currency: str | None = None


Value = Amount | int | float | str
"""A normalised value: money; a count or percentage; text, ISO 8601 date or time."""


class LeafField(_Form):
    """A field with a value. `value` is null where `text` could not be normalised.

    `corrected` is set, and true, only where corrections were asked for and changed the field.
    """

    value: Value | None
    text: str
    confidence: Confidence
    regions: list[Region]
    corrected: bool = False


class GroupField(_Form):
    """A field that holds others: a line item, a payment, a person's name.

    `text` is all of its words.
    """

    text: str
    confidence: Confidence
    regions: list[Region]
    fields: dict[str, FieldNode]


FieldNode = (
    LeafField | GroupField | list[LeafField] | list[GroupField] | list[LeafField | GroupField]
)
"""Repeated fields are always lists, single ones never.

A list holds leaves or groups; of people's names it may hold both, since a name is a group where
first and last name can be told apart, and else a leaf.
"""


class Issue(_Form):
    """Something that a user should look at; `code` is stable, `message` is for people."""

    code: str
    severity: Severity
    message: str
    fields: list[str] = []


class WordEntry(_Form):
    """A word as read, for `?words=true` and `--with-words`."""

    text: str
    quad: list[tuple[float, float]]
    confidence: Confidence


class PageEntry(_Form):
    """One page: size in pixels as processed, and the clockwise quarter turn that was undone."""

    number: int
    width: int
    height: int
    rotation: int = 0
    skew: float = 0.0
    dpi: float | None = None
    words: list[WordEntry] | None = None


class ModelEntry(_Form):
    """Which model read the fields; `sha256` is of the ONNX file that ran."""

    name: str
    version: str
    sha256: str


class DocumentResult(_Form):
    """One document's extraction.

    `partial` means that a page or a stage failed (its issue has severity "error"); a document with
    warnings alone succeeded.
    """

    id: str
    type: str
    type_confidence: Confidence
    status: Status
    pages: list[PageEntry]
    fields: dict[str, FieldNode]
    issues: list[Issue]
    model: ModelEntry
    timings_ms: dict[str, float]

    def to_json(self, *, indent: int | None = None) -> str:
        """The result as JSON text; optional members that are unset are left out."""
        return self.model_dump_json(indent=indent, exclude_unset=True)


GroupField.model_rebuild()
DocumentResult.model_rebuild()
