"""Transcripts find the detector's lines: parted otherwise, in upper case, with errors."""

from __future__ import annotations

import pytest

from corpora.transcribed_lines import LineText, in_case_of, likeness, targets
from ocr.types import Quad


def line(text: str, left: float, right: float, *, top: float = 0.0) -> LineText:
    return LineText(text, Quad.from_box((left, top, right, top + 20)))


@pytest.mark.parametrize(
    ("transcript", "read", "wanted"),
    [
        ("NO. 5, JALAN", "NO.5,JALAN", "NO. 5, JALAN"),
        ("NO. 5, JALAN", "No.5,Jalan", "No. 5, Jalan"),
        ("TOTAL", "Total", "Total"),
        ("AMOUNT", "Ainount", "Amount"),
        ("RECEIPT#: CS00082662", "Recelpt#: C800082652", "Receipt#: CS00082662"),
        ("TIME: 08:30", "TIme: 08:30", "Time: 08:30"),
        ("SELANGOR D.E", "SELANGOR D. E", "SELANGOR D.E"),
        ("INVOICE NO", "lNVOlCE N0", "INVOICE NO"),
        ("Jalan", "JALAN", "JALAN"),
        ("ABC", "", "ABC"),
        ("", "abc", ""),
    ],
)
def test_marks_are_the_transcripts_and_the_case_is_the_papers(
    transcript: str, read: str, wanted: str
) -> None:
    assert in_case_of(transcript, read) == wanted


def test_a_line_gets_the_transcript_that_stands_in_its_place() -> None:
    found = [line("TOTAL:", 0, 60, top=40), line("NO.5,JALAN", 0, 100)]
    transcripts = [line("NO. 5, JALAN", 2, 99, top=1), line("TOTAL :", 1, 62, top=41)]
    assert targets(found, transcripts) == ["TOTAL:", "NO. 5, JALAN"]


def test_spaces_around_colons_alone_stay_as_they_were_read() -> None:
    assert targets([line("Fax: 5", 0, 60)], [line("FAX : 5", 0, 60)]) == ["Fax: 5"]
    assert targets([line("Fax: 5.0", 0, 60)], [line("FAX : 50", 0, 60)]) == ["Fax : 50"]


def test_transcripts_that_stand_side_by_side_on_one_line_are_joined() -> None:
    found = [line("TEL:07-386 7524FAX:07-386 3793", 0, 310)]
    transcripts = [line("FAX : 07-386 3793", 160, 309), line("TEL : 07-386 7524", 0, 150)]
    assert targets(found, transcripts) == ["TEL : 07-386 7524 FAX : 07-386 3793"]


def test_a_transcript_over_several_lines_is_shared_out() -> None:
    found = [line("Total(RM)", 0, 90), line("112.45", 200, 260), line("SR", 300, 320)]
    transcripts = [line("TOTAL (RM) 112.45 SR", 0, 322)]
    assert targets(found, transcripts) == ["Total (RM)", "112.45", "SR"]


def test_what_is_unlike_longer_or_illegible_is_left_out() -> None:
    assert targets([line("THANK YOU", 0, 90)], [line("99.00", 0, 90)]) == [None]
    assert targets([line("PUCHONG, SELANGOR", 0, 170)], [line("PUCHONG,", 0, 80)]) == [None]
    assert targets([line("RETURN TQM", 0, 100)], [line("RETURN TQ^^", 0, 100)]) == [None]
    assert targets([line("TOTAL", 0, 50)], []) == [None]
    assert targets([], [line("TOTAL", 0, 50)]) == []


def test_lines_above_one_another_are_not_mixed_up() -> None:
    found = [line("12525", 0, 50), line("9744", 0, 40, top=18)]
    transcripts = [line("9744", 0, 41, top=17), line("12525", 0, 51, top=-1)]
    assert targets(found, transcripts) == ["12525", "9744"]


def test_parts_that_cross_both_ways_are_left_out() -> None:
    found = [line("AB CD", 0, 50), line("EF GH", 52, 100)]
    transcripts = [line("AB", 0, 22), line("CD EF", 25, 75), line("GH", 80, 100)]
    assert targets(found, transcripts) == [None, None]


def test_likeness_looks_at_letters_and_digits_alone() -> None:
    assert likeness("NO. 5, JALAN", "no5jalan") == 1.0
    assert likeness("---", "---") == 1.0
    assert likeness("---", "...") == 0.0
    assert likeness("ABCD", "ABCE") == pytest.approx(0.75)
