import json
from pathlib import Path

import pytest

from benchmarks.answers import Answer
from benchmarks.cord import TASK, score_documents
from benchmarks.counts import Counts
from corpora import cord as corpus
from layout.graph import Entity, FieldGraph
from ocr.errors import SetupError

LINES = [
    # category, group, [(text, is_key), ...]; words are numbered through, the empty one too
    ("menu.cnt", 1, [("1", 0)]),
    ("menu.nm", 1, [("KOPI", 0), ("", 0), ("SUSU", 0)]),
    ("menu.price", 1, [("5,000", 0)]),
    ("total.total_price", 2, [("TOTAL", 1), ("5,000", 0)]),
]
GT_PARSE = {
    "menu": {"nm": "KOPI SUSU", "cnt": "1", "price": "5,000"},
    "total": {"total_price": "5,000"},
}


def write_receipt(path: Path, *, annotated: bool = True) -> None:
    quad = dict.fromkeys(("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"), 10)
    lines = []
    for category, group, words in LINES:
        line: dict[str, object] = {
            "words": [
                {"quad": quad, "text": text, **({"is_key": key} if annotated else {})}
                for text, key in words
            ]
        }
        if annotated:
            line |= {"category": category, "group_id": group, "sub_group_id": 0}
        lines.append(line)
    size = {"width": 100, "height": 100}
    receipt: dict[str, object] = {"meta": {"image_size": size}, "valid_line": lines}
    if annotated:
        receipt["gt_parse"] = GT_PARSE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(receipt))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_receipt(tmp_path / "dev" / "json" / "receipt_00001.json")
    write_receipt(tmp_path / "test" / "json" / "unlabelled.json", annotated=False)
    return tmp_path


RIGHT = FieldGraph(
    (
        Entity("menu.cnt", (0,), 0.9, parent=1),
        Entity("menu.nm", (1, 2, 3), 0.9),
        Entity("menu.price", (4,), 0.9, parent=1),
        Entity("total.total_price", (6,), 0.9, key_word_ids=(5,), path_ids=(5, 6)),
    )
)


def test_truth_holds_values_without_key_words_and_empty_words(root: Path) -> None:
    sample = TASK.sample(root, "dev", "receipt_00001")
    assert sample.truth is not None
    assert sample.blank_ids == {2}
    assert sample.truth.fields == GT_PARSE
    assert [(e.label, e.text, e.word_ids, e.key_word_ids) for e in sample.truth.entities] == [
        ("menu.cnt", "1", [0], []),
        ("menu.nm", "KOPI SUSU", [1, 3], []),
        ("menu.price", "5,000", [4], []),
        ("total.total_price", "5,000", [6], [5]),
    ]


def test_a_right_graph_answers_with_the_truth(root: Path) -> None:
    sample = TASK.sample(root, "dev", "receipt_00001")
    assert TASK.answer(sample, RIGHT) == sample.truth


def test_scores_of_a_worked_case(root: Path) -> None:
    documents = [corpus.read_document(root / "dev" / "json" / "receipt_00001.json")]
    wrong = FieldGraph(
        (
            Entity("menu.nm", (1,), 0.9),  # a word is missing
            Entity("menu.price", (4,), 0.9),  # right words, but a line of its own
            Entity("total.total_price", (5, 6), 0.9),  # with its key word
        )
    )
    scores = {score.metric.name: score for score in score_documents(documents, [wrong])}
    assert next(iter(scores)) == "fields_in_groups_strict"
    assert scores["fields_in_groups_strict"].total == Counts(1, 3, 4)
    assert scores["fields_flat_donut"].total == Counts(1, 3, 4)
    assert scores["entities_values_only"].total == Counts(1, 3, 4)
    # The total is right with its key word now, the name still lacks a word.
    assert scores["entities_with_key_words"].total == Counts(2, 3, 4)
    assert scores["items_exact"].total == Counts(0, 2, 1)
    # The price's group, equal in a value, is more alike the true one than the name's group is.
    assert scores["spade_parse_strict"].total == Counts(1, 3, 4)
    assert scores["fields_tree_accuracy_donut"].mean < 1.0
    assert {score.figure for score in score_documents(documents, [RIGHT])} == {1.0}


def test_receipts_without_annotations_have_words_but_no_truth(root: Path) -> None:
    assert TASK.names(root, "test") == ["unlabelled"]
    sample = TASK.sample(root, "test", "unlabelled")
    assert sample.truth is None
    assert [w.text for w in sample.pages[0].words][:2] == ["1", "KOPI"]
    answer = TASK.answer(sample, RIGHT)
    assert answer.fields == GT_PARSE


def test_the_tree_is_rebuilt_where_the_file_has_none(root: Path) -> None:
    path = root / "dev" / "json" / "receipt_00001.json"
    receipt = json.loads(path.read_text())
    del receipt["gt_parse"]
    path.write_text(json.dumps(receipt))
    truth = TASK.truth(root, "dev", "receipt_00001")
    assert truth is not None
    assert truth.fields == GT_PARSE


def test_an_empty_graph_is_an_empty_answer(root: Path) -> None:
    sample = TASK.sample(root, "dev", "receipt_00001")
    assert TASK.answer(sample, FieldGraph(())) == Answer(id="receipt_00001")


def test_a_folder_without_the_split_is_named(root: Path) -> None:
    with pytest.raises(SetupError, match="no CORD receipts in"):
        TASK.names(root, "train")
