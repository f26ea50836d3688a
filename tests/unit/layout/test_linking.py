"""Parents: which entity belongs under which, on small graphs."""

from __future__ import annotations

from layout.decode import decode
from layout.graph import Entity
from layout.instances import build_instances
from layout.linking import link_entities
from tests.unit.layout.plain_scores import (
    ANSWER,
    FUNSD,
    HEADER,
    QUESTION,
    RECEIPT,
    make_scores,
)


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


def test_what_no_head_claims_stands_alone_in_a_loose_schema() -> None:
    scores = make_scores(
        6,
        opens={0: HEADER, 1: QUESTION, 2: ANSWER, 3: QUESTION, 4: ANSWER, 5: ANSWER},
        parents={1: 0, 2: 1, 4: 3},
    )
    parents = {e.word_ids[0]: e.parent for e in decode(scores, FUNSD).entities}
    assert parents == {0: None, 1: 0, 2: 1, 3: None, 4: 3, 5: None}


def test_a_question_takes_several_answers_and_heads_never_follow_their_members() -> None:
    scores = make_scores(
        4,
        opens={0: QUESTION, 1: ANSWER, 2: ANSWER, 3: HEADER},
        parents={1: 0, 2: 0, 3: 1, 0: 1},  # a header or question under an answer: no such pair
    )
    parents = {e.word_ids[0]: e.parent for e in decode(scores, FUNSD).entities}
    assert parents == {0: None, 1: 0, 2: 0, 3: None}


def test_an_answer_of_two_questions_has_both_only_where_one_head_is_off() -> None:
    scores = make_scores(
        4, opens={0: QUESTION, 1: QUESTION, 2: ANSWER, 3: QUESTION}, parents={2: 0}
    )
    scores.rel_g[1, 2] = 5.0
    scores.rel_g[3, 2] = 1.0  # likelier than "none", but less than a fifth of the probability
    assert decode(scores, FUNSD).entities[2].other_parents == ()
    answer = decode(scores, FUNSD, without=frozenset({"one_head"})).entities[2]
    assert (answer.parent, answer.other_parents) == (0, (1,))


def test_a_forms_tree_keeps_questions_without_header_together() -> None:
    scores = make_scores(
        7,
        opens={0: HEADER, 1: QUESTION, 2: ANSWER, 3: QUESTION, 4: ANSWER, 5: ANSWER, 6: QUESTION},
        parents={1: 0, 2: 1, 4: 3},
    )
    headed, headless = build_instances(decode(scores, FUNSD), FUNSD).children
    assert (headed.entities, [child.entities for child in headed.children]) == ([0], [[1, 2]])
    assert headless.entities == []
    assert [child.entities for child in headless.children] == [[3, 4], [5], [6]]


def test_known_entities_are_linked_in_their_order() -> None:
    scores = make_scores(4, opens={}, parents={3: 1, 0: 3})
    entities = [
        Entity("sections.questions.answers", (0, 2), 1.0),
        Entity("sections.header", (1,), 1.0),
        Entity("sections.questions.question", (3,), 1.0, parent=0),
    ]
    assert [e.parent for e in link_entities(scores, entities, FUNSD)] == [2, None, 1]
    assert link_entities(scores, [], FUNSD) == []
