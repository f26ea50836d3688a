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
    """A place on a page.

    Attributes:
        page: its number, from 1.
        quad: around the words it came from, four corners in pixels, clockwise from the top left.
        word_ids: of the page's words in their order, counted from 0.
    """

    page: int
    quad: list[tuple[float, float]]
    word_ids: list[int]


class Amount(_Form):
    """Money.

    Attributes:
        amount: a decimal number as text, so that nothing is rounded.
        currency: by ISO 4217, if known.
    """

    amount: str
    currency: str | None = None


Value = Amount | int | float | str
"""A normalised value: money; a count or percentage; text, ISO 8601 date or time."""


class LeafField(_Form):
    """A field with a value.

    Attributes:
        value: normalised; null where the text could not be.
        text: as it was read.
        confidence: from 0 to 1.
        regions: where it stands.
        corrected: set, and true, only where corrections were asked for and changed the field.
    """

    value: Value | None
    text: str
    confidence: Confidence
    regions: list[Region]
    corrected: bool = False


class GroupField(_Form):
    """A field that holds others: a line item, a payment, a person's name.

    Attributes:
        text: all of its words.
        confidence: from 0 to 1.
        regions: where it stands.
        fields: that it holds; repeated ones are lists.
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
    """Something that a user should look at.

    Attributes:
        code: stable, for programs.
        severity: "error" where a page or a stage failed.
        message: for people.
        fields: paths of those that it is about.
    """

    code: str
    severity: Severity
    message: str
    fields: list[str] = []


class WordEntry(_Form):
    """A word as read, for `?words=true` and `--with-words`.

    Attributes:
        text: of the word.
        quad: four corners in pixels, clockwise from the top left.
        confidence: of its reading, from 0 to 1.
    """

    text: str
    quad: list[tuple[float, float]]
    confidence: Confidence


class PageEntry(_Form):
    """One page.

    Attributes:
        number: from 1.
        width: in pixels as processed.
        height: in pixels as processed.
        rotation: the clockwise quarter turn that was undone, in degrees: 0, 90, 180 or 270.
        skew: the small angle that was undone besides, in degrees, clockwise positive.
        dpi: at which it was rendered; null of a picture.
        words: if they were asked for.
    """

    number: int
    width: int
    height: int
    rotation: int = 0
    skew: float = 0.0
    dpi: float | None = None
    words: list[WordEntry] | None = None


class ModelEntry(_Form):
    """Which model read the fields.

    Attributes:
        name: of the bundle.
        version: of the bundle.
        sha256: of the ONNX file that ran.
    """

    name: str
    version: str
    sha256: str


class DocumentResult(_Form):
    """One document's extraction.

    Attributes:
        id: of the document.
        type: of the document, as asked for or as recognised.
        type_confidence: from 0 to 1.
        status: "partial" means that a page or a stage failed (its issue has severity "error"); a
            document with warnings alone succeeded.
        pages: those that were read.
        fields: by their names; repeated ones are lists.
        issues: what should be looked at.
        model: that read them.
        timings_ms: milliseconds by stage.
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
