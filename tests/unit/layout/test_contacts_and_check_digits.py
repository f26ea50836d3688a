"""E-mails, web addresses, checked numbers, Korean amounts: as cards and invoices show them."""

from __future__ import annotations

import pytest

from layout.result import Amount
from layout.schema import ValueType
from layout.values import ValueContext, normalise, own_text, read_context

NOTHING = ValueContext()


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("jth@kiat.or.kr", "jth@kiat.or.kr", None),
        ("E-mail: Carol.Soh@ACECOMM.SG", "Carol.Soh@acecomm.sg", None),
        ("ian @ cambridgelogic.co.uk", "ian@cambridgelogic.co.uk", "repaired_value"),
        ("ian@cambridge logic", None, "unreadable_value"),
        ("svienty@pv,com", "svienty@pv.com", "repaired_value"),
        ("a@b.de, c@d.de", None, "unreadable_value"),
        ("E kim@abc.co.kr", "kim@abc.co.kr", None),
        ("e. kim@abc.co.kr", "kim@abc.co.kr", None),
        ("j. kim@abc.co.kr", "j.kim@abc.co.kr", "repaired_value"),
        ("kim©abc.co.kr", "kim@abc.co.kr", "repaired_value"),
        ("kim@abc. co. kr", "kim@abc.co.kr", "repaired_value"),
    ],
)
def test_emails(text: str, value: str | None, code: str | None) -> None:
    found = normalise(own_text(text, "email"), "email", NOTHING)
    assert found.value == value
    assert (found.issue.code if found.issue else None) == code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("www.kiat.or.kr", "www.kiat.or.kr"),
        ("WWW.PV.COM", "www.pv.com"),
        ("http://www.Azure-Interior.com/Shop", "http://www.azure-interior.com/Shop"),
        ("Web: acme.io", "acme.io"),
        ("https:/acme.io", "https://acme.io"),
        ("visit us", None),
        ("Website www.acme.io/", "www.acme.io"),
        ("홈페이지 : www.acme.co.kr", "www.acme.co.kr"),
        ("www,acme. io", "www.acme.io"),
    ],
)
def test_websites(text: str, value: str | None) -> None:
    assert normalise(own_text(text, "website"), "website", NOTHING).value == value


@pytest.mark.parametrize(
    ("text", "value_type", "value", "code"),
    [
        ("613-81-80546", "tax_id", "613-81-80546", None),
        ("613-81-80545", "tax_id", "613-81-80545", "check_digit_mismatch"),
        ("등록번호 : 613 - 81 - 80546", "tax_id", "613-81-80546", None),
        ("DE136695976", "tax_id", "DE136695976", None),
        ("DE136695977", "tax_id", "DE136695977", "check_digit_mismatch"),
        ("613-81-8O546", "tax_id", "613-81-80546", "repaired_value"),
        ("GB 980 7806 84", "tax_id", "GB980780684", None),
        ("DE1366959", "tax_id", "DE1366959", None),
        ("KOEXKRSEXXX", "bic", "KOEXKRSEXXX", None),
        ("SWIFT CODE: K0EXKRSE", "bic", "KOEXKRSE", "repaired_value"),
        ("DE89 3704 0O44 0532 0130 00", "iban", "DE89370400440532013000", "repaired_value"),
        ("98-1629797", "tax_id", "98-1629797", None),
        ("GB82 WEST 1234 5698 7654 32", "iban", "GB82WEST12345698765432", None),
        ("GB82 WEST 1234 5698 7654 33", "iban", "GB82WEST12345698765433", "check_digit_mismatch"),
        ("US1234567890", "iban", "US1234567890", "check_digit_mismatch"),
        ("12345", "iban", "12345", "check_digit_mismatch"),
        ("KOEXKRSE", "bic", "KOEXKRSE", None),
        ("bic", "bic", None, "unreadable_value"),
    ],
)
def test_numbers_that_check_themselves(
    text: str, value_type: ValueType, value: str | None, code: str | None
) -> None:
    found = normalise(own_text(text, value_type), value_type, NOTHING)
    assert found.value == value
    assert (found.issue.code if found.issue else None) == code


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("일금 삼백만원정", "3000000"),
        ("금 3,000,000원정", "3000000"),
        ("3만 5천원", "35000"),
        ("1억 2천만원", "120000000"),
        ("이십오만 육천원", "256000"),
        ("12,500원", "12500"),
        ("₩1,980", "1980"),
        ("1,980", "1980"),
    ],
)
def test_korean_amounts(text: str, amount: str) -> None:
    context = read_context([(text, "amount")], ["합계금액", text, "당근 1봉지 1,980원"])
    assert normalise(text, "amount", context).value == Amount(amount=amount, currency="KRW")


@pytest.mark.parametrize(
    ("text", "amount"), [("USD125000,00", "125000.00"), ("USD125,000.00", "125000.00")]
)
def test_amounts_of_credits(text: str, amount: str) -> None:
    context = read_context([(text, "amount")], [":32B:", text])
    assert normalise(text, "amount", context).value == Amount(amount=amount, currency="USD")


def test_days_of_swift_messages_are_year_month_day() -> None:
    message = read_context([("250304", "date")], [":31C:250304", ":40A:IRREVOCABLE"])
    found = normalise("250304", "date", message)
    assert (found.value, found.issue) == ("2025-03-04", None)
    assert normalise("250304", "date", NOTHING).value is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US$", "USD"),
        ("EUR", "EUR"),
        ("원", "KRW"),
        ("USD", "USD"),
        ("?", None),
        ("US Dollars", "USD"),
        ("U.S. DOLLARS", "USD"),
        ("대한민국 원", "KRW"),
        ("JAPANESE YEN", "JPY"),
        ("RM", "MYR"),
        ("Rp", "IDR"),
        ("€", "EUR"),
        ("USD (US DOLLARS)", "USD"),
        ("Dollars", None),
        ("USD125000,00", "USD"),
        ("US DOLLARS (EUR)", None),
        ("￦", "KRW"),
    ],
)
def test_currencies(text: str, code: str | None) -> None:
    assert normalise(text, "currency", NOTHING).value == code
