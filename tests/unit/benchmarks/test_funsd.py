"""FUNSD's metrics by hand-worked cases, and its answers from graphs, extractions and links."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.answers import Answer, EntityEntry
from benchmarks.command import benchmark
from benchmarks.counts import Counts, Metric
from benchmarks.funsd import TASK, FunsdTask
from benchmarks.links import LINKS_END_TO_END, LINKS_GOLD_ENTITIES, LINKS_GOLD_ENTITIES_BROS
from benchmarks.report import Report
from benchmarks.tasks import LinkedTask, Sample, score_answers
from corpora.splits import is_development
from layout.graph import Entity, FieldGraph, GraphScores
from layout.result import DocumentResult, GroupField, LeafField, ModelEntry, Region
from layout.schema import load_schema
from ocr.errors import SetupError
from ocr.types import Page
from tests.unit.corpora.form_files import annotation, write_form

SCHEMA = load_schema("funsd")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("b", "a"):
        write_form(annotation(tmp_path, name))
    return tmp_path


@pytest.fixture
def sample(root: Path) -> Sample:
    return TASK.sample(root, "test", "a")


def entity(label: str, *word_ids: int) -> EntityEntry:
    return EntityEntry(label=label, text=f"text {word_ids}", word_ids=list(word_ids))


def count(metric: Metric, predicted: Answer, true: Answer) -> dict[str, Counts]:
    return dict(metric.count(predicted, true))


# The truth: a header over two questions; an answer to both.
ENTITIES = [entity("header", 0, 1), entity("question", 2), entity("question", 3)]
ENTITIES += [entity("answer", 4, 5)]
TRUE = Answer(id="x", entities=ENTITIES, links=[(0, 1), (0, 2), (1, 3), (2, 3)])


def test_a_link_is_right_when_both_entities_and_the_direction_are() -> None:
    # The answer lost a word, so neither of its links counts; the second question's is turned round.
    found = [*ENTITIES[:3], entity("answer", 4)]
    predicted = Answer(id="x", entities=found, links=[(0, 1), (2, 0), (1, 3), (2, 3)])
    assert count(LINKS_END_TO_END, predicted, TRUE) == {
        "header>question": Counts(1, 1, 2),
        "question>header": Counts(0, 1, 0),
        "question>answer": Counts(0, 2, 2),
    }


def test_all_annotated_links_count_whatever_they_join_and_each_once() -> None:
    true = TRUE.model_copy(update={"links": [*TRUE.links, (1, 2)]})
    predicted = TRUE.model_copy(update={"links": [(0, 1), (0, 1), (1, 3)]})
    assert count(LINKS_GOLD_ENTITIES, predicted, true) == {
        "header>question": Counts(1, 1, 2),
        "question>answer": Counts(1, 1, 2),
        "question>question": Counts(0, 0, 1),
    }


def test_as_bros_counts_an_entity_has_the_last_parent_alone() -> None:
    # BROS stores links by the entity above; (2, 3) overwrites (1, 3) wherever it stands.
    true = TRUE.model_copy(update={"links": [(2, 3), (0, 1), (0, 2), (1, 3)]})
    first = TRUE.model_copy(update={"links": [(0, 1), (1, 3)]})
    assert count(LINKS_GOLD_ENTITIES_BROS, first, true) == {
        "header>question": Counts(1, 1, 2),
        "question>answer": Counts(0, 1, 1),
    }
    assert count(LINKS_GOLD_ENTITIES_BROS, true, true)["question>answer"] == Counts(1, 1, 1)


def test_names_come_in_name_order(root: Path) -> None:
    assert TASK.names(root, "test") == ["a", "b"]
    with pytest.raises(SetupError, match="no FUNSD forms in"):
        TASK.names(root, "train")
    with pytest.raises(SetupError, match="images"):
        TASK.names(root, "test", "pictures")


def test_development_is_carved_out_of_training_by_template(tmp_path: Path) -> None:
    names = [f"{number:02d}" for number in range(16)]
    for number, name in enumerate(names):
        text = f"Field{chr(97 + number)}:"
        write_form(annotation(tmp_path, name, split="training_data"), [(0, "question", text, [])])
    dev, train = TASK.names(tmp_path, "dev"), TASK.names(tmp_path, "train")
    assert dev == [name for name in names if is_development(name)]
    assert sorted([*dev, *train]) == names


def test_the_truth_counts_empty_words_but_lists_none(sample: Sample) -> None:
    assert sample.truth is not None
    assert sample.blank_ids == {4, 8}
    assert [(e.label, e.text, e.word_ids) for e in sample.truth.entities] == [
        ("header", "ORDER FORM", [0, 1]),
        ("question", "Name:", [2]),
        ("answer", "Ann Lee", [3, 5]),
        ("question", "Rank:", [9]),
    ]
    assert sample.truth.links == [(0, 1), (1, 2), (1, 3), (3, 2)]
    assert sample.truth.fields["form"] == [
        {"id": 0, "label": "header", "text": "ORDER FORM", "linking": [[0, 1]]},
        {"id": 1, "label": "question", "text": "Name:", "linking": [[0, 1], [1, 2], [1, 3]]},
        {"id": 2, "label": "answer", "text": "Ann Lee", "linking": [[1, 2], [3, 2]]},
        {"id": 3, "label": "question", "text": "Rank:", "linking": [[1, 3], [3, 2]]},
    ]


RIGHT = FieldGraph(
    (
        Entity("sections.header", (0, 1), 0.9),
        Entity("sections.questions.answers", (8,), 0.9),  # an empty word alone
        Entity("sections.questions.question", (2,), 0.9, parent=0),
        Entity("sections.questions.answers", (3, 4, 5), 0.9, parent=2, other_parents=(4,)),
        Entity("sections.questions.question", (9,), 0.9),
    )
)


def test_an_answer_lists_neither_empty_words_nor_entities_of_them(sample: Sample) -> None:
    answer = TASK.answer(sample, RIGHT)
    assert [(e.label, e.text, e.word_ids) for e in answer.entities] == [
        ("header", "ORDER FORM", [0, 1]),
        ("question", "Name:", [2]),
        ("answer", "Ann Lee", [3, 5]),
        ("question", "Rank:", [9]),
    ]
    assert answer.links == [(0, 1), (1, 2), (3, 2)]


def test_a_right_graph_misses_only_links_that_the_schema_lacks(sample: Sample) -> None:
    scores = score_answers(TASK.metrics, [sample], [TASK.answer(sample, RIGHT)])
    assert {score.metric.name: score.total for score in scores} == {
        "entities_exact_span": Counts(4, 4, 4),
        "links_end_to_end": Counts(3, 3, 4),
        "entities_folded_text": Counts(4, 4, 4),
    }


def test_a_failed_form_misses_all_its_truth(sample: Sample) -> None:
    scores = score_answers(TASK.metrics, [sample], [Answer(id="a", error="e")])
    assert [score.total for score in scores] == [Counts(0, 0, n) for n in (4, 4, 4)]


def test_spans_of_neighbouring_words_count_as_seqeval_counts_runs_of_tags(sample: Sample) -> None:
    # By tags: B-header I-header B-question B-answer . I-answer . . . B-question is the truth;
    # predicted are B-header B-header B-question B-answer . . . . . B-answer: 1 of 5 is right, of 4.
    graph = FieldGraph(
        (
            Entity("sections.header", (0,), 0.9),
            Entity("sections.header", (1,), 0.9),
            Entity("sections.questions.question", (2,), 0.9),
            Entity("sections.questions.answers", (3,), 0.9),
            Entity("sections.questions.answers", (9,), 0.9),
        )
    )
    score = score_answers(TASK.metrics, [sample], [TASK.answer(sample, graph)])[0]
    assert score.total == Counts(1, 5, 4)
    assert (score.total.precision, score.total.recall) == (0.2, 0.25)
    assert score.f1 == pytest.approx(2 / 9)


def test_texts_are_compared_by_letters_and_digits_wherever_they_stand(sample: Sample) -> None:
    found = [
        EntityEntry(label="header", text="Order-Form", word_ids=[70]),
        EntityEntry(label="question", text="RANK", word_ids=[1]),
        EntityEntry(label="question", text="RANK", word_ids=[2]),  # the truth has one alone
        EntityEntry(label="header", text="Ann Lee", word_ids=[3]),  # another label
        EntityEntry(label="answer", text="--", word_ids=[4]),
    ]
    (score,) = score_answers(TASK.metrics[2:], [sample], [Answer(id="a", entities=found)])
    assert score.total == Counts(2, 4, 4)


def leaf(text: str, *word_ids: int) -> LeafField:
    region = Region(page=1, quad=[(0, 0), (1, 0), (1, 1), (0, 1)], word_ids=list(word_ids))
    return LeafField(value=text, text=text, confidence=0.9, regions=[region])


def group(**fields: object) -> GroupField:
    return GroupField.model_validate(
        {"text": "", "confidence": 0.9, "regions": [], "fields": fields}
    )


def test_an_extraction_answers_with_its_leaves_and_their_links() -> None:
    named = group(question=leaf("Name:", 2), answers=[leaf("Ann", 3), leaf("Lee", 5)])
    sections = [
        group(header=leaf("ORDER FORM", 0, 1), questions=[named]),
        group(questions=[group(question=leaf("Rank:", 9)), group(answers=[leaf("1", 7)])]),
    ]
    result = DocumentResult(
        id="a",
        type="funsd",
        type_confidence=1.0,
        status="succeeded",
        pages=[],
        fields={"sections": sections},
        issues=[],
        model=PlainModel.entry,
        timings_ms={},
    )
    answer = TASK.answer_of_result("a", result)
    assert [(e.label, e.text, e.word_ids) for e in answer.entities] == [
        ("header", "ORDER FORM", [0, 1]),
        ("question", "Name:", [2]),
        ("answer", "Ann", [3]),
        ("answer", "Lee", [5]),
        ("question", "Rank:", [9]),
        ("answer", "1", [7]),
    ]
    assert answer.links == [(0, 1), (1, 2), (1, 3)]


def test_true_entities_are_answered_with_predicted_links_alone(sample: Sample) -> None:
    assert isinstance(TASK, LinkedTask)
    assert [e.word_ids for e in TASK.gold_entities(sample)] == [(0, 1), (2,), (3, 5), (9,)]
    answer = TASK.answer_of_links(sample, [(3, 2)])
    assert sample.truth is not None
    assert answer.entities == sample.truth.entities
    assert answer.links == [(3, 2)]
    assert str(sample.truth.fields) != str(answer.fields)
    assert "[0, 1]" not in str(answer.fields)


def test_gold_segment_boxes_are_said_in_every_metric(root: Path) -> None:
    task = TASK.with_segment_boxes()
    assert task == FunsdTask("segments")
    for metric in (*task.metrics, *task.metrics_gold_entities):
        assert metric.name.endswith("_gold_segment_boxes")
        assert "gold segment boxes (leak the grouping)" in metric.definition
    (page,) = task.sample(root, "test", "a").pages
    assert page.words[3].quad == page.words[5].quad


class PlainModel:
    """Takes the first word for a header and every other for an answer under a question, word 2."""

    entry = ModelEntry(name="plain", version="1", sha256="0" * 64)
    labels = SCHEMA.labels

    def score(self, pages: Sequence[Page]) -> GraphScores:
        n_words = sum(len(page.words) for page in pages)
        initial = np.full((3, n_words), -9, np.float32)
        initial[0, 0] = initial[1, 2] = initial[2, 3] = initial[0, 3] = 9
        initial[2, 3] = 8  # less than the header's
        none = np.full((n_words, n_words), -9, np.float32)
        rel_g = none.copy()
        rel_g[0, 2] = rel_g[2, 3] = 9
        return GraphScores(self.labels, initial, none, rel_g, np.full(n_words, -9, np.float32))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Folders of the bundles that were opened; the model is a plain one."""
    folders: list[object] = []

    def open_plain(folder: object, **_: object) -> PlainModel:
        folders.append(folder)
        return PlainModel()

    monkeypatch.setattr("layout.session.SpatialModel.open", open_plain)
    return folders


def run(root: Path, *arguments: str) -> tuple[Report, list[Answer], str]:
    """The report, the predictions, and what was said on the way."""
    report, predictions = root / "report.json", root / "predictions.jsonl"
    fixed = ["funsd", "--data", str(root), "--split", "test", "--words", "gold"]
    files = ["--report", str(report), "--predictions", str(predictions)]
    result = CliRunner().invoke(benchmark, [*fixed, *files, *arguments])
    assert result.exit_code == 0, result.output
    lines = [Answer.model_validate_json(line) for line in predictions.read_text().splitlines()]
    return Report.model_validate_json(report.read_text()), lines, result.stderr


def test_the_command_takes_the_forms_bundle_and_says_its_licence(
    root: Path, opened: list[object]
) -> None:
    report, answers, said = run(root)
    assert [Path(str(folder)).name for folder in opened] == ["funsd"]
    assert said.splitlines()[0].count("non-commercial") == 1
    assert [answer.id for answer in answers] == ["a", "b"]
    assert answers[0].links == [(0, 1)]
    metrics = {m.name: m.total for m in report.metrics}
    # Of 4 true entities the question alone is right: header (0), question (2), header (3).
    assert (metrics["entities_exact_span"].n_correct, metrics["entities_exact_span"].n_true) == (
        2,
        8,
    )
    assert "entities_by_lines" in metrics


def test_the_command_links_true_entities(root: Path, opened: list[object]) -> None:
    report, answers, said = run(root, "--entities", "gold", "--bundle", str(root))
    assert opened == [root]
    assert "non-commercial" not in said
    assert answers[0].links == [(0, 1), (1, 2)]
    assert report.setting == "words gold, entities gold"
    assert {m.name: (m.total.n_correct, m.total.n_true) for m in report.metrics} == {
        "links_gold_entities": (4, 8),
        "links_gold_entities_bros": (2, 6),
    }


def test_the_command_names_segment_boxes_and_removed_constraints(
    root: Path, opened: list[object]
) -> None:
    report, answers, _ = run(root, "--boxes", "segments", "--without", "one_label")
    assert len(opened) == 1
    assert "gold segment boxes (leak the grouping)" in report.setting
    assert report.setting.endswith("decoded without one_label")
    assert report.metrics[0].name == "entities_exact_span_gold_segment_boxes"
    assert [e.label for e in answers[0].entities] == ["header", "question", "header", "answer"]


def test_a_broken_form_gets_a_line_with_its_error(root: Path, opened: list[object]) -> None:
    annotation(root, "b").write_text(json.dumps({"form": 1}))
    report, answers, _ = run(root)
    assert opened
    assert answers[0].error is None
    assert answers[1].error is not None
    assert [failure.id for failure in report.failures] == ["b"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["funsd", "--words", "ocr", "--entities", "gold"], "it needs --words gold"),
        (["funsd", "--words", "ocr", "--without", "no_theft"], "--without needs --words gold"),
        (["funsd", "--words", "ocr", "--boxes", "segments"], "--boxes segments needs"),
        (["cord", "--words", "gold", "--boxes", "segments"], "only FUNSD has gold segments"),
        (["funsd_r", "--words", "ocr"], "funsd_r has no pictures"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(benchmark, [*arguments, "--data", str(tmp_path), "--split", "test"])
    assert result.exit_code == 2
    assert said in result.output
