"""Made-up business cards: values that stand in the words, unlike key words; many structures."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.document import LabelledDocument
from corpora.synthesis.cards import generate
from corpora.synthesis.cards.generator import design
from corpora.synthesis.labelling import truth_tree
from corpora.synthesis.registry import DESIGNERS
from layout.schema import load_schema

SCHEMA = load_schema("business_card")
SEEDS = st.integers(min_value=0, max_value=10**7)


def _texts(document: LabelledDocument, path: str) -> list[str]:
    words = document.words
    return [
        " ".join(words[i].text for i in entity.word_ids)
        for entity in document.entities
        if entity.label == f"business_card.{path}"
    ]


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_every_entity_has_words_of_its_own_and_a_label_of_the_schema(seed: int) -> None:
    document = generate(seed)
    held = [i for entity in document.entities for i in entity.word_ids]
    assert len(held) == len(set(held))
    assert all(0 <= i < len(document.words) for i in held)
    assert all(entity.word_ids and entity.parent is None for entity in document.entities)
    assert {entity.label for entity in document.entities} <= set(SCHEMA.labels)
    assert document.labelled == frozenset(SCHEMA.labels)
    assert all(
        word.text and not any(c in " {}<>|\n" for c in word.text[1:-1]) for word in document.words
    )
    texts = [word.text for word in document.words]
    assert document.truth == truth_tree(document.entities, texts, SCHEMA)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_values_look_like_what_their_labels_say(seed: int) -> None:
    document = generate(seed)
    for mail in _texts(document, "emails"):
        assert re.search(r"[^@ ]+@[^@ ]+\.[^@ ]+$", mail.rstrip(">")), mail
    for site in _texts(document, "websites"):
        assert "@" not in site
        assert "." in site
    for path in ("work_phones", "mobile_phones", "other_phones", "faxes"):
        for number in _texts(document, path):
            assert sum(char.isdigit() for char in number) >= 6, number


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_words_lie_on_the_page_in_upright_boxes(seed: int) -> None:
    page = generate(seed).pages[0]
    for word in page.words:
        left, top, right, bottom = word.quad.box
        assert left < right
        assert top < bottom
        assert left > -0.02 * page.width
        assert right < 1.02 * page.width
        assert top > -0.02 * page.height
        assert bottom < 1.02 * page.height


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_words_do_not_lie_upon_each_other(seed: int) -> None:
    words = design(seed).printed.words
    for number, word in enumerate(words):
        left, top, right, bottom = word.box
        for other in words[:number]:
            across = min(right, other.box[2]) - max(left, other.box[0])
            down = min(bottom, other.box[3]) - max(top, other.box[1])
            assert across < 1 or down < 0.5 * min(bottom - top, other.box[3] - other.box[1])


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_seed_gives_the_same_card_again(seed: int) -> None:
    assert generate(seed) == generate(seed)


def test_cards_differ_in_structure_and_cover_the_schema() -> None:
    cards = [design(seed) for seed in range(300)]
    assert len({card.structure for card in cards}) > 250
    documents = [generate(seed) for seed in range(150)]
    seen = Counter(entity.label for document in documents for entity in document.entities)
    assert set(seen) == set(SCHEMA.labels)
    korean = sum(card.style.locale == "ko_KR" for card in cards)
    assert 0.3 < korean / len(cards) < 0.5


def test_cards_are_among_the_types_that_can_be_made_up() -> None:
    made = DESIGNERS["business_card"](7)
    assert [word.text for word in made.printed.words] == [
        word.text for word in design(7).printed.words
    ]
