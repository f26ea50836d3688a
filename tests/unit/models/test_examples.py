"""Targets say what is known and leave open what is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.document import LabelledDocument, LabelledEntity
from corpora.funsd import read_document as read_form
from layout.schema import load_schema
from layout.tokens import DocumentTokeniser
from models.augment import AugmentConfig, augment, reorder
from models.examples import Example, competing_labels, make_example
from ocr.types import Page, Quad, Word
from tests.unit.corpora.form_files import write_form
from tests.unit.models.tiny import make_tokenizer

LABELS = tuple(
    label for name in ("receipt", "sroie", "cord", "funsd") for label in load_schema(name).labels
)
TEXTS = ("TEA", "2", "9.00", "TOTAL", "9.00")


@pytest.fixture(scope="module")
def example() -> Example:
    words = tuple(
        Word(text, Quad.from_box((40.0 * i, 20.0 * (i // 3), 40.0 * i + 30, 20.0 * (i // 3) + 10)))
        for i, text in enumerate(TEXTS)
    )
    labelled = LabelledDocument(
        id="x",
        pages=(Page(1, 300, 100, words),),
        entities=(
            LabelledEntity("cord.menu.nm", (0, 1)),
            LabelledEntity("cord.menu.price", (2,), parent=0),
            LabelledEntity("receipt.total", (2,)),
            LabelledEntity("receipt.total", (4,)),
        ),
        labelled=frozenset({"cord.menu.nm", "cord.menu.price", "receipt.total"}),
        has_groups=True,
        key_word_ids=frozenset({1}),
    )
    return make_example(labelled, LABELS, DocumentTokeniser(make_tokenizer()))


def test_openings_and_what_is_annotated(example: Example) -> None:
    targets = example.targets
    assert np.flatnonzero(targets.initial[LABELS.index("receipt.total")]).tolist() == [2, 4]
    assert targets.is_competing[LABELS.index("receipt.total")]
    assert targets.is_judged[LABELS.index("cord.menu.nm")]
    assert not targets.is_judged[LABELS.index("cord.menu.cnt")]
    assert not targets.is_competing[LABELS.index("sroie.total")]
    assert not competing_labels(["cord.total.total_price"])[0]


def test_labels_that_a_model_does_not_have_are_left_out() -> None:
    page = Page(1, 90, 20, (Word("9.00", Quad.from_box((0, 0, 40, 10))),))
    known = frozenset({"receipt.total", "sroie.total"})
    entities = tuple(LabelledEntity(label, (0,)) for label in sorted(known))
    labelled = LabelledDocument("x", (page,), entities, labelled=known, has_groups=False)
    tokeniser = DocumentTokeniser(make_tokenizer())
    targets = make_example(labelled, ("sroie.date", "sroie.total"), tokeniser).targets
    assert targets.initial.tolist() == [[False], [True]]
    assert targets.in_entity.tolist() == [True]


def test_predecessors(example: Example) -> None:
    rel_s = example.targets.rel_s
    assert np.flatnonzero(rel_s[:, 1]).tolist() == [0]
    # Word 3 means nothing known: it may follow itself or nothing, but no word of an entity.
    assert np.flatnonzero(rel_s[:, 3]).tolist() == [3, 5]
    assert np.flatnonzero(rel_s[:, 0]).tolist() == [3, 5]


def test_parents_and_keys(example: Example) -> None:
    targets = example.targets
    assert np.flatnonzero(targets.rel_g[:, 2]).tolist() == [0]
    assert np.flatnonzero(targets.rel_g[:, 0]).tolist() == [5]
    assert targets.in_group.tolist() == [True, False, True, False, False]
    assert targets.key.tolist() == [0.0, 1.0, 0.0, -1.0, 0.0]


def test_a_form_accepts_each_parent_and_none_where_there_is_none(tmp_path: Path) -> None:
    write_form(tmp_path / "a.json")
    form = read_form(tmp_path / "a.json")
    targets = make_example(form, LABELS, DocumentTokeniser(make_tokenizer())).targets
    # Words: 0 ORDER, 1 FORM, 2 Name:, 3 Ann, 4 empty, 5 Lee, 6, 7 other, 8 empty, 9 Rank:.
    accepted = {child: np.flatnonzero(targets.rel_g[:, child]).tolist() for child in (0, 2, 3, 9)}
    assert accepted == {0: [10], 2: [0], 3: [2, 9], 9: [10]}
    assert np.flatnonzero(targets.in_group).tolist() == [0, 2, 3, 9]
    assert np.flatnonzero(targets.rel_s[:, 5]).tolist() == [3]
    assert targets.is_judged.tolist() == [label.startswith("funsd.") for label in LABELS]
    assert not targets.is_competing.any()
    assert (targets.key == -1).all()


def test_taking_some_words_turns_lost_answers_into_none(example: Example) -> None:
    part = example.targets.take(np.array([2, 1]))
    assert part.rel_g[:, 0].tolist() == [False, False, True]
    assert part.rel_s[:, 1].tolist() == [False, False, True]
    assert part.key.tolist() == [0.0, 1.0]


@given(st.integers(0, 2**16))
def test_augmenting_keeps_words_and_their_tokens_together(seed: int) -> None:
    tokeniser = DocumentTokeniser(make_tokenizer())
    words = tuple(
        Word("ab" * (i % 3 + 1), Quad.from_box((0.0, 20.0 * i, 30.0, 20.0 * i + 10)))
        for i in range(9)
    )
    document = tokeniser.tokenise([Page(1, 100, 200, words)])
    changed = augment(document, AugmentConfig(), np.random.default_rng(seed))
    assert len(set(changed.word_ids.tolist())) == len(changed.word_ids) > 0
    assert (changed.boxes >= 0).all()
    for row, word in enumerate(changed.word_ids):
        before = int(np.flatnonzero(document.word_ids == word)[0])
        assert changed.n_tokens[row] == document.n_tokens[before]
        start, old = changed.first_tokens[row], document.first_tokens[before]
        n = changed.n_tokens[row]
        assert (changed.input_ids[start : start + n] == document.input_ids[old : old + n]).all()


def test_reordering_twice_comes_back() -> None:
    tokeniser = DocumentTokeniser(make_tokenizer())
    words = tuple(
        Word("a" * (i + 1), Quad.from_box((0.0, 20.0 * i, 30.0, 20.0 * i + 10))) for i in range(4)
    )
    document = tokeniser.tokenise([Page(1, 100, 200, words)])
    order = np.array([2, 0, 3, 1])
    back = reorder(reorder(document, order), np.argsort(order))
    assert back.input_ids.tolist() == document.input_ids.tolist()
    assert back.word_ids.tolist() == document.word_ids.tolist()
