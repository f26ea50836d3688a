"""Made-up forms: headers, questions and answers that stand in the words and hang together."""

from __future__ import annotations

import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.document import LabelledDocument
from corpora.synthesis.countries import grammar_of
from corpora.synthesis.forms import generate
from corpora.synthesis.forms.fields import ANSWER, HEADER, QUESTION, FormField, form_truth
from corpora.synthesis.forms.generator import design
from corpora.synthesis.forms.style import ENGLISH_THEMES, KOREAN_THEMES
from corpora.synthesis.views import photograph_of
from layout.schema import load_schema

SCHEMA = load_schema("form")
SEEDS = st.integers(min_value=0, max_value=10**7)
ABOVE = {ANSWER: QUESTION, QUESTION: HEADER}
LEAST_PER_SECOND = 30
"""Of documents, in seconds of the processor."""


def _paths(document: LabelledDocument) -> list[str]:
    return [entity.label.removeprefix("form.") for entity in document.entities]


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_every_entity_has_words_of_its_own_and_a_label_of_the_schema(seed: int) -> None:
    document = generate(seed)
    held = [i for entity in document.entities for i in entity.word_ids]
    assert len(held) == len(set(held))
    assert all(0 <= i < len(document.words) for i in held)
    assert all(entity.word_ids for entity in document.entities)
    assert {entity.label for entity in document.entities} <= set(SCHEMA.labels)
    assert document.labelled == frozenset(SCHEMA.labels)
    assert all(word.text and not any(c.isspace() for c in word.text) for word in document.words)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_every_text_is_printed_as_it_was_worded(seed: int) -> None:
    printed: dict[FormField, list[str]] = {}
    for word in design(seed).printed.words:
        if isinstance(word.field, FormField):
            printed.setdefault(word.field, []).append(word.text)
    assert printed
    assert all(field.text.split() == texts for field, texts in printed.items())


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_answers_hang_on_questions_and_questions_on_headers(seed: int) -> None:
    document = generate(seed)
    paths = _paths(document)
    for path, entity in zip(paths, document.entities, strict=True):
        parents = [*([] if entity.parent is None else [entity.parent]), *entity.other_parents]
        assert all(paths[parent] == ABOVE[path] for parent in parents)
        assert len(parents) == len(set(parents))
        assert path != HEADER or not parents


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_the_truth_holds_every_entity_once(seed: int) -> None:
    document = generate(seed)
    texts = [word.text for word in document.words]
    assert document.truth == form_truth(document.entities, texts)
    sections = document.truth["sections"]
    assert isinstance(sections, list)
    counts: Counter[str] = Counter()
    for section in sections:
        assert isinstance(section, dict)
        counts[HEADER] += "header" in section
        for asked in section.get("questions", []):  # type: ignore[union-attr]
            counts[QUESTION] += "question" in asked  # type: ignore[operator]
            counts[ANSWER] += len(asked.get("answers", []))  # type: ignore[union-attr, arg-type]
    assert +counts == Counter(_paths(document))


@given(SEEDS, st.sampled_from([0.3, 1.0]))
@settings(max_examples=20, deadline=None)
def test_reading_errors_leave_the_links_valid(seed: int, noise: float) -> None:
    document = generate(seed, noise=noise)
    paths = _paths(document)
    assert all(
        entity.parent is None or paths[entity.parent] == ABOVE[path]
        for path, entity in zip(paths, document.entities, strict=True)
    )


def test_equal_seeds_give_equal_forms_and_photographs_hold_the_same_words() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)
    photograph = photograph_of(design(7))
    assert [w.text for w in photograph.document.words] == [w.text for w in generate(7).words]
    assert photograph.document.truth == generate(7).truth


def test_forms_differ_in_structure_size_and_language() -> None:
    designs = [design(seed) for seed in range(300)]
    assert len({each.structure for each in designs}) > 250
    themes = Counter((each.style.is_korean, each.style.theme) for each in designs)
    assert len(themes) == len(ENGLISH_THEMES) + len(KOREAN_THEMES)
    assert 0.18 < sum(each.style.is_korean for each in designs) / 300 < 0.32
    sizes = sorted(len(each.printed.words) for each in designs)
    assert sizes[15] < 60
    assert 100 < sizes[150] < 190
    assert 230 < sizes[290] <= sizes[-1] < 420


def test_cells_answer_row_and_column_and_questions_stay_empty() -> None:
    documents = [generate(seed) for seed in range(60)]
    entities = [(d, path, e) for d in documents for path, e in zip(_paths(d), d.entities)]  # noqa: B905
    assert any(entity.other_parents for _, _, entity in entities)
    assert any(path == QUESTION and entity.parent is None for _, path, entity in entities)
    assert any(path == QUESTION and entity.parent is not None for _, path, entity in entities)
    n_questions = sum(path == QUESTION for _, path, _ in entities)
    answered = sum(
        len({e.parent for e in d.entities if e.label == f"form.{ANSWER}"} - {None})
        for d in documents
    )
    assert 0.1 < 1 - answered / n_questions < 0.5


def test_forms_are_made_quickly() -> None:
    grammar_of(("forms_english",))
    grammar_of(("forms_korean",))
    start = time.process_time()
    for seed in range(45):
        generate(seed)
    assert 45 / (time.process_time() - start) > LEAST_PER_SECOND
