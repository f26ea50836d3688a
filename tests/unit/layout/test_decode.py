"""SPADE decoding: the named constraints, and paths, candidates and groups on small graphs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.decode import REMOVABLE, decode
from layout.graph import GraphScores
from layout.schema import DocumentSchema
from tests.unit.layout.plain_scores import (
    ANSWER,
    CORD,
    FUNSD,
    LABELS,
    QUESTION,
    RECEIPT,
    SROIE,
    found,
    make_scores,
)


def test_a_path_runs_along_rel_s() -> None:
    scores = make_scores(5, opens={3: "sroie.company"}, follows={1: 3, 4: 1})
    assert found(decode(scores, SROIE)) == {("company", (3, 1, 4))}


def test_other_schemas_labels_are_left_alone() -> None:
    scores = make_scores(3, opens={0: "sroie.company", 1: "cord.menu.nm"})
    assert found(decode(scores, SROIE)) == {("company", (0,))}
    assert found(decode(scores, CORD)) == {("menu.nm", (1,))}


def test_one_follower_takes_the_likelier_claim() -> None:
    scores = make_scores(4, opens={0: "sroie.company"}, follows={1: 0, 2: 0})
    scores.rel_s[0, 2] = 3.0
    assert found(decode(scores, SROIE)) == {("company", (0, 1))}


def test_one_label_takes_the_likelier_label() -> None:
    scores = make_scores(2, opens={0: "cord.menu.nm"})
    scores.initial[LABELS.index("cord.menu.cnt"), 0] = 2.0
    assert found(decode(scores, CORD)) == {("menu.nm", (0,))}


def test_a_path_does_not_steal_another_entitys_opening() -> None:
    scores = make_scores(4, opens={0: "sroie.company", 2: "sroie.date"}, follows={1: 0, 2: 1})
    assert found(decode(scores, SROIE)) == {("company", (0, 1)), ("date", (2,))}


def test_a_word_likelier_to_follow_than_to_open_stays_in_its_path() -> None:
    scores = make_scores(3, opens={0: "cord.menu.nm"}, follows={1: 0, 2: 1})
    scores.initial[LABELS.index("cord.menu.nm"), 1] = 1.0
    assert found(decode(scores, CORD)) == {("menu.nm", (0, 1, 2))}


def test_in_a_loose_schema_an_opening_counts_double() -> None:
    scores = make_scores(3, opens={0: QUESTION}, follows={1: 0, 2: 1})
    scores.initial[LABELS.index(ANSWER), 1] = 1.0  # probability 0.73
    question, answer = (label.partition(".")[2] for label in (QUESTION, ANSWER))
    assert found(decode(scores, FUNSD)) == {(question, (0,)), (answer, (1, 2))}
    scores.initial[LABELS.index(ANSWER), 1] = -1.0
    assert found(decode(scores, FUNSD)) == {(question, (0, 1, 2))}


def test_a_word_that_no_path_reaches_opens_its_entity_after_all() -> None:
    scores = make_scores(3, opens={}, follows={1: 0, 2: 1})
    scores.initial[LABELS.index("cord.menu.nm"), 1] = 1.0
    assert found(decode(scores, CORD)) == {("menu.nm", (1, 2))}


def test_the_likely_place_of_a_single_field_gives_way_to_no_path() -> None:
    scores = make_scores(4, opens={0: "sroie.company"}, follows={1: 0, 2: 1})
    place = scores.initial[LABELS.index("sroie.address")]
    place[2] = 2.0
    assert found(decode(scores, SROIE)) == {("company", (0, 1)), ("address", (2,))}
    place[[2, 3]] = 1.0, 3.0  # no more than a faint alternative
    assert found(decode(scores, SROIE)) == {("company", (0, 1, 2)), ("address", (3,))}


def test_a_word_whose_predecessor_is_taken_follows_the_next_likely_one() -> None:
    scores = make_scores(4, opens={0: "cord.menu.nm", 1: "cord.menu.nm"}, follows={2: 0, 3: 0})
    scores.rel_s[[0, 1], 3] = 4.0, 3.0
    assert found(decode(scores, CORD)) == {("menu.nm", (0, 2)), ("menu.nm", (1, 3))}


def test_a_forms_word_between_two_labels_opens_the_likelier_one() -> None:
    scores = make_scores(2, opens={})
    scores.initial[LABELS.index(QUESTION), 0] = -0.4
    scores.initial[LABELS.index(ANSWER), 0] = -0.6
    scores.initial[LABELS.index(ANSWER), 1] = -0.6  # and nothing else: "none" is likelier
    (entity,) = decode(scores, FUNSD).entities
    assert (entity.path, entity.word_ids) == ("sections.questions.question", (0,))
    assert entity.confidence < 0.5


def test_a_cycle_in_rel_s_ends() -> None:
    scores = make_scores(3, opens={0: "sroie.company"}, follows={1: 0, 2: 1, 0: 2})
    assert found(decode(scores, SROIE)) == {("company", (0, 1, 2))}


def test_an_amount_printed_twice_shares_its_probability() -> None:
    scores = make_scores(4, opens={1: "sroie.total", 3: "sroie.total"})
    graph = decode(scores, SROIE)
    assert found(graph) == {("total", (1,)), ("total", (3,))}
    assert 0.9 < sum(entity.confidence for entity in graph.entities) <= 1.0


def test_nothing_is_found_where_none_is_likelier() -> None:
    scores = make_scores(3, opens={1: "sroie.total"}, strength=-1.0)
    assert decode(scores, SROIE).entities == ()


def test_key_words_are_split_off() -> None:
    scores = make_scores(3, opens={0: "cord.total.total_price"}, follows={1: 0, 2: 1}, keys=(0,))
    (entity,) = decode(scores, CORD).entities
    assert entity.word_ids == (1, 2)
    assert entity.key_word_ids == (0,)


def test_a_path_of_key_words_alone_stays_a_value() -> None:
    scores = make_scores(2, opens={0: "cord.total.total_etc"}, follows={1: 0}, keys=(0, 1))
    (entity,) = decode(scores, CORD).entities
    assert entity.word_ids == (0, 1)


def test_a_document_without_words_is_empty() -> None:
    assert decode(make_scores(0, opens={}), RECEIPT).entities == ()


def test_without_one_label_a_word_opens_several_entities() -> None:
    scores = make_scores(2, opens={0: "cord.menu.nm"}, follows={1: 0})
    scores.initial[LABELS.index("cord.menu.cnt"), 0] = 2.0
    graph = decode(scores, CORD, without=frozenset({"one_label"}))
    assert found(graph) == {("menu.nm", (0, 1)), ("menu.cnt", (0,))}


def test_without_one_follower_a_word_is_followed_by_all_that_claim_it() -> None:
    scores = make_scores(4, opens={0: "sroie.company"}, follows={1: 0, 2: 0, 3: 2})
    graph = decode(scores, SROIE, without=frozenset({"one_follower"}))
    assert [set(entity.word_ids) for entity in graph.entities] == [{0, 1, 2, 3}]


def test_without_no_theft_a_path_runs_into_another_entity() -> None:
    scores = make_scores(4, opens={0: "sroie.company", 2: "sroie.date"}, follows={1: 0, 2: 1, 3: 2})
    graph = decode(scores, SROIE, without=frozenset({"no_theft"}))
    assert found(graph) == {("company", (0, 1, 2, 3)), ("date", (2, 3))}


def test_without_one_of_each_an_item_holds_two_prices() -> None:
    scores = make_scores(
        4,
        opens={
            0: "receipt.items.description",
            1: "receipt.items.total_price",
            2: "receipt.items.description",
            3: "receipt.items.total_price",
        },
        parents={1: 0, 3: 0},
    )
    graph = decode(scores, RECEIPT, without=frozenset({"one_of_each", "in_order"}))
    assert [entity.parent for entity in graph.entities] == [None, 0, None, 0]


def test_unknown_constraints_are_refused() -> None:
    with pytest.raises(ValueError, match="no_cycles"):
        decode(make_scores(1, opens={}), SROIE, without=frozenset({"no_cycles"}))


@st.composite
def random_scores(draw: st.DrawFn) -> GraphScores:
    n_words = draw(st.integers(1, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = (len(LABELS), n_words), (n_words, n_words), (n_words, n_words), (n_words,)
    initial, rel_s, rel_g, key = (random.uniform(-4, 4, s).astype(np.float32) for s in shapes)
    return GraphScores(LABELS, initial, rel_s, rel_g, key)


SCHEMAS = [RECEIPT, CORD, SROIE, FUNSD]


@given(random_scores(), st.sampled_from(SCHEMAS))
def test_every_word_stands_in_one_entity_at_most(
    scores: GraphScores, schema: DocumentSchema
) -> None:
    entities = decode(scores, schema).entities
    used = Counter(word for entity in entities for word in entity.all_word_ids)
    assert all(count == 1 for count in used.values())
    assert all(entity.word_ids and 0.0 <= entity.confidence <= 1.0 for entity in entities)
    assert all(not entity.other_parents for entity in entities)


@given(random_scores(), st.sampled_from(SCHEMAS), st.frozensets(st.sampled_from(sorted(REMOVABLE))))
def test_any_scores_decode_to_a_forest_of_the_schemas_pairs(
    scores: GraphScores, schema: DocumentSchema, without: frozenset[str]
) -> None:
    entities = decode(scores, schema, without=without).entities
    for index, entity in enumerate(entities):
        group = schema.group_of(entity.path)
        seen = {index}
        parent = entity.parent
        if parent is None:
            assert not entity.other_parents
        while parent is not None:
            assert parent not in seen
            seen.add(parent)
            parent = entities[parent].parent
        for above in (entity.parent, *entity.other_parents):
            if above is None:
                continue
            assert group is not None
            assert schema.group_of(entities[above].path) in {group, schema.group_of(group)}
            if schema.loose:
                assert schema.by_path[entities[above].path].head
                assert scores.rel_g[entities[above].word_ids[0], entity.word_ids[0]] > 0


@given(random_scores())
def test_in_a_loose_schema_nothing_likelier_than_none_is_left_alone(scores: GraphScores) -> None:
    entities = decode(scores, FUNSD).entities
    pairs = {("header", "question"), ("question", "answers")}
    for child in entities:
        claims = [
            scores.rel_g[head.word_ids[0], child.word_ids[0]]
            for head in entities
            if (head.path.rsplit(".", 1)[1], child.path.rsplit(".", 1)[1]) in pairs
        ]
        assert (child.parent is None) == (max(claims, default=-1.0) <= 0)
