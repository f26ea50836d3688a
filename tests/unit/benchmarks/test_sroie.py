import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Counts, evaluate
from benchmarks.items import REPEATED_TOTALS, repeated_total_is_hit
from benchmarks.sroie import KEYS_STRICT, TASK, count_keys, score_documents
from corpora import sroie as corpus
from layout.graph import Entity, FieldGraph
from ocr.errors import SetupError

TRUE: dict[str, JsonValue] = {
    "company": "BOOK TA .K (TAMAN DAYA) SDN BHD",
    "date": "25/12/2018",
    "address": "NO.53 55,57 & 59, JALAN SAGU 18",
    "total": "9.00",
}


def answer(**fields: JsonValue) -> Answer:
    return Answer(id="x", fields=fields)


def total(predicted: Answer, true: Answer) -> Counts:
    return evaluate(KEYS_STRICT, [(predicted, true)]).total


def test_equal_strings_are_right() -> None:
    assert total(answer(**TRUE), answer(**TRUE)) == Counts(4, 4, 4)


def test_case_spaces_and_punctuation_count() -> None:
    predicted = answer(
        company="Book TA .K (TAMAN DAYA) SDN BHD",
        date="25-12-2018",
        address="NO.53 55,57 & 59,JALAN SAGU 18",
        total="9.0",
    )
    assert total(predicted, answer(**TRUE)) == Counts(0, 4, 4)


def test_a_missing_prediction_counts_against_recall_only() -> None:
    predicted = answer(company=TRUE["company"], date=None, address="", total="9.00")
    assert count_keys(predicted, answer(**TRUE)) == {
        "company": Counts(1, 1, 1),
        "date": Counts(0, 0, 1),
        "address": Counts(0, 0, 1),
        "total": Counts(1, 1, 1),
    }


def test_a_text_for_a_key_that_the_truth_lacks_counts_against_precision_only() -> None:
    true = answer(company="A", date="B", total="")
    assert total(answer(company="A", address="C", total="D"), true) == Counts(1, 3, 2)


def test_white_space_at_the_ends_and_other_keys_do_not_count() -> None:
    assert total(answer(total=" 9.00", tax="1"), answer(total="9.00 ")) == Counts(1, 1, 1)


def test_micro_f1_over_receipts_of_a_worked_case() -> None:
    pairs = [
        (answer(**TRUE), answer(**TRUE)),  # 4 of 4
        (answer(company="A", total="2"), answer(company="A", date="D", total="1")),  # 1 of 2, of 3
        (Answer(id="x", error="unreadable"), answer(total="5")),  # nothing, of 1
    ]
    score = evaluate(KEYS_STRICT, pairs)
    assert score.total == Counts(5, 6, 8)
    assert score.f1 == pytest.approx(10 / 14)
    assert score.categories["total"] == Counts(1, 2, 3)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Thirty receipts of fifteen shops in `train`; two odd ones in `test`."""
    for i in range(30):
        keys = {"company": f"SHOP NUMBER {i // 2}", "address": f"STREET {i // 2}", "total": "9.00"}
        write_receipt(tmp_path / "train", f"X{i:03}", keys)
    write_receipt(tmp_path / "test", "any stem", {"total": "9.00"})
    write_receipt(tmp_path / "test", "another.one", None)
    return tmp_path


def write_receipt(folder: Path, stem: str, keys: dict[str, str] | None) -> None:
    (folder / "box").mkdir(parents=True, exist_ok=True)
    (folder / "entities").mkdir(exist_ok=True)
    lines = ["10,10,110,10,110,30,10,30,SHOP NUMBER", "10,50,110,50,110,70,10,70,TOTAL 9.00"]
    (folder / "box" / f"{stem}.txt").write_text("\n".join(lines))
    if keys is not None:
        (folder / "entities" / f"{stem}.txt").write_text(json.dumps(keys))


def test_dev_is_carved_out_of_train_by_shop(root: Path) -> None:
    train, dev = TASK.names(root, "train"), TASK.names(root, "dev")
    assert sorted(train + dev) == [f"X{i:03}" for i in range(30)]
    assert train == sorted(train)
    assert dev
    assert not {int(n[1:]) // 2 for n in train} & {int(n[1:]) // 2 for n in dev}


def test_test_receipts_may_have_any_stems_and_need_neither_picture_nor_keys(root: Path) -> None:
    assert TASK.names(root, "test") == ["another.one", "any stem"]
    without_keys = TASK.sample(root, "test", "another.one")
    assert without_keys.truth is None
    assert [word.text for word in without_keys.pages[0].words] == [
        "SHOP",
        "NUMBER",
        "TOTAL",
        "9.00",
    ]
    truth = TASK.sample(root, "test", "any stem").truth
    assert truth is not None
    assert truth.fields == {"total": "9.00"}
    assert [entity.word_ids for entity in truth.entities] == [[3]]


def test_a_total_that_stands_twice_is_counted_apart() -> None:
    entities = [EntityEntry(label="total", word_ids=[i]) for i in (3, 7)]
    true = Answer(id="x", fields={"total": "9.00"}, entities=entities)
    once = true.model_copy(update={"entities": entities[:1]})
    right, wrong = Answer(id="x", fields={"total": "9.00"}), Answer(id="x")
    assert REPEATED_TOTALS in TASK.metrics
    assert repeated_total_is_hit(right, true) == 1.0
    assert repeated_total_is_hit(wrong, true) == 0.0
    assert repeated_total_is_hit(right, once) is None


def test_pictures_may_have_any_suffix_and_other_files_are_no_documents(root: Path) -> None:
    folder = root / "test" / "img"
    folder.mkdir()
    for name in ("b.JPG", "a.png", "notes.md", ".DS_Store"):
        (folder / name).touch()
    assert TASK.names(root, "test", "pictures") == ["a", "b"]
    assert TASK.image_path(root, "test", "a") == folder / "a.png"
    assert TASK.image_path(root, "test", "b") == folder / "b.JPG"


def test_a_folder_without_the_data_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no SROIE documents in"):
        TASK.names(tmp_path, "test")


def test_answers_are_upper_case_texts_with_their_words(root: Path) -> None:
    sample = TASK.sample(root, "test", "any stem")
    graph = FieldGraph((Entity("company", (0, 1), 0.9), Entity("total", (3,), 0.8)))
    found = TASK.answer(sample, graph)
    assert found.fields == {"company": "SHOP NUMBER", "total": "9.00"}
    assert [(e.label, e.text, e.word_ids) for e in found.entities] == [
        ("company", "SHOP NUMBER", [0, 1]),
        ("total", "9.00", [3]),
    ]


def test_decoded_graphs_are_scored_against_the_documents_own_truth(root: Path) -> None:
    documents = [corpus.read_document(root, "train", "X000")]
    graphs = [FieldGraph((Entity("company", (0, 1), 0.9), Entity("total", (3,), 0.8)))]
    score, _ = score_documents(documents, graphs)
    assert score.total == Counts(1, 2, 3)  # "SHOP NUMBER" is not "SHOP NUMBER 0"
