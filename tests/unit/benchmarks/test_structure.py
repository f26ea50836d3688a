import pytest

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Counts
from benchmarks.structure import UNKNOWN, structure_metrics
from benchmarks.tasks import Sample, score_answers
from ocr.types import Page, Quad, Word

# Two rows of two columns each, read row by row; word 2 holds no text:
#   0 Name  1 of        3 Date
#   4 maker             5 today
PLACES = [(0, 0), (35, 0), (300, 0), (400, 0), (0, 30), (400, 30)]
TEXTS = ["Name", "of", "", "Date", "maker", "today"]
PAGE = Page(
    1,
    500,
    100,
    tuple(
        Word(text, Quad.from_box((x, y, x + 30, y + 20)))
        for text, (x, y) in zip(TEXTS, PLACES, strict=True)
    ),
)
TRUE = Answer(
    id="x",
    entities=[
        EntityEntry(label="question", word_ids=[0, 1, 4]),  # on two lines, around the other column
        EntityEntry(label="question", word_ids=[3]),
        EntityEntry(label="answer", word_ids=[5]),
    ],
)
FOUND = Answer(
    id="x",
    entities=[
        EntityEntry(label="question", word_ids=[0, 1]),
        EntityEntry(label="question", word_ids=[3]),
        EntityEntry(label="header", word_ids=[1, 3]),  # neighbours, but for a word without text
    ],
)


def counts(sample: Sample, answer: Answer) -> dict[str, dict[str, Counts]]:
    scores = score_answers(structure_metrics("funsd", [sample]), [sample], [answer])
    return {score.metric.name: dict(score.categories) for score in scores}


def test_entities_are_counted_by_lines_order_and_number() -> None:
    sample = Sample("x", (PAGE,), TRUE, blank_ids=frozenset({2}))
    assert counts(sample, FOUND) == {
        "entities_by_lines": {
            "one line": Counts(1, 2, 2),
            "several lines": Counts(0, 1, 1),
        },
        "entities_by_word_order": {
            "words in file order": Counts(1, 3, 2),
            "words apart or out of file order": Counts(0, 0, 1),
        },
        "entities_by_number": {
            "one of several of its label": Counts(1, 2, 2),
            "the only one of its label": Counts(0, 1, 1),
        },
    }


def test_characters_stand_where_their_words_do() -> None:
    # Characters 0..3, 5, 6, 8 make words 0, 1 and 3 … 5; 4 and 7 are white space.
    characters = ((0, 1), (2,), (), (3,), (5, 6), (8,))
    entities = [
        EntityEntry(label="question", word_ids=[0, 1, 2]),
        EntityEntry(label="question", word_ids=[3, 4, 5, 6]),
        EntityEntry(label="answer", word_ids=[8, 3]),
    ]
    true = Answer(id="x", entities=entities)
    sample = Sample("x", (PAGE,), true, blank_ids=frozenset({4, 7}), character_ids=characters)
    found = counts(sample, true)
    assert found["entities_by_lines"] == {
        "one line": Counts(1, 1, 1),
        "several lines": Counts(2, 2, 2),
    }
    assert found["entities_by_word_order"] == {
        "words in file order": Counts(2, 2, 2),
        "words apart or out of file order": Counts(1, 1, 1),
    }


def test_a_failed_document_without_words_has_no_places() -> None:
    read, failed = Sample("x", (PAGE,), TRUE), Sample("y", (), TRUE.model_copy(update={"id": "y"}))
    answers = [TRUE, Answer(id="y", error="e")]
    scores = score_answers(structure_metrics("cord", [read, failed]), [read, failed], answers)
    assert scores[0].categories[UNKNOWN] == Counts(0, 0, 3)
    assert scores[0].total == Counts(3, 3, 6)


@pytest.mark.parametrize(("benchmark", "pages"), [("sroie", (PAGE,)), ("funsd", ())])
def test_there_are_none_without_entities_or_words(benchmark: str, pages: tuple[Page, ...]) -> None:
    assert structure_metrics(benchmark, [Sample("x", pages, TRUE)]) == ()
