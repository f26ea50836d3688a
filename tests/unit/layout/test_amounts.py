import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.result import Amount
from layout.values import NormalisedValue, ValueContext, normalise, read_context


def amount(text: str, context: ValueContext | None = None) -> NormalisedValue:
    return normalise(text, "amount", context or ValueContext())


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("RM4.00", "4.00", "MYR"),
        ("RM 29.70", "29.70", "MYR"),
        ("Rp. 39,000", "39000", "IDR"),
        ("-Rp 34,363", "-34363", "IDR"),
        ("€ 12,50", "12.50", "EUR"),
        ("12,50 €", "12.50", "EUR"),
        ("EUR 12.50", "12.50", "EUR"),
        ("12.50 USD", "12.50", "USD"),
        ("£1,007.50", "1007.50", "GBP"),
        ("₩5,000", "5000", "KRW"),
        ("￦5,000", "5000", "KRW"),
        ("5,000원", "5000", "KRW"),
        ("₩5,000-", "5000", "KRW"),
        ("S$ 8.20", "8.20", "SGD"),
        ("1'234.50 CHF", "1234.50", "CHF"),
        ("5.000,-", "5000", None),
        ("$8.20", "8.20", None),
        ("¥1,200", "1200", None),
        ("9.00", "9.00", None),
        ("(12.00)", "-12.00", None),
        ("12.00-", "-12.00", None),
        ("12.00 CR", "-12.00", None),
        ("@28,000", "28000", None),
        (":9,000", "9000", None),
        ("9.00 SR", "9.00", None),
        ("-0.00", "0.00", None),
        ("+ 3.50", "3.50", None),
        ("-0-", "0", None),
        ("U.S. $459.00", "459.00", "USD"),
        ("{$1,301.34}", "1301.34", None),
        ("USD $1,234.00", "1234.00", "USD"),
        ("CAD $5.00", "5.00", "CAD"),
        ("US DOLLARS 125,000.00", "125000.00", "USD"),
        ("7,200 Japanese Yen", "7200", "JPY"),
        ("USD125000,", "125000", "USD"),
        ("USD125000,5", "125000.5", "USD"),
        ("2,000원".translate({ord(c): ord(c) + 0xFEE0 for c in "2,0"}), "2000", "KRW"),
        ("1,980 원정", "1980", "KRW"),
        ("금액 3,000원", "3000", "KRW"),
        ("12,000원(VAT 포함)", "12000", "KRW"),
        ("3만원", "30000", "KRW"),
        ("12만5,000원", "125000", "KRW"),
        ("1.5만원", "15000", "KRW"),
        ("5만 달러", "50000", None),
        ("일금 이천오백만원정 (₩25,000,000)", "25000000", "KRW"),
        ("△1,000", "-1000", None),
        ("▲1,000원", "-1000", "KRW"),
        ("₩-1,000", "-1000", "KRW"),
    ],
)
def test_reads_amounts(text: str, number: str, currency: str | None) -> None:
    assert amount(text).value == Amount(amount=number, currency=currency)


@pytest.mark.parametrize(
    "text",
    [
        "Discount(0%)",
        "TOTAL",
        "all 9.00",
        "9.00 10.00",
        "RM 9.00 USD 2.00",
        "60.000)",
        "",
        "12/03/2018",
        "일",
        "삼백만",
        "일이삼원",
        "5만만원",
        "일금 삼백만원정 (₩3,100,000)",
    ],
)
def test_what_is_not_one_amount_is_null_with_an_issue(text: str) -> None:
    found = amount(text)
    assert found.value is None
    assert found.issue is not None
    assert found.issue.code == "unreadable_value"
    assert repr(text) in found.issue.message


@pytest.mark.parametrize(
    ("text", "number"),
    [("1O.OO", "10.00"), ("1,525-05", "1525.05"), ("12 60", "12.60"), ("5,500*00", "5500.00")],
)
def test_a_repaired_reading_is_reported(text: str, number: str) -> None:
    found = amount(text)
    assert found.value == Amount(amount=number)
    assert found.issue is not None
    assert found.issue.code == "repaired_value"


def test_an_unsettled_thousand_is_reported() -> None:
    found = amount("45.500", read_context([("45.500", "amount")]))
    assert found.value == Amount(amount="45500")
    assert found.issue is not None
    assert found.issue.code == "ambiguous_amount"


@pytest.mark.parametrize(
    ("lines", "text", "currency"),
    [
        (["TOTAL (RM)", "CASH RM 10.00"], "9.00", "MYR"),
        (["ROUNDED TOTAL (RM): 9.00"], "$9.00", "MYR"),
        (["5 Main Street", "Springfield, IL 62704", "TOTAL"], "$9.00", "USD"),
        (["10 Anson Road, Singapore 079903"], "$9.00", "SGD"),
        (["レシート 東京"], "¥900", "JPY"),
        (["합계 12,000원", "₩ 12,000"], "12,000", "KRW"),
        (["AMOUNT (USD)"], "9.00", "USD"),
        (["TOTAL 9.00"], "9.00", None),
        (["ABC TRADING SDN BHD", "JOHOR 81100"], "9.00", None),
        (["EUR 9.00 = USD 10.00"], "9.00", None),
        (["영수증 우리마트", "합계 1,980"], "1,980", "KRW"),
        (["영수증 우리마트", "합계 1,980"], "\\1,980", "KRW"),
        (["영수증 우리마트", "합계 $19.80"], "19.80", None),
        (["송장 우리무역", "단위: 달러"], "1,980", None),
        (["금액 (원)"], "1,980", "KRW"),
    ],
)
def test_the_currency_comes_from_the_document_or_stays_unknown(
    lines: list[str], text: str, currency: str | None
) -> None:
    found = amount(text, read_context([(text, "amount")], lines))
    assert isinstance(found.value, Amount)
    assert found.value.currency == currency


@given(text=st.text(max_size=30))
def test_any_text_gives_a_value_or_an_issue(text: str) -> None:
    found = amount(text)
    assert (found.value is None) == (
        found.issue is not None and found.issue.code == "unreadable_value"
    )


@given(
    number=st.decimals(min_value=0, max_value=10**6, places=2, allow_nan=False),
    sign=st.sampled_from(["RM", "€", "$", "Rp", "USD", ""]),
    is_negative=st.booleans(),
)
def test_written_amounts_come_back(number: object, sign: str, *, is_negative: bool) -> None:
    text = f"{'-' if is_negative and number else ''}{sign} {number:,.2f}"
    context = read_context([("1,234.50", "amount"), (text, "amount")])
    found = amount(text, context)
    assert isinstance(found.value, Amount)
    assert found.value.amount == f"{'-' if is_negative and number else ''}{number:.2f}"
