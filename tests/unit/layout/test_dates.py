from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.values import NormalisedValue, ValueContext, normalise, read_context


def read(text: str, context: ValueContext | None = None) -> NormalisedValue:
    return normalise(text, "date", context or ValueContext())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25/12/2018", "2018-12-25"),
        ("12/25/2018", "2018-12-25"),
        ("18-11-18", "2018-11-18"),
        ("05 MAR 2018", "2018-03-05"),
        ("28 MAR 18", "2018-03-28"),
        ("24-MAR-2018", "2018-03-24"),
        ("02/JAN/2017", "2017-01-02"),
        ("OCT 3, 2016", "2016-10-03"),
        ("October 3rd, 2016", "2016-10-03"),
        ("17 Agustus 2019", "2019-08-17"),
        ("3. März 2021", "2021-03-03"),
        ("2018-03-23", "2018-03-23"),
        ("2018/02/22", "2018-02-22"),
        ("20180304", "2018-03-04"),
        ("25032018", "2018-03-25"),
        ("(31/12/2016)", "2016-12-31"),
        ("25 / 12 / 2018", "2018-12-25"),
        ("25/12/2018 8:13:39 PM", "2018-12-25"),
        ("14/01/2018 (SUN)", "2018-01-14"),
        ("2025년 3월 4일", "2025-03-04"),
        ("25년 3월 4일", "2025-03-04"),
        ("'25.03.04", "2025-03-04"),
        ("2025. 3. 4.", "2025-03-04"),
        ("2025年3月4日", "2025-03-04"),
        ("13/05/67", "1967-05-13"),
        ("75 JUN 27", "1975-06-27"),
        ("12  28  99", "1999-12-28"),
        ("8|31| 70", "1970-08-31"),
        ("2025.03.04(화)", "2025-03-04"),
        ("2025년3월4일(화) 오후 3:05", "2025-03-04"),
        ("2025 03 04", "2025-03-04"),
        ("'25.3.4", "2025-03-04"),
        ("25. 3. 4.", "2025-03-04"),
        ("20250304142210", "2025-03-04"),
        ("JUN 12 1978", "1978-06-12"),
        ("June 12th, 1978", "1978-06-12"),
        ("JUN 12 '78", "1978-06-12"),
        ("12-JUN-78", "1978-06-12"),
        ("4th day of March, 2025", "2025-03-04"),
        ("4th of March 2025", "2025-03-04"),
    ],
)
def test_reads_dates(text: str, day: str) -> None:
    assert read(text) == NormalisedValue(day)


@pytest.mark.parametrize(
    "text", ["31/02/2020", "hello", "99/99/9999", "12:30", "1/2", "03-7731 8169"]
)
def test_what_is_no_date_is_null_with_an_issue(text: str) -> None:
    found = read(text)
    assert found.value is None
    assert found.issue is not None
    assert found.issue.code == "unreadable_value"


def test_two_different_dates_are_not_one() -> None:
    assert read("01/13/2020 - 01/14/2020").value is None


def test_without_evidence_the_day_comes_first_and_an_issue_says_so() -> None:
    found = read("03/04/2025")
    assert found.value == "2025-04-03"
    assert found.issue is not None
    assert found.issue.code == "ambiguous_date"


@pytest.mark.parametrize(
    ("lines", "text", "day"),
    [
        (["EXPIRES 31/12/2025"], "03/04/2025", "2025-04-03"),
        (["EXPIRES 12/31/2025"], "03/04/2025", "2025-03-04"),
        (["PRINTED 4 MAR 2025"], "03/04/2025", "2025-03-04"),
        (["PRINTED 2025-04-03"], "03/04/2025", "2025-04-03"),
        (["5 Main Street", "Springfield, IL 62704"], "03/04/2025", "2025-03-04"),
        (["ABC TRADING SDN BHD"], "03/04/2025", "2025-04-03"),
        (["(주)우리유통"], "25.03.04", "2025-03-04"),
        (["ABC TRADING SDN BHD"], "12-01-19", "2019-01-12"),
        (["(주)우리유통"], "25/03/04", "2025-03-04"),
        (["(주)우리유통"], "250304", "2025-03-04"),
        (["Winston-Salem, NC 27102"], "6/12/78", "1978-06-12"),
        (["BOOKS www.bookta.com.my"], "03/04/2025", "2025-04-03"),
    ],
)
def test_the_document_settles_the_order(lines: list[str], text: str, day: str) -> None:
    context = read_context([(text, "date")], [*lines, text])
    assert read(text, context) == NormalisedValue(day)


def test_contradicting_dates_settle_nothing() -> None:
    context = read_context([("03/04/2025", "date")], ["31/12/2025", "12/31/2025"])
    found = read("03/04/2025", context)
    assert found.issue is not None
    assert found.issue.code == "ambiguous_date"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25/O3/2018", "2018-03-25"),
        ("2025.03,04", "2025-03-04"),
        ("December 2 0, 1982", "1982-12-20"),
        ("MAY 24, 197 3", "1973-05-24"),
    ],
)
def test_a_mended_date_is_reported(text: str, day: str) -> None:
    found = read(text)
    assert found.value == day
    assert found.issue is not None
    assert found.issue.code == "repaired_value"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("250304", "2025-03-04"),
        ("250630SEOUL", "2025-06-30"),
        (":31D:250630 SEOUL, KOREA", "2025-06-30"),
        ("251301", None),
    ],
)
def test_swift_writes_the_year_first(text: str, day: str | None) -> None:
    assert read(text, read_context([], [":31C:250301"])).value == day


DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2049, 12, 31))


@given(
    day=DAYS,
    form=st.sampled_from(
        ["%Y-%m-%d", "%d %B %Y", "%d-%b-%y", "%b %d, %Y", "%Y년 %m월 %d일", "%Y%m%d"]
    ),
)
def test_unmistakable_forms_come_back(day: date, form: str) -> None:
    assert read(day.strftime(form)) == NormalisedValue(day.isoformat())


@given(day=DAYS, other=DAYS.filter(lambda other: other.day > 12), month_first=st.booleans())
def test_one_clear_date_settles_all(day: date, other: date, *, month_first: bool) -> None:
    form = "%m/%d/%Y" if month_first else "%d/%m/%Y"
    text = day.strftime(form)
    context = read_context([(text, "date")], [other.strftime(form), text])
    assert read(text, context) == NormalisedValue(day.isoformat())


@given(text=st.text(alphabet="0123456789/-. 'OJAN년월일", max_size=16))
def test_a_date_is_a_real_day(text: str) -> None:
    found = read(text)
    if found.value is not None:
        assert isinstance(found.value, str)
        assert date.fromisoformat(found.value).isoformat() == found.value
