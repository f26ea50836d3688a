import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.answers import Answer, EntityEntry
from benchmarks.cord_r import TASK, score_documents
from benchmarks.counts import Counts
from benchmarks.tasks import score_answers
from corpora import cord_r as corpus
from layout.graph import Entity, FieldGraph
from ocr.errors import SetupError

# Two segments; the characters are numbered through, blanks too:
# "1 EGG TART" 0..9 (blanks 1, 5), "2 ITEMS" 10..16 (blank 11); words 1, EGG, TART, 2, ITEMS.
SEGMENTS = ["1 EGG TART", "2 ITEMS"]
LABELS = [
    ("menu.nm", [1, 2, 3, 4, 6, 7, 8, 9]),  # lists one of the two blanks around it
    ("menu.cnt", [0]),
    ("total.menuqty_cnt", [10, 11, 12, 13, 14, 15, 16]),
    ("total.total_etc", [5]),  # white space alone is no entity
]


def write_receipt(path: Path, labels: Sequence[tuple[str, list[int]]] | None) -> None:
    segments = []
    n_before = 0
    for row, text in enumerate(SEGMENTS):
        characters = [
            {"id": n_before + i, "box": [10 * i, 20 * row, 10 * i + 10, 20 * row + 20], "text": c}
            for i, c in enumerate(text)
        ]
        segments.append({"words": characters})
        n_before += len(text)
    receipt: dict[str, object] = {"img": {"width": 100, "height": 40}, "document": segments}
    if labels is not None:
        receipt["label_entities"] = [{"label": label, "word_idx": ids} for label, ids in labels]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(receipt))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("valid_0002", "valid_0001"):
        write_receipt(tmp_path / "jsons" / f"{name}.json", LABELS)
    write_receipt(tmp_path / "jsons" / "test_0001.json", None)
    (tmp_path / "data.val.txt").write_text(
        "images/valid_0002.png jsons/valid_0002.json\n"
        "images/valid_0001.png\tjsons/valid_0001.json\n"
    )
    (tmp_path / "data.test.txt").write_text("images/test_0001.png\tjsons/test_0001.json\n")
    return tmp_path


# The value is "2", the key word ITEMS stands behind it.
RIGHT = FieldGraph(
    (
        Entity("menu.cnt", (0,), 0.9),
        Entity("menu.nm", (1, 2), 0.9),
        Entity("total.menuqty_cnt", (3,), 0.9, key_word_ids=(4,), path_ids=(3, 4)),
    )
)


def test_documents_come_in_name_order_whatever_the_list_says(root: Path) -> None:
    assert TASK.names(root, "dev") == ["valid_0001", "valid_0002"]


def test_word_ids_are_characters_and_key_words_stand_at_their_places(root: Path) -> None:
    answer = TASK.answer(TASK.sample(root, "dev", "valid_0001"), RIGHT)
    assert [(e.label, e.text, e.word_ids) for e in answer.entities] == [
        ("menu.cnt", "1", [0]),
        ("menu.nm", "EGG TART", [2, 3, 4, 6, 7, 8, 9]),
        ("total.menuqty_cnt", "2 ITEMS", [10, 12, 13, 14, 15, 16]),
    ]


def test_key_words_come_first_where_the_path_is_not_given() -> None:
    assert Entity("total.total_price", (7, 8), 0.9, key_word_ids=(5, 6)).all_word_ids == (
        5,
        6,
        7,
        8,
    )


def test_a_right_graph_has_no_faults(root: Path) -> None:
    documents = list(corpus.read_documents(root, "dev"))
    (score,) = score_documents(documents, [RIGHT, RIGHT])
    assert score.total == Counts(6, 6, 6)


def test_either_way_of_listing_white_space_is_right(root: Path) -> None:
    sample = TASK.sample(root, "dev", "valid_0001")
    listed = [EntityEntry(label="menu.nm", word_ids=[2, 3, 4, 5, 6, 7, 8, 9])]
    (score,) = score_answers(TASK.metrics, [sample], [Answer(id=sample.id, entities=listed)])
    assert score.total == Counts(1, 1, 3)


def test_an_id_that_no_character_has_is_wrong(root: Path) -> None:
    sample = TASK.sample(root, "dev", "valid_0001")
    listed = [EntityEntry(label="menu.cnt", word_ids=[0, 99])]
    (score,) = score_answers(TASK.metrics, [sample], [Answer(id=sample.id, entities=listed)])
    assert score.total == Counts(0, 1, 3)


def test_a_failed_document_misses_all_its_truth(root: Path) -> None:
    sample = TASK.sample(root, "dev", "valid_0001")
    (score,) = score_answers(TASK.metrics, [sample], [Answer(id=sample.id, error="e")])
    assert score.total == Counts(0, 0, 3)


def test_receipts_without_annotations_have_words_but_no_truth(root: Path) -> None:
    sample = TASK.sample(root, "test", "test_0001")
    assert sample.truth is None
    assert [w.text for w in sample.pages[0].words] == ["1", "EGG", "TART", "2", "ITEMS"]
    (score,) = score_answers(TASK.metrics, [sample], [TASK.answer(sample, RIGHT)])
    assert score.documents == ()


def test_a_missing_split_is_named(root: Path) -> None:
    with pytest.raises(SetupError, match=r"data\.train\.txt"):
        TASK.names(root, "train")
