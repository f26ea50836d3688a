"""Zeros, Os and dollar signs are settled by their neighbours where the recogniser has doubts."""

from __future__ import annotations

import pytest

from ocr.engines.look_alikes import in_context


def settled(text: str, share: float) -> str:
    """A line where whatever else is asked about is as likely as `share`."""
    return "".join(in_context(tuple(text), lambda _place, _char: share))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 0ct 60", "3 Oct 60"),
        ("C00KING 0IL 65ML", "COOKING OIL 65ML"),
        ("Chr0me", "Chrome"),
        ("NO 29O, JALAN", "NO 290, JALAN"),
        ("lan Goldsmith, ltem", "Ian Goldsmith, Item"),
        ("JIn Perniagaan", "Jln Perniagaan"),
        ("S473K", "$473K"),
        ("SS5,983.00", "S$5,983.00"),
        ("TOTAL OF S 40,114.00", "TOTAL OF $ 40,114.00"),
    ],
)
def test_what_neighbours_speak_for_is_taken(text: str, expected: str) -> None:
    assert settled(text, 0.3) == expected


@pytest.mark.parametrize(
    "text", ["3 0ct 60", "NO 29O, JALAN", "S916166", "LS42339", "logo", "McInnes"]
)
def test_what_the_recogniser_is_sure_of_stays(text: str) -> None:
    assert settled(text, 0.0) == text


@pytest.mark.parametrize(
    "text",
    [
        "A0",
        "0",
        "B063895",
        "7/118B",
        "P. 0. BOX",
        "$S16",
        "LOT SALES",
        "10:00",
        "OOO",
        "Impor",
        "IL",
    ],
)
def test_where_the_neighbours_do_not_tell_nothing_changes(text: str) -> None:
    assert settled(text, 0.4) == text


def test_a_zero_that_is_sure_goes_with_its_neighbour_that_is_not() -> None:
    doubts = {1: 0.4, 2: 0.001}
    read = in_context(tuple("F00D"), lambda place, _char: doubts.get(place, 0.0))
    assert "".join(read) == "FOOD"


def test_characters_of_several_code_points_keep_their_places() -> None:
    read = in_context(("👍🏽", "0", "c", "t"), lambda place, _char: 0.3 if place == 1 else 0.0)
    assert read == ("👍🏽", "O", "c", "t")
