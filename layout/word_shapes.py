"""How a word is written: what an uncased vocabulary does not see."""

from __future__ import annotations

N_SHAPES = 20
"""Shape numbers, 0 for "hidden or no word" included."""
ENDS_IN_COLON = 11
"""From this number on, the word ends in a colon."""
_LOWER, _TITLE, _UPPER, _MIXED, _DIGITS, _NUMBER, _CODE, _MARKS, _UNCASED = range(1, 10)


def word_shape(text: str) -> int:
    """A word's shape in [1, N_SHAPES).

    Case, digits and marks give one of nine kinds; a colon at the end, by which forms mark what is
    to be filled in, makes ten more of them.
    """
    kind: int = _kind(text)
    return kind + ENDS_IN_COLON - 1 if text.endswith((":", "\uff1a")) else kind


def _kind(text: str) -> int:
    letters = [char for char in text if char.isalpha()]
    has_digits = any(char.isdigit() for char in text)
    if letters:
        return _CODE if has_digits else _case(letters)
    if not has_digits:
        return _MARKS
    return _DIGITS if all(char.isdigit() for char in text.rstrip(":\uff1a")) else _NUMBER


def _case(letters: list[str]) -> int:
    n_upper = sum(char.isupper() for char in letters)
    if n_upper == 0:
        return _LOWER if any(char.islower() for char in letters) else _UNCASED
    if n_upper == len(letters):
        return _UPPER
    return _TITLE if n_upper == 1 and letters[0].isupper() else _MIXED
