"""One's own documents: truths in both forms, and what counts as read rightly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.evaluate import evaluate_documents
from benchmarks.known_documents import KnownDocument, compare_fields, fold, read_known
from layout.pipeline import Pipeline
from layout.schema import ValueType, load_schema
from ocr.errors import CorruptFileError, SetupError
from ocr.reader import DocumentReader
from tests.unit.layout.paper import Mark, NoEngine, ScriptedModel, page, words_file

ROWS = ("BOOK TA", "PAPER 2 4.00 8.00", "TOTAL 8.00")
MARKS = (
    Mark("merchant_name", (0, 1)),
    Mark("items.description", (2,)),
    Mark("items.quantity", (3,), parent=1),
    Mark("items.total_price", (5,), parent=1),
    Mark("total", (7,)),
)


def pipeline(types: dict[str, float] | None = None) -> Pipeline:
    model = ScriptedModel(load_schema("receipt"), MARKS, types)
    return Pipeline(DocumentReader(NoEngine()), model)


def known(tmp_path: Path, **fields: object) -> KnownDocument:
    path = tmp_path / "scan.words.json"
    path.write_bytes(words_file(page(*ROWS)))
    (tmp_path / "truth.json").write_text(json.dumps({path.name: {"type": "receipt", **fields}}))
    (document,) = read_known(tmp_path)
    return document


def test_right_wrong_and_missed_fields_are_counted(tmp_path: Path) -> None:
    document = known(
        tmp_path,
        merchant_name="Book TA",
        total="9.00",
        merchant_phone="1234567",
        items=[{"description": "paper", "quantity": "2", "unit_price": "4.00"}],
    )
    result = pipeline().extract(document.path.read_bytes(), document_id="scan")
    counts = compare_fields(result, document, "receipt")
    shown = {path: (c.n_correct, c.n_predicted, c.n_true) for path, c in counts.items()}
    assert shown == {
        "merchant_name": (1, 1, 1),
        "total": (0, 1, 1),
        "merchant_phone": (0, 0, 1),
        "items.description": (1, 1, 1),
        "items.quantity": (1, 1, 1),
        "items.unit_price": (0, 0, 1),
    }


@pytest.mark.parametrize(
    ("one", "other", "value_type"),
    [
        ("RM 1,980.00", "1980.00", "amount"),
        ("(412) 621-1356", "412-621-1356", "phone"),
        ("Dr. A.  Miller", "dr a miller", "person"),
        ("https://www.pv.com/", "www.pv.com", "website"),
        ("A @ b.com", "a@b.com", "email"),
        ("청주시 서원구", "청주시서원구", "address"),
        ("2011년 3월 21일 (월)", "2011년 3월 21일", "date"),
        ("Tue 03/10/2017", "03/10/2017", "date"),
        ("9.7 x 1.3", "9.7 × 1.3", "text"),  # noqa: RUF001
    ],
)
def test_texts_that_say_the_same_agree(one: str, other: str, value_type: ValueType) -> None:
    assert fold(one, value_type) == fold(other, value_type)


@pytest.mark.parametrize(
    ("one", "other", "value_type"),
    [("1.980", "19.81", "amount"), ("a.b@c.de", "ab@c.de", "email"), ("Lee", "Leo", "person")],
)
def test_texts_that_do_not_differ(one: str, other: str, value_type: ValueType) -> None:
    assert fold(one, value_type) != fold(other, value_type)


def test_a_wrongly_recognised_type_is_told_and_the_fields_are_judged_all_the_same(
    tmp_path: Path,
) -> None:
    document = known(tmp_path, total="8.00")
    types = {"receipt": 0.1, "unknown": 0.9}
    found = evaluate_documents(pipeline(types), [document], type_name=None)
    assert found.types == {"scan.words.json": ("receipt", "unknown")}
    assert found.n_types_right == 0
    assert (found.total.n_correct, found.total.n_true) == (1, 1)


def test_a_document_of_no_type_is_judged_by_that_alone(tmp_path: Path) -> None:
    path = tmp_path / "memo.words.json"
    path.write_bytes(words_file(page(*ROWS)))
    documents = [KnownDocument(path, "unknown", {})]
    right = evaluate_documents(
        pipeline({"receipt": 0.1, "unknown": 0.9}), documents, type_name=None
    )
    assert right.n_rejected() == (1, 1)
    wrong = evaluate_documents(
        pipeline({"receipt": 0.9, "unknown": 0.1}), documents, type_name=None
    )
    assert wrong.n_rejected() == (0, 1)
    assert wrong.total.n_predicted == 0


def test_a_file_that_cannot_be_read_fails_alone(tmp_path: Path) -> None:
    good = known(tmp_path, total="8.00")
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 broken")
    documents = [KnownDocument(bad, "receipt", {"total": "1"}), good]
    found = evaluate_documents(pipeline(), documents, type_name="receipt")
    assert set(found.failed) == {"bad.jpg"}
    assert found.total.n_correct == 1


def test_documents_with_hangul_are_also_counted_apart(tmp_path: Path) -> None:
    plain = known(tmp_path, total="8.00")
    other = tmp_path / "other.words.json"
    other.write_bytes(plain.path.read_bytes())
    korean = KnownDocument(other, "receipt", {"total": "9.00", "items": [{"description": "우유"}]})
    found = evaluate_documents(pipeline(), [plain, korean], type_name="receipt")
    fields, inside = found.by_script()["with Hangul"]
    assert (fields.n_correct, fields.n_true) == (0, 2)
    assert inside.n_true == 1
    fields, inside = found.by_script()["without"]
    assert (fields.n_correct, inside.n_true) == (1, 0)
    assert evaluate_documents(pipeline(), [plain], type_name="receipt").by_script() == {}


def test_truths_beside_each_document(tmp_path: Path) -> None:
    (tmp_path / "a.words.json").write_bytes(words_file(page(*ROWS)))
    truth = {"id": "a", "fields": {"total": "8.00"}, "entities": [], "links": []}
    (tmp_path / "a.truth.json").write_text(json.dumps(truth))
    (document,) = read_known(tmp_path, type_name="receipt")
    assert (document.type_name, document.fields) == ("receipt", {"total": "8.00"})


def test_truths_without_a_document_or_form_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="truth"):
        read_known(tmp_path)
    (tmp_path / "a.truth.json").write_text("{}")
    with pytest.raises(CorruptFileError, match=r"a\.truth\.json"):
        read_known(tmp_path)
    (tmp_path / "truth.json").write_text("[")
    with pytest.raises(CorruptFileError, match=r"truth\.json"):
        read_known(tmp_path)
