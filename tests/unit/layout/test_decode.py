"""SPADE decoding: the named constraints, and paths, candidates and groups on small graphs."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layout.decode import decode
from layout.graph import FieldGraph, GraphScores
from layout.schema import DocumentSchema, load_schema

RECEIPT = load_schema("receipt")
CORD = load_schema("cord")
SROIE = load_schema("sroie")
LABELS = (*RECEIPT.labels, *CORD.labels, *SROIE.labels)
LOW = -8.0


def make_scores(
    n_words: int,
    *,
    opens: dict[int, str],
    follows: dict[int, int] | None = None,
    parents: dict[int, int] | None = None,
    keys: tuple[int, ...] = (),
    strength: float = 6.0,
) -> GraphScores:
    """Scores that say plainly: word opens label, word follows word, word belongs under word."""
    initial = np.full((len(LABELS), n_words), LOW, dtype=np.float32)
    rel_s = np.full((n_words, n_words), LOW, dtype=np.float32)
    rel_g = np.full((n_words, n_words), LOW, dtype=np.float32)
    key = np.full(n_words, LOW, dtype=np.float32)
    for word, label in opens.items():
        initial[LABELS.index(label), word] = strength
    for word, before in (follows or {}).items():
        rel_s[before, word] = strength
    for word, parent in (parents or {}).items():
        rel_g[parent, word] = strength
    key[list(keys)] = strength
    return GraphScores(LABELS, initial, rel_s, rel_g, key)


def found(graph: FieldGraph) -> set[tuple[str, tuple[int, ...]]]:
    return {(entity.path, entity.word_ids) for entity in graph.entities}


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


def test_items_gather_their_fields() -> None:
    scores = make_scores(
        6,
        opens={
            0: "receipt.items.description",
            1: "receipt.items.total_price",
            2: "receipt.items.description",
            3: "receipt.items.total_price",
            4: "receipt.items.sub_items.description",
            5: "receipt.items.sub_items.total_price",
        },
        parents={1: 0, 3: 2, 4: 2, 5: 4},
    )
    parents = {e.word_ids[0]: e.parent for e in decode(scores, RECEIPT).entities}
    assert parents == {0: None, 1: 0, 2: None, 3: 2, 4: 2, 5: 4}


def test_an_item_holds_one_price_and_the_other_goes_elsewhere() -> None:
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
    scores.rel_g[2, 3] = 1.0
    parents = {e.word_ids[0]: e.parent for e in decode(scores, RECEIPT).entities}
    assert parents == {0: None, 1: 0, 2: None, 3: 2}


def test_a_group_without_its_head_field_is_headed_by_another() -> None:
    scores = make_scores(
        2,
        opens={0: "receipt.items.quantity", 1: "receipt.items.total_price"},
        parents={1: 0},
    )
    parents = {e.word_ids[0]: e.parent for e in decode(scores, RECEIPT).entities}
    assert parents == {0: None, 1: 0}


def test_members_that_claim_one_another_get_a_head() -> None:
    scores = make_scores(
        2,
        opens={0: "receipt.items.quantity", 1: "receipt.items.total_price"},
        parents={0: 1, 1: 0},
    )
    parents = [entity.parent for entity in decode(scores, RECEIPT).entities]
    assert parents.count(None) == 1


def test_a_document_without_words_is_empty() -> None:
    assert decode(make_scores(0, opens={}), RECEIPT).entities == ()


@st.composite
def random_scores(draw: st.DrawFn) -> GraphScores:
    n_words = draw(st.integers(1, 9))
    floats = st.floats(-4, 4, width=32)
    return GraphScores(
        LABELS,
        draw(hnp.arrays(np.float32, (len(LABELS), n_words), elements=floats)),
        draw(hnp.arrays(np.float32, (n_words, n_words), elements=floats)),
        draw(hnp.arrays(np.float32, (n_words, n_words), elements=floats)),
        draw(hnp.arrays(np.float32, (n_words,), elements=floats)),
    )


@given(random_scores(), st.sampled_from([RECEIPT, CORD, SROIE]))
def test_any_scores_decode_to_a_forest(scores: GraphScores, schema: DocumentSchema) -> None:
    entities = decode(scores, schema).entities
    used = Counter(word for entity in entities for word in entity.all_word_ids)
    assert all(count == 1 for count in used.values())
    for index, entity in enumerate(entities):
        assert entity.word_ids
        assert 0.0 <= entity.confidence <= 1.0
        seen = {index}
        parent = entity.parent
        while parent is not None:
            assert parent not in seen
            seen.add(parent)
            group = schema.group_of(entity.path)
            assert group is not None
            assert entities[parent].path.startswith(group.rsplit(".", 1)[0].split(".")[0])
            parent = entities[parent].parent
