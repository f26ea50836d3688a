"""What stands in the words letter by letter, and how far the lines are from their transcripts."""

from __future__ import annotations

import pytest

from benchmarks.as_read import AsRead, as_read, stands_in
from benchmarks.counts import Counts
from corpora.transcribed_lines import LineText
from ocr.types import Quad, Word


def word(text: str, left: float, right: float, *, top: float = 0.0) -> Word:
    return Word(text, Quad.from_box((left, top, right, top + 20)))


@pytest.mark.parametrize(
    ("text", "words", "stands"),
    [
        ("NO. 5, JALAN", ["TO", "NO.", "5,", "JALAN", "X"], True),
        ("NO. 5, JALAN", ["NO.5,", "JALAN"], False),
        ("NO. 5, JALAN", ["NO.", "5,", "JALAN."], False),
        ("NO. 5", ["NO.", "NO.", "5"], True),
        ("A", ["A"], True),
        ("A B", ["A"], False),
    ],
)
def test_a_text_stands_in_consecutive_words(text: str, words: list[str], *, stands: bool) -> None:
    assert stands_in(text, words) is stands


def test_keys_and_lines_are_counted_in_upper_case() -> None:
    words = [word("Shop", 0, 40), word("Ltd.", 50, 80), word("9.90", 0, 40, top=40)]
    transcripts = [
        LineText("SHOP LTD", Quad.from_box((0, 0, 82, 20))),
        LineText("9.90", Quad.from_box((0, 40, 42, 60))),
        LineText("GONE", Quad.from_box((0, 80, 42, 100))),
    ]
    found = as_read(words, transcripts, {"company": "SHOP LTD", "total": "9.90", "date": ""})
    assert found.keys == {"company": Counts(0, 1, 1), "total": Counts(1, 1, 1)}
    assert (found.n_lines, found.n_matched, found.n_exact) == (3, 2, 1)
    assert (found.n_edits, found.n_characters) == (1, 12)
    assert found.exact_lines == 0.5
    assert found.character_error_rate == pytest.approx(1 / 12)


def test_words_of_another_line_are_no_error() -> None:
    transcripts = [LineText("THANK YOU", Quad.from_box((0, 0, 90, 20)))]
    assert as_read([word("12345", 0, 50)], transcripts, {}).n_matched == 0


def test_receipts_add_up() -> None:
    one = AsRead({"date": Counts(1, 1, 1)}, 2, 1, 1, 0, 5)
    two = AsRead({"date": Counts(0, 1, 1), "total": Counts(1, 1, 1)}, 3, 2, 0, 4, 20)
    both = one + two
    assert both.keys == {"date": Counts(1, 2, 2), "total": Counts(1, 1, 1)}
    assert (both.n_lines, both.n_matched, both.n_exact) == (5, 3, 1)
    assert (both.n_edits, both.n_characters) == (4, 25)
    assert AsRead().character_error_rate == 0.0
