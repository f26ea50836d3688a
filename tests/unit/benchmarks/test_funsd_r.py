from pathlib import Path

import pytest

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Counts
from benchmarks.funsd_r import TASK
from benchmarks.tasks import LinkedTask, Sample, score_answers
from corpora.splits import is_development
from layout.graph import Entity, FieldGraph
from ocr.errors import SetupError
from tests.unit.corpora.form_files import write_character_form

# Characters 0..10 are "Date: May 5", 11..18 "Name:Ann"; words Date:, May, 5, Name:, Ann.
RIGHT = FieldGraph(
    (
        Entity("sections.questions.question", (0,), 0.9),
        Entity("sections.questions.answers", (1, 2), 0.9, parent=0),
        Entity("sections.questions.question", (3,), 0.9),
        Entity("sections.questions.answers", (4,), 0.9, parent=2),
    )
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("b", "a"):
        write_character_form(tmp_path / "jsons" / f"{name}.json")
    write_character_form(tmp_path / "jsons" / "bare.json", None)
    (tmp_path / "data.test.txt").write_text(
        "images/b.png\tjsons/b.json\nimages/a.png jsons/a.json\nimages/bare.png jsons/bare.json\n"
    )
    return tmp_path


@pytest.fixture
def sample(root: Path) -> Sample:
    return TASK.sample(root, "test", "a")


def test_names_come_in_name_order_whatever_the_list_says(root: Path) -> None:
    assert TASK.names(root, "test") == ["a", "b", "bare"]
    with pytest.raises(SetupError, match=r"data\.train\.txt"):
        TASK.names(root, "dev")
    with pytest.raises(SetupError, match="no pictures"):
        TASK.names(root, "test", "pictures")


def test_development_holds_whole_templates(tmp_path: Path) -> None:
    names = [f"{number:02d}" for number in range(4)]
    for name in names:
        write_character_form(tmp_path / "jsons" / f"{name}.json")
    lines = [f"images/{name}.png\tjsons/{name}.json\n" for name in names]
    (tmp_path / "data.train.txt").write_text("".join(lines))
    split, other = ("dev", "train") if is_development("00") else ("train", "dev")
    assert (TASK.names(tmp_path, split), TASK.names(tmp_path, other)) == (names, [])


def test_word_ids_are_characters(sample: Sample) -> None:
    answer = TASK.answer(sample, RIGHT)
    assert [(e.label, e.text, e.word_ids) for e in answer.entities] == [
        ("question", "Date:", [0, 1, 2, 3, 4]),
        ("answer", "May 5", [6, 7, 8, 10]),
        ("question", "Name:", [11, 12, 13, 14, 15]),
        ("answer", "Ann", [16, 17, 18]),
    ]
    assert answer.links == [(0, 1), (2, 3)]
    assert sample.truth is not None
    assert answer.entities == sample.truth.entities
    assert answer.fields == sample.truth.fields


def test_a_right_graph_has_no_faults(sample: Sample) -> None:
    scores = score_answers(TASK.metrics, [sample], [TASK.answer(sample, RIGHT)])
    assert {score.metric.name: score.total for score in scores} == {
        "entities_exact_span": Counts(4, 4, 4),
        "links_end_to_end": Counts(2, 2, 2),
    }


def test_either_way_of_listing_white_space_is_right(sample: Sample) -> None:
    found = [
        EntityEntry(label="question", word_ids=[0, 1, 2, 3, 4]),
        EntityEntry(label="answer", word_ids=[6, 7, 8, 9, 10]),
        EntityEntry(label="answer", word_ids=[16, 17]),  # a character too few
    ]
    answer = Answer(id="a", entities=found, links=[(0, 1), (0, 2)])
    entities, links = score_answers(TASK.metrics, [sample], [answer])
    assert entities.total == Counts(2, 3, 4)
    assert links.total == Counts(1, 2, 2)


def test_true_entities_are_given_as_words_and_come_back_as_characters(sample: Sample) -> None:
    assert isinstance(TASK, LinkedTask)
    assert [e.word_ids for e in TASK.gold_entities(sample)] == [(0,), (1, 2), (3,), (4,)]
    answer = TASK.answer_of_links(sample, [(0, 1), (0, 3)])
    scores = score_answers(TASK.metrics_gold_entities, [sample], [answer])
    assert {score.metric.name: score.total for score in scores} == {
        "links_gold_entities": Counts(1, 2, 2),
        "links_gold_entities_bros": Counts(1, 2, 2),
    }


def test_forms_without_annotations_have_words_but_no_truth(root: Path) -> None:
    sample = TASK.sample(root, "test", "bare")
    assert sample.truth is None
    assert TASK.gold_entities(sample) == []
    assert TASK.answer_of_links(sample, []) == Answer(id="bare", fields={"form": []})
    assert score_answers(TASK.metrics, [sample], [TASK.answer(sample, RIGHT)])[0].documents == ()
