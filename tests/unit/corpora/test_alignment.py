"""Finding known strings among words, and splitting documents by shop."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from corpora.alignment import find_exact, find_similar
from corpora.splits import DEV_SHARE, fold_of, group_share, is_development, sroie_groups

TEXTS = ["AB", "TRADING", ".", "TOTAL:", "9.00", "9.00"]
ORDER = range(len(TEXTS))


def test_exact_matches_ignore_punctuation_and_spacing() -> None:
    assert [m.word_ids for m in find_exact("9.00", TEXTS, ORDER)] == [(4,), (5,)]
    assert [m.word_ids for m in find_exact("ab trading", TEXTS, ORDER)] == [(0, 1)]
    assert [m.word_ids for m in find_exact("AB TRADING.", TEXTS, ORDER)] == [(0, 1, 2)]
    assert find_exact("TRADING CO", TEXTS, ORDER) == []
    assert find_exact("...", TEXTS, ORDER) == []


def test_similar_matches_bridge_reading_errors() -> None:
    texts = ["TEL:", "1", "N0", "12,", "-", "JALAN", "MAWAR", "TOTAL"]
    match = find_similar("NO 12, - JALAN MAWAR", texts, range(8), min_score=80)
    assert match is not None
    assert match.word_ids == (2, 3, 4, 5, 6)
    assert find_similar("SOMETHING ELSE", texts, range(8), min_score=80) is None
    assert find_similar("", texts, range(8), min_score=80) is None


def test_the_reading_order_counts_not_the_words_own() -> None:
    match = find_similar("ONE TWO THREE", ["THREE", "ONE", "TWO"], [1, 2, 0], min_score=90)
    assert match is not None
    assert match.word_ids == (1, 2, 0)


def test_shops_are_joined_through_a_third_receipt() -> None:
    truths: Mapping[str, Mapping[str, str]] = {
        "a": {"company": "AB TRADING", "address": "1 JALAN ALPHA"},
        "b": {"company": "A.B. Trading", "address": "2 JALAN BETA"},
        "c": {"company": "OTHER NAME", "address": "2, Jalan Beta"},
        "d": {"company": "D", "address": ""},
        "e": {"company": "D", "address": ""},
    }
    groups = sroie_groups(truths)
    assert groups["a"] == groups["b"] == groups["c"]
    assert len({groups["a"], groups["d"], groups["e"]}) == 3  # too short a name joins nothing


@given(st.text())
def test_shares_and_folds_stay_in_their_ranges(name: str) -> None:
    assert 0.0 <= group_share(name) < 1.0
    assert is_development(name) == (group_share(name) < DEV_SHARE)
    assert fold_of(name, n_folds=5) in range(5)


def test_splits_do_not_move() -> None:
    """A changed hash would put trained-on documents into development."""
    assert round(group_share("X00016469612"), 6) == 0.636814
    assert [fold_of(str(n), n_folds=5) for n in range(8)] == [1, 3, 0, 0, 1, 3, 0, 0]
