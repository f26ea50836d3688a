"""Labels carried from printed words to read ones, and labelled documents as files."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.document import LabelledDocument, LabelledEntity
from corpora.labelled_files import read_labelled
from corpora.synthesis.files import write_document
from corpora.synthesis.reading import label_reading, words_on_page
from corpora.synthesis.registry import DESIGNERS
from corpora.synthesis.views import words_in_photograph, words_of
from layout.schema import load_schema
from ocr.engine import QuarterTurn
from ocr.righting import undo_skew, undo_turn
from ocr.types import Page, Quad, Word

SEEDS = st.integers(min_value=0, max_value=10**6)
TYPES = st.sampled_from(sorted(DESIGNERS))


def _read(document: LabelledDocument, words: tuple[Word, ...]) -> LabelledDocument:
    """Labelled as if these words had been read from an upright picture."""
    return label_reading(document, replace(document.pages[0], words=words, source="ocr"))


@given(TYPES, SEEDS)
@settings(max_examples=12)
def test_a_faultless_reading_has_the_labels_of_the_print(type_name: str, seed: int) -> None:
    document = words_in_photograph(DESIGNERS[type_name](seed))
    read = _read(document, document.words)
    assert read.entities == document.entities
    assert read.truth == document.truth
    assert read.key_word_ids == document.key_word_ids


@given(TYPES, SEEDS)
@settings(max_examples=8)
def test_labels_follow_their_words_into_any_order(type_name: str, seed: int) -> None:
    document = words_in_photograph(DESIGNERS[type_name](seed), hardship=1.0)
    order = np.random.default_rng(seed).permutation(len(document.words)).tolist()
    read = _read(document, tuple(document.words[i] for i in order))
    assert len(read.entities) == len(document.entities)
    for before, after in zip(document.entities, read.entities, strict=True):
        assert tuple(order[i] for i in after.word_ids) == before.word_ids
        assert (after.label, after.parent) == (before.label, before.parent)


@given(TYPES, SEEDS, st.sets(st.integers(min_value=0, max_value=40)))
@settings(max_examples=12)
def test_what_was_not_read_is_gone_with_all_that_needs_it(
    type_name: str, seed: int, lost: set[int]
) -> None:
    document = words_of(DESIGNERS[type_name](seed))
    words = tuple(word for i, word in enumerate(document.words) if i not in lost)
    read = _read(document, words)
    held = [i for entity in read.entities for i in entity.word_ids]
    assert len(held) == len(set(held))
    assert all(entity.word_ids for entity in read.entities)
    for entity in read.entities:
        heads = entity.other_parents if entity.parent is None else (entity.parent,)
        assert all(0 <= head < len(read.entities) for head in heads)
    if not any(load_schema(label.partition(".")[0]).loose for label in document.labelled):
        before = Counter(entity.label for entity in document.entities if entity.parent is None)
        after = Counter(entity.label for entity in read.entities if entity.parent is None)
        assert after <= before


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [0.0, 3.0])
def test_printed_words_lie_on_the_righted_page_where_their_ink_does(
    turn: QuarterTurn, skew: float
) -> None:
    picture = np.full((300, 500, 3), 255, np.uint8)
    picture[100:120, 350:420] = 0
    word = Word("INK", Quad.from_box((350, 100, 420, 120)))
    upright = undo_turn(picture, turn)
    if skew:
        upright, _ = undo_skew(upright, (), math.radians(skew))
    height, width = upright.shape[:2]
    page = Page(1, width, height, (), rotation=turn, skew=skew)
    (moved,) = words_on_page(Page(1, 500, 300, (word,)), page)
    rows, columns = np.nonzero(upright.min(axis=2) < 128)
    ink = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert moved.quad.box == pytest.approx(ink, abs=1.5)


def _row(*texts: str, y: float = 0.0) -> tuple[Word, ...]:
    """Words in a row, ten pixels a character and between words."""
    words, x = [], 0.0
    for text in texts:
        words.append(Word(text, Quad.from_box((x, y, x + 10 * len(text), y + 16))))
        x += 10 * len(text) + 10
    return tuple(words)


def _document(words: tuple[Word, ...], *entities: LabelledEntity) -> LabelledDocument:
    schema = entities[0].label.partition(".")[0]
    labels = frozenset(load_schema(schema).labels)
    return LabelledDocument("made", (Page(1, 600, 400, words),), entities, labels, has_groups=True)


TOTAL = LabelledEntity("receipt.total", (1, 2))


@pytest.mark.parametrize(
    ("read", "held"),
    [
        (("T0TAL", "RM", "9.O0"), (1, 2)),
        (("TOTALRM9.00",), (0,)),
        (("TOTAL", "RM9.00"), (1,)),
        (("TOTAL RM", "9.00"), (0, 1)),
        (("TOTAL", "RM", "9.", "00"), (1, 2, 3)),
    ],
)
def test_merged_split_and_misspelt_words_keep_their_entity(
    read: tuple[str, ...], held: tuple[int, ...]
) -> None:
    document = _document(_row("TOTAL", "RM", "9.00"), TOTAL)
    places = {"T0TAL": (0, 50), "TOTAL": (0, 50), "TOTALRM9.00": (0, 130), "RM": (60, 80),
              "RM9.00": (60, 130), "TOTAL RM": (0, 80), "9.O0": (90, 130), "9.00": (90, 130),
              "9.": (90, 110), "00": (110, 130)}  # fmt: skip
    words = tuple(
        Word(text, Quad.from_box((places[text][0], 1, places[text][1], 15))) for text in read
    )
    (entity,) = _read(document, words).entities
    assert entity.word_ids == held


def test_a_box_that_reaches_over_its_neighbour_is_told_by_its_text() -> None:
    document = _document(_row("TOTAL", "RM", "9.00"), TOTAL)
    words = (
        Word("TOTAL", Quad.from_box((0, 0, 66, 16))),
        Word("RM", Quad.from_box((52, 0, 86, 16))),
        Word("9.00", Quad.from_box((72, 0, 130, 16))),
    )
    assert _read(document, words).entities == document.entities


def test_words_over_nothing_printed_are_unlabelled() -> None:
    document = _document(_row("TOTAL", "RM", "9.00"), TOTAL)
    speck = Word("9.00", Quad.from_box((90, 40, 130, 56)))
    assert _read(document, (*document.words, speck)).entities == document.entities


def test_children_of_a_head_that_was_not_read_stand_alone_only_in_loose_schemas() -> None:
    words = (*_row("NAME"), *_row("KIM", y=40))
    question, answer = "form.sections.questions.question", "form.sections.questions.answers"
    form = _document(words, LabelledEntity(question, (0,)), LabelledEntity(answer, (1,), 0))
    assert _read(form, words[1:]).entities == (LabelledEntity(answer, (0,)),)
    item, price = "receipt.items.description", "receipt.items.total_price"
    receipt = _document(words, LabelledEntity(item, (0,)), LabelledEntity(price, (1,), 0))
    assert _read(receipt, words[1:]).entities == ()


@given(TYPES.filter(lambda name: name != "stranger"), SEEDS)
@settings(max_examples=8)
def test_what_was_written_can_be_trained_on(type_name: str, seed: int) -> None:
    document = words_in_photograph(DESIGNERS[type_name](seed), hardship=1.0)
    with TemporaryDirectory() as folder:
        write_document(Path(folder), document, None)
        (found,) = read_labelled(Path(folder), type_name)
    assert found.entities == document.entities
    assert [word.text for word in found.words] == [word.text for word in document.words]
    assert (found.labelled, found.has_groups) == (document.labelled, document.has_groups)
    assert (found.id, found.key_word_ids, found.truth) == (
        document.id,
        document.key_word_ids,
        document.truth,
    )
