from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.unread_spaces import SolidText, cuts, relative_widths


def parts(marked: str, *, wide: float = 1.5) -> list[str]:
    """Words of a text; a `_` stands for an unread space, which widens both its neighbours."""
    text = marked.replace("_", "")
    widths = [1.0] * len(text)
    for n_before, place in enumerate(i for i, char in enumerate(marked) if char == "_"):
        widths[place - n_before - 1] = widths[place - n_before] = wide
    ends = [0, *cuts(SolidText(text, tuple(widths))), len(text)]
    return [text[a:b] for a, b in pairwise(ends)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4SIAO", ["4", "SIAO"]),
        ("1P.RIBS", ["1", "P.RIBS"]),
        ("1[REG]", ["1", "[REG]"]),
        ("1x5.000", ["1x", "5.000"]),
        ("0.308X72500", ["0.308X", "72500"]),
        ("0x1", ["0", "x1"]),
        ("TEH...x2", ["TEH...", "x2"]),
        ("1@20.000", ["1", "@20.000"]),
        ("1069-ROTI", ["1069-", "ROTI"]),
        ("9,0009,000", ["9,000", "9,000"]),
    ],
)
def test_wording_alone_parts(text: str, words: list[str]) -> None:
    assert parts(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "143.636",
        "15,000",
        "1x",
        "x2",
        "Rp12.000",
        "@12.000",
        "KP1",
        "10%",
        "A5",
        "25.0000",
        "me@b.c",
    ],
)
def test_what_is_one_word_stays_one(text: str) -> None:
    assert parts(text) == [text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1_43.636", ["1", "43.636"]),
        ("1.00_58000", ["1.00", "58000"]),
        ("29.000_1", ["29.000", "1"]),
        ("TEA_12,000", ["TEA", "12,000"]),
        ("(R)_1", ["(R)", "1"]),
    ],
)
def test_gaps_part_numbers(text: str, words: list[str]) -> None:
    assert parts(text) == words
    assert parts(text, wide=1.1) == [text.replace("_", "")]


@pytest.mark.parametrize("text", ["1_000", "123_000", "22.0_0", "R_25"])
def test_gaps_where_no_price_follows_are_none(text: str) -> None:
    assert parts(text) == [text.replace("_", "")]


def test_widths_are_relative_to_their_median() -> None:
    assert relative_widths([10, 20, 30]) == [0.5, 1.0, 1.5]
    assert relative_widths([0, 0]) == [1.0, 1.0]
    assert relative_widths([]) == []


@given(st.lists(st.tuples(st.sampled_from("12.,xX@AbC)-[%"), st.floats(0.3, 3)), min_size=1))
def test_cuts_are_places_inside_the_text(characters: list[tuple[str, float]]) -> None:
    text = "".join(char for char, _ in characters)
    found = cuts(SolidText(text, tuple(width for _, width in characters)))
    assert found == sorted(set(found))
    assert all(0 < place < len(text) for place in found)
