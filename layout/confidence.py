"""How sure a result is, from the model's and the recogniser's confidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Calibrate = Callable[[float, str], float]
"""Turns the model's confidence in a label into the share of such fields that are right."""

CONFIDENCE_DECIMALS = 4


def as_given(confidence: float, _label: str) -> float:
    """No calibration: the confidence as the model gave it."""
    return confidence


def leaf_confidence(layout: float, ocr: float) -> float:
    """The confidence in a leaf's text.

    A field is right if the right words were chosen and if these were read rightly. The two err for
    different reasons, so their confidences are multiplied. For several words the recogniser counts
    with its least sure one, not with a product: its confidence is a whole line's, shared by the
    words in it.

    Args:
        layout: calibrated confidence that these words are the field, in [0, 1].
        ocr: the least of the words' recognition confidences, in [0, 1].
    """
    return _within_bounds(layout * ocr)


def group_confidence(members: Iterable[float]) -> float:
    """The confidence in a group: of its least sure member, since one wrong member spoils it."""
    return _within_bounds(min(members))


def type_confidence(top_level: Iterable[float], n_expected: int = 3) -> float:
    """The confidence that a document is of a type, from the fields of that type found in it.

    Any receipt shows three different things at least (who sold, when, for how much), so it is the
    mean over the `n_expected` surest top-level fields, one that is missing counting as 0.

    Args:
        top_level: confidences of the distinct top-level fields, the best occurrence of each.
        n_expected: how many a document of the type shows at least.
    """
    surest = sorted(top_level, reverse=True)[:n_expected]
    return _within_bounds(sum(surest) / n_expected)


def _within_bounds(confidence: float) -> float:
    return round(min(max(confidence, 0.0), 1.0), CONFIDENCE_DECIMALS)
