from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.values.numbers import NumberConvention, infer_convention, parse_number, repair_digits

NOTHING_KNOWN = NumberConvention()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9.00", "9.00"),
        ("43.7", "43.7"),
        ("1,007.50", "1007.50"),
        ("1.234,56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("2,352,460", "2352460"),
        ("12,34,567", "1234567"),
        ("18 000", "18000"),
        ("45,500", "45500"),
        ("45.500", "45500"),
        ("0.350", "0.350"),
        ("1234.567", "1234.567"),
        ("9 .00", "9.00"),
        ("9. 00", "9.00"),
        ("1.234.50", "1234.50"),
        (".50", "0.50"),
        ("007", "7"),
    ],
)
def test_reads_numerals(text: str, number: str) -> None:
    found = parse_number(text, NOTHING_KNOWN)
    assert found is not None
    assert (found, found.as_tuple().exponent) == (
        Decimal(number),
        Decimal(number).as_tuple().exponent,
    )


@pytest.mark.parametrize(
    "text", ["", ".", "1 9.000 9.00", "11.02.18", "12 50", "1, 2", "9556939040116123", "1..2", "٣٤"]
)
def test_refuses_what_is_not_one_number(text: str) -> None:
    assert parse_number(text, NOTHING_KNOWN) is None


@pytest.mark.parametrize(
    ("amounts", "currency", "text", "number"),
    [
        (["45.500", "8.000", "53.500"], None, "45.500", "45500"),
        (["9.000", "9.00", "0.00"], None, "9.000", "9.000"),
        (["1.234", "12,50", "1.246,50"], None, "1.234", "1234"),
        (["1,234", "12.50", "1,246.50"], None, "1,234", "1234"),
        (["45.500", "8,000", "0.00"], "IDR", "45.500", "45500"),
        (["9.000", "12.345"], "KWD", "9.000", "9.000"),
        (["1.234,567"], None, "1.234,567", "1234.567"),
        (["23.000", "12.000", "35.000", "0.00"], None, "23.000", "23000"),
    ],
)
def test_the_document_settles_what_the_marks_mean(
    amounts: list[str], currency: str | None, text: str, number: str
) -> None:
    convention = infer_convention(amounts, currency=currency)
    assert parse_number(text, convention) == Decimal(number)


def test_other_words_are_heard_only_where_the_amounts_say_nothing() -> None:
    assert parse_number("9.000", infer_convention(["9.000"], ["9.00", "RM10.00"])) == Decimal(9)
    assert parse_number("9.000", infer_convention(["9.000", "1,50"], ["9.00"])) == Decimal(9000)


def test_a_lone_number_with_a_dot_is_not_settled() -> None:
    assert not infer_convention(["45.500"]).is_settled
    assert infer_convention(["45.500", "12.000"]).is_settled


@pytest.mark.parametrize(
    ("read", "meant"),
    [("1O.00", "10.00"), ("9.OO", "9.00"), ("O.50", "0.50"), ("I0.00", "10.00"), ("2.l5", "2.15")],
)
def test_letters_among_digits_are_digits(read: str, meant: str) -> None:
    assert repair_digits(read) == meant


@pytest.mark.parametrize("text", ["OIL", "lot", "BOOK 9", "A1", "9.00"])
def test_letters_that_are_letters_stay(text: str) -> None:
    assert repair_digits(text) == text


AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False)


@given(
    number=AMOUNTS,
    marks=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("", "."), ("'", ".")]),
)
def test_grouped_numbers_with_two_decimals_come_back(
    number: Decimal, marks: tuple[str, str]
) -> None:
    group, point = marks
    text = f"{number:,.2f}".replace(",", "G").replace(".", point).replace("G", group)
    assert parse_number(text, infer_convention([text])) == number


@given(numbers=st.lists(st.integers(1000, 10**9), min_size=2), mark=st.sampled_from(",."))
def test_thousands_without_decimals_come_back(numbers: list[int], mark: str) -> None:
    texts = [f"{number:,}".replace(",", mark) for number in numbers]
    convention = infer_convention(texts)
    assert [parse_number(text, convention) for text in texts] == numbers


@given(text=st.text(alphabet="0123456789., '", max_size=20))
def test_a_number_has_the_digits_of_its_text(text: str) -> None:
    number = parse_number(text, NOTHING_KNOWN)
    if number is not None:
        digits = "".join(char for char in text if char.isdigit()).lstrip("0")
        assert "".join(char for char in f"{number:f}" if char.isdigit()).lstrip("0") == digits
