"""Sections that run on: the likeliest sequence of heads."""

from __future__ import annotations

import time

import numpy as np

from layout.decode import decode
from layout.graph import GraphScores
from layout.run_on import heads_that_run_on
from layout.schema import load_schema
from layout.windows import NEVER

FORM = load_schema("form")
HEADER, QUESTION, _ = FORM.labels


def test_a_question_in_doubt_stands_under_its_neighbours_header() -> None:
    logits = np.array([[5.0, -2.0, 5.0]])  # by itself the second has none
    assert heads_that_run_on(logits, [1, 2, 3], [0]) == [0, 0, 0]


def test_a_header_takes_over_where_it_stands() -> None:
    logits = np.array([[3.0, 1.0, -1.0], [-9.0, 0.5, 3.0]])
    assert heads_that_run_on(logits, [1, 3, 4], [0, 2]) == [0, 2, 2]
    assert heads_that_run_on(logits, [1, 2, 4], [0, 3]) == [0, 0, 3]


def test_sure_questions_leave_a_section_and_come_back() -> None:
    logits = np.array([[6.0, -9.0, 6.0]])
    assert heads_that_run_on(logits, [1, 2, 3], [0]) == [0, None, 0]


def test_thousands_of_headers_and_questions_take_no_longer_than_their_product() -> None:
    logits = np.random.default_rng(0).normal(size=(4_000, 4_000))
    started = time.monotonic()
    assert len(heads_that_run_on(logits, range(1, 8_000, 2), range(0, 8_000, 2))) == 4_000
    assert time.monotonic() - started < 20


def test_nothing_runs_on_where_nothing_is() -> None:
    assert heads_that_run_on(np.zeros((1, 0)), [], [0]) == []
    assert heads_that_run_on(np.zeros((0, 2)), [0, 1], []) == [None, None]


def test_a_forms_sections_run_on_unless_told_otherwise() -> None:
    initial = np.full((len(FORM.labels), 4), -8.0, dtype=np.float32)
    initial[FORM.labels.index(HEADER), 0] = 6.0
    initial[FORM.labels.index(QUESTION), 1:] = 6.0
    rel_g = np.full((4, 4), -8.0, dtype=np.float32)
    rel_g[0, 1:] = 5.0, -2.0, 5.0
    none = np.full((4, 4), -8.0, dtype=np.float32)
    scores = GraphScores(tuple(FORM.labels), initial, none, rel_g, initial[0])

    def parents(*without: str) -> list[int | None]:
        return [
            entity.parent for entity in decode(scores, FORM, without=frozenset(without)).entities
        ]

    assert parents() == [None, 0, 0, 0]
    assert parents("run_on") == [None, 0, None, 0]


def test_a_long_section_runs_on_past_the_window_that_shows_its_header() -> None:
    initial = np.full((len(FORM.labels), 4), -8.0, dtype=np.float32)
    initial[FORM.labels.index(HEADER), 0] = 6.0
    initial[FORM.labels.index(QUESTION), 1:] = 6.0
    rel_g = np.full((4, 4), -8.0, dtype=np.float32)
    rel_g[0, 1:] = 5.0, NEVER, NEVER
    none = np.full((4, 4), -8.0, dtype=np.float32)
    scores = GraphScores(tuple(FORM.labels), initial, none, rel_g, initial[0])
    assert [entity.parent for entity in decode(scores, FORM).entities] == [None, 0, 0, 0]
