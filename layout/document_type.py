"""Which type a document is of, by the model's vote; "unknown" rather than a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from layout.confidence import type_confidence
from layout.graph import UNKNOWN_TYPE
from layout.result import FieldNode, Issue

MIN_PROBABILITY: Final = 0.6
"""A type less likely than this is no answer."""
MIN_CONTRADICTION: Final = 0.9
"""A type that was not asked for is worth a warning if it is at least this likely."""
DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class ChosenType:
    """A type's name, or `UNKNOWN_TYPE`, and how sure the choice is, in [0, 1]."""

    name: str
    confidence: float


def choose_type(types: Mapping[str, float]) -> ChosenType:
    """The likeliest type if it is likely enough.

    Args:
        types: probabilities by name; none of a document without words, which is of no type.
    """
    if not types:
        return ChosenType(UNKNOWN_TYPE, 1.0)
    name, probability = max(types.items(), key=lambda pair: pair[1])
    if name == UNKNOWN_TYPE or probability < MIN_PROBABILITY:
        known = max((p for n, p in types.items() if n != UNKNOWN_TYPE), default=0.0)
        return ChosenType(UNKNOWN_TYPE, round(1.0 - known, DECIMALS))
    return ChosenType(name, round(min(probability, 1.0), DECIMALS))


def contradiction(types: Mapping[str, float], wanted: str) -> Issue | None:
    """A warning where a document was read as one type and looks like another for sure."""
    name, probability = max(types.items(), key=lambda pair: pair[1], default=(wanted, 0.0))
    if wanted not in types or name == wanted or probability < MIN_CONTRADICTION:
        return None
    looks = "like none of the known types" if name == UNKNOWN_TYPE else f"like type {name}"
    message = f"read as type {wanted}, but it looks {looks} ({probability:.2f})"
    return Issue(code="other_type", severity="warning", message=message, fields=[])


def unknown_type(chosen: ChosenType) -> Issue:
    """A warning where a document is of no known type."""
    message = f"the document is of none of the known types (confidence {chosen.confidence:.2f})"
    return Issue(code="unknown_type", severity="warning", message=message, fields=[])


def no_fields(type_name: str) -> Issue:
    """A warning where a document has none of its type's fields."""
    message = f"no field of type {type_name} was found"
    return Issue(code="no_fields", severity="warning", message=message, fields=[])


def confidence_by_fields(fields: Mapping[str, FieldNode]) -> float:
    """How sure a type is where the model tells none: by the fields of it that were found."""
    return type_confidence(
        max((each.confidence for each in node), default=0.0)
        if isinstance(node, list)
        else node.confidence
        for node in fields.values()
    )
