"""What belongs to a value and what was only printed beside it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.schema import ValueType
from layout.values import own_text

VALUE_TYPES: list[ValueType] = [
    "text", "amount", "quantity", "percentage", "date", "time", "phone", "address", "identifier",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value_type", "expected"),
    [
        ("25/01/201811:22:56PM", "date", "25/01/2018"),
        ("06/04/1711:43AM", "date", "06/04/17"),
        ("DATE:11/03/18", "date", "11/03/18"),
        (":08/05/18", "date", "08/05/18"),
        ("21/05/2018TIME:", "date", "21/05/2018"),
        ("25 DEC 2018", "date", "25 DEC 2018"),
        ("14/01/2018(SUN)12:06", "date", "14/01/2018"),
        ("01/02/2018 03/02/2018", "date", "01/02/2018 03/02/2018"),
        ("Time:20:13", "time", "20:13"),
        ("TOTALRM21.85", "amount", "RM21.85"),
        ("RM 9.00", "amount", "RM 9.00"),
        ("7.90*3", "amount", "7.90"),
        ("53.50 x 1", "amount", "53.50"),
        ("6%GST", "percentage", "6%"),
        ("(@6%)", "percentage", "6%"),
        ("SR 6", "percentage", "SR 6"),
        ("TOTAL: 9.00", "amount", "9.00"),
        ("Tel: 03-1234 5678", "phone", "03-1234 5678"),
        (": UNIHAKKA", "text", "UNIHAKKA"),
        ("CASH:", "text", "CASH"),
        (":", "text", ":"),
        ("NO: 28, JALAN ASTANA", "address", "NO: 28, JALAN ASTANA"),
        (
            "Unit 16, Moore Street York LE19 2SS Ph 0845 532 2580",
            "address",
            "Unit 16, Moore Street York LE19 2SS",
        ),
        ("서울 중구 세종대로 70 전화 02-123-4567", "address", "서울 중구 세종대로 70"),
        (
            "충북 청주시 서원구 쌍샘로 109 계산원 :김윤경",
            "address",
            "충북 청주시 서원구 쌍샘로 109",
        ),
        ("$*214031", "identifier", "214031"),
        ("*", "identifier", "*"),
        ("043-277-3700“1", "phone", "043-277-3700"),
        ("12 Telford Road 4567890", "address", "12 Telford Road 4567890"),
        ("Tel 0845 532 2580", "address", "Tel 0845 532 2580"),
    ],
)
def test_cuts_what_is_not_the_value(text: str, value_type: ValueType, expected: str) -> None:
    assert own_text(text, value_type) == expected


@given(st.text(), st.sampled_from(VALUE_TYPES))
def test_is_a_verbatim_part(text: str, value_type: ValueType) -> None:
    part = own_text(text, value_type)
    assert part in text
    assert part or not text.strip()


@pytest.mark.parametrize("value_type", ["address", "phone", "identifier"])
@pytest.mark.parametrize("text", ["/" * 50_000 + "x", "a" + " " * 50_000 + "x", " tel 1" * 9_000])
def test_long_runs_are_read_once(text: str, value_type: ValueType) -> None:
    """Each would take minutes if every place looked to the end of its run."""
    started = time.perf_counter()
    assert own_text(text, value_type) in text
    assert time.perf_counter() - started < 5.0
