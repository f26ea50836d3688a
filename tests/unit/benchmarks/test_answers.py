import json
from pathlib import Path

import pytest

from benchmarks.answers import Answer, EntityEntry, read_answers, write_answers
from ocr.errors import CorruptFileError


def test_a_file_reads_back_as_written(tmp_path: Path) -> None:
    answers = [
        Answer(
            id="b",
            fields={"menu": [{"nm": "KOPI \u2028 SUSU"}], "total": {"total_price": "9.00"}},
            entities=[EntityEntry(label="menu.nm", text="KOPI", word_ids=[3, 1])],
            links=[(0, 0)],
        ),
        Answer(id="a", error="the picture is cut off"),
    ]
    path = tmp_path / "predictions.jsonl"
    write_answers(path, answers)
    assert list(read_answers(path).values()) == answers


def test_lines_have_the_documented_form(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    entity = EntityEntry(label="total", text="9.00", word_ids=[7])
    write_answers(path, [Answer(id="x", entities=[entity]), Answer(id="y", error="failed")])
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines == [
        {
            "id": "x",
            "fields": {},
            "entities": [{"label": "total", "text": "9.00", "word_ids": [7]}],
            "links": [],
        },
        {"id": "y", "fields": {}, "entities": [], "links": [], "error": "failed"},
    ]


def test_key_words_are_written_where_there_are_any(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    entity = EntityEntry(label="total", text="9.00", word_ids=[7], key_word_ids=[5, 6])
    answer = Answer(id="x", entities=[entity])
    write_answers(path, [answer])
    (written,) = json.loads(path.read_text(encoding="utf-8"))["entities"]
    assert written["key_word_ids"] == [5, 6]
    assert read_answers(path) == {"x": answer}
    (kept,) = answer.without_ids({5}).entities
    assert (kept.word_ids, kept.key_word_ids) == ([7], [6])


def test_a_line_may_leave_members_out(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text('{"id": "x", "fields": {"total": "1"}}\n\n{"id": "y", "error": "e"}\n')
    assert read_answers(path) == {
        "x": Answer(id="x", fields={"total": "1"}),
        "y": Answer(id="y", error="e"),
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"id": "x"}\n{"fields": {}}\n', "line 2"),
        ('{"id": "x"}\n\nnot json\n', "line 3"),
        ('{"id": "x"}\n{"id": "x"}\n', "x stands there twice"),
    ],
)
def test_what_is_no_prediction_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text(text)
    with pytest.raises(CorruptFileError, match=named):
        read_answers(path)


def test_blank_ids_leave_entities_and_links_follow() -> None:
    entities = [
        EntityEntry(label="a", word_ids=[1, 2, 3]),
        EntityEntry(label="b", word_ids=[2]),
        EntityEntry(label="c", word_ids=[5, 4]),
    ]
    answer = Answer(id="x", entities=entities, links=[(0, 1), (0, 2), (2, 0)])
    kept = answer.without_ids({2})
    assert [(e.label, e.word_ids) for e in kept.entities] == [("a", [1, 3]), ("c", [5, 4])]
    assert kept.links == [(0, 1), (1, 0)]
