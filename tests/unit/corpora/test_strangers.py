"""Made-up documents of no known type: words of many kinds, none of them in a field."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.synthesis.countries import grammar_of
from corpora.synthesis.dice import Dice
from corpora.synthesis.sheet import Sheet, print_rows
from corpora.synthesis.strangers import generate
from corpora.synthesis.strangers.generator import KINDS, WEIGHTS, design
from corpora.synthesis.strangers.writer import Writer
from corpora.synthesis.typefaces import Family, Typeface
from corpora.synthesis.views import photograph_of

SEEDS = st.integers(min_value=0, max_value=10**7)
LEAST_PER_SECOND = 30
"""Of documents, in seconds of the processor."""


@given(SEEDS, st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=40, deadline=None)
def test_strangers_have_words_but_neither_entities_nor_labels(seed: int, noise: float) -> None:
    document = generate(seed, noise=noise)
    assert not document.entities
    assert not document.labelled
    assert not document.truth
    (page,) = document.pages
    assert page.width > 0
    assert page.height > 0
    assert all(word.text and not any(c.isspace() for c in word.text) for word in page.words)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("is_korean", [False, True])
def test_every_kind_can_be_written_in_both_languages(kind: str, *, is_korean: bool) -> None:
    family: Family = "sans"
    sheet = Sheet(Typeface(family), em_px=20.0, width_px=800.0, leading=1.3)
    texts = set()
    for seed in range(6):
        writer = Writer(Dice(f"{kind}:{seed}"), is_korean=is_korean)
        words = print_rows(KINDS[kind](writer), sheet).words
        assert words
        assert all("{" not in word.text or kind in ("code", "scraps") for word in words)
        texts.add(tuple(word.text for word in words))
    assert len(texts) > 3


def test_equal_seeds_give_equal_documents() -> None:
    assert generate(3) == generate(3)
    assert generate(3) != generate(4)
    photograph = photograph_of(design(3))
    assert [w.text for w in photograph.document.words] == [w.text for w in generate(3).words]


def test_all_kinds_occur_in_both_languages() -> None:
    designs = [design(seed) for seed in range(300)]
    assert {each.kind for each in designs} == set(KINDS) == set(WEIGHTS)
    assert len({tuple(w.text for w in each.printed.words) for each in designs}) > 295
    korean = sum(any("가" <= c <= "힣" for w in d.printed.words for c in w.text) for d in designs)
    assert 0.2 < korean / 300 < 0.4
    sizes = sorted(len(each.printed.words) for each in designs)
    assert sizes[30] < 15
    assert sizes[-15] > 150


def test_strangers_are_made_quickly() -> None:
    grammar_of(("strangers_english",))
    grammar_of(("strangers_korean",))
    start = time.process_time()
    for seed in range(45):
        generate(seed)
    assert 45 / (time.process_time() - start) > LEAST_PER_SECOND
