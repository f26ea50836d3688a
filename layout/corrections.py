"""What a person says about a document: its type and all its fields, in the result's own form.

A tree of corrections is the whole truth about the document: a field that it leaves out is not
there. A result's `fields` are of this form, so that they can be changed and handed back.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    ValidationError,
)

from layout.result import Amount, Confidence, DocumentResult
from ocr.errors import InvalidCorrectionsError

_ONE, _MANY = "(one)", "(many)"
_TAGS: Final = frozenset({_ONE, _MANY})
_VALUE: Final = "value"
_MAX_FAULTS: Final = 5  # in one message
MAX_TEXT: Final = 10_000  # characters of one field


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CorrectedRegion(_Form):
    """Words of a page, in their order.

    Attributes:
        page: its number, from 1.
        word_ids: of the page's words, counted from 0 as in results.
        quad: passed over.
    """

    page: int
    word_ids: list[int]
    quad: list[tuple[float, float]] | None = None


def _kind(value: object) -> str:
    return _MANY if isinstance(value, list) else _ONE


class CorrectedNode(_Form):
    """A field as it should be: a leaf has `text`, `value` or both, a group has `fields`.

    Attributes:
        text: of a leaf; where it is missing it follows the value.
        value: of a leaf; where it is missing or null it is read from the text.
        regions: the words it stands on, [] for none; where they are missing, the words that read so
            are looked for.
        fields: within a group.
        confidence: passed over.
        corrected: passed over.
    """

    text: Annotated[str | None, Field(max_length=MAX_TEXT)] = None
    value: Amount | StrictInt | StrictFloat | StrictStr | None = None
    regions: list[CorrectedRegion] | None = None
    fields: dict[str, CorrectedField] | None = None
    confidence: Confidence | None = None
    corrected: bool | None = None


CorrectedField = Annotated[
    Annotated[CorrectedNode, Tag(_ONE)] | Annotated[list[CorrectedNode], Tag(_MANY)],
    Discriminator(_kind),
]
"""Repeated fields are lists, single ones are not."""


class Corrections(_Form):
    """A document's corrections.

    Attributes:
        type: of the document; None for that of its result.
        fields: all of its fields.
    """

    type: Annotated[str | None, Field(max_length=64)] = None
    fields: dict[str, CorrectedField]

    def to_json(self) -> str:
        """As JSON text; what is unset is left out."""
        return self.model_dump_json(exclude_unset=True)


CorrectedNode.model_rebuild()
Corrections.model_rebuild()


def corrections_of(result: DocumentResult) -> Corrections:
    """What a result says, as corrections that change nothing yet."""
    tree = result.model_dump(include={"type", "fields"}, exclude_unset=True)
    return Corrections.model_validate(tree)


def parse_corrections(data: bytes) -> Corrections:
    """Corrections from JSON.

    Raises:
        InvalidCorrectionsError: they break their form; the message names the place.
    """
    try:
        return Corrections.model_validate_json(data)
    except ValidationError as error:
        places = dict[str, str]()
        for fault in error.errors():
            places.setdefault(_place(fault["loc"]), fault["msg"])
        faults = [f"{place}: {message}" if place else message for place, message in places.items()]
        raise InvalidCorrectionsError("; ".join(faults[:_MAX_FAULTS])) from error


def _place(parts: tuple[int | str, ...]) -> str:
    """Where a fault is, such as `fields.items[0].fields.total_price.text`."""
    place = ""
    for part in parts:
        if isinstance(part, int):
            place += f"[{part}]"
        elif part not in _TAGS:
            place += f".{part}" if place else part
        if part == _VALUE:  # what follows names the kinds that a value may be of
            break
    return place
