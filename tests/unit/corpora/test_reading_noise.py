"""Reading errors: words change, entities stay with them, groups stay whole."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.synthesis import forms
from corpora.synthesis.dice import Dice
from corpora.synthesis.reading_noise import misread
from corpora.synthesis.receipts import generate

SEEDS = st.integers(min_value=0, max_value=10**6)


@given(SEEDS, st.floats(min_value=0.01, max_value=1.0))
@settings(max_examples=30, deadline=None)
def test_entities_stay_with_their_words_and_heads_survive(seed: int, strength: float) -> None:
    exact = generate(seed)
    read = generate(seed, noise=strength)
    assert read.truth == exact.truth
    held = [i for entity in read.entities for i in entity.word_ids]
    assert len(held) == len(set(held))
    assert all(0 <= i < len(read.words) for i in held)
    assert all(word.text for word in read.words)
    exact_heads = {e.parent for e in exact.entities if e.parent is not None}
    labels = [exact.entities[head].label for head in exact_heads]
    for label in set(labels):
        assert sum(e.label == label for e in read.entities) >= labels.count(label)
    for entity in read.entities:
        if entity.parent is not None:
            assert read.entities[entity.parent].label in labels


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_no_strength_means_no_errors(seed: int) -> None:
    document = generate(seed)
    assert misread(document, Dice("any"), strength=0.0) is document
    assert generate(seed, noise=0.7) == generate(seed, noise=0.7)


def test_errors_grow_with_strength() -> None:
    def altered(noise: float) -> float:
        n_altered = n_words = 0
        for seed in range(30):
            exact = [word.text for word in generate(seed).words]
            read = {word.text for word in generate(seed, noise=noise).words}
            n_altered += sum(text not in read for text in exact)
            n_words += len(exact)
        return n_altered / n_words

    assert 0.01 < altered(0.2) < altered(1.0) < 0.4


def test_further_parents_stay() -> None:
    """A table's cell answers its row and its column, however badly the form is read."""
    n_exact = n_read = 0
    for seed in range(30):
        exact = forms.generate(seed)
        read = forms.generate(seed, noise=0.3)
        n_exact += sum(bool(entity.other_parents) for entity in exact.entities)
        n_read += sum(bool(entity.other_parents) for entity in read.entities)
    assert n_exact > 50
    assert 0.9 * n_exact < n_read <= n_exact
