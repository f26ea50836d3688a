import pytest
from hypothesis import given
from hypothesis import strategies as st

from layout.schema import ValueType
from layout.values import ValueContext, normalise, read_context
from layout.values.regions import infer_region

NOTHING_KNOWN = ValueContext()


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("8:13:39 PM", "20:13:39"),
        ("01:34PM", "13:34"),
        ("12:05 a.m.", "00:05"),
        ("12:05 pm", "12:05"),
        ("13:14:15 PM", "13:14:15"),
        ("1:06", "01:06"),
        ("25/12/2018 21:29:23", "21:29:23"),
        ("18h30", "18:30"),
        ("14.05", "14:05"),
        ("1430 hrs", "14:30"),
        ("오후 3:05", "15:05"),
        ("오전 9시 7분", "09:07"),
        ("오후 3시", "15:00"),
        ("오후 3시 반", "15:30"),
        ("15시05분", "15:05"),
    ],
)
def test_reads_times(text: str, time: str) -> None:
    assert normalise(text, "time", NOTHING_KNOWN).value == time


@pytest.mark.parametrize(
    "text", ["25:00", "12:75", "13:00 AM", "08:30 - 21:30", "1430", "noon", "3시간"]
)
def test_what_is_not_one_time_is_null(text: str) -> None:
    assert normalise(text, "time", NOTHING_KNOWN).value is None


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("1", 1),
        ("1X", 1),
        ("2 x", 2),
        ("x3", 3),
        ("*2", 2),
        ("3 PCS", 3),
        ("3개", 3),
        ("1 PC.", 1),
        ("4.00xITEMs", 4),
        ("2.000", 2),
        ("0.350 KG", 0.35),
        (".5", 0.5),
        ("1,000", 1000),
        ("-1", -1),
        ("170", 170),
        ("1O", 10),
    ],
)
def test_reads_quantities(text: str, quantity: float) -> None:
    found = normalise(text, "quantity", NOTHING_KNOWN).value
    assert found == quantity
    assert type(found) is type(quantity)


def test_a_decimal_comma_holds_for_quantities_too() -> None:
    context = read_context([("12,50", "amount"), ("1.234,00", "amount")])
    assert normalise("0,350", "quantity", context).value == 0.35
    assert normalise("1.000", "quantity", context).value == 1000


@pytest.mark.parametrize("text", ["PCS", "1 2", "12 x 3", "", "A4B"])
def test_what_is_not_one_quantity_is_null(text: str) -> None:
    assert normalise(text, "quantity", NOTHING_KNOWN).value is None


@pytest.mark.parametrize(
    ("text", "rate"),
    [("6%", 6), ("6.00 %", 6), ("@6%", 6), ("(7.5%)", 7.5), ("19", 19), ("-3%", -3)],
)
def test_reads_percentages(text: str, rate: float) -> None:
    assert normalise(text, "percentage", NOTHING_KNOWN).value == rate


@pytest.mark.parametrize(
    ("lines", "text", "phone"),
    [
        ([], "+60342661226", "+60342661226"),
        ([], "+603-3362 4137", "+60333624137"),
        (["ABC SDN BHD"], "03- 55423228", "+60355423228"),
        (["ABC SDN BHD"], "(603) 6243 5520", "+60362435520"),
        (["Springfield, IL 62704"], "(217) 555-0123", "+12175550123"),
        (["Pittsburgh, PA 15213"], "412-621-1356", "+14126211356"),
        (["서울시 강남구"], "02-6009-3641", "+82260093641"),
        ([], "03- 55423228", "03-55423228"),
        ([], "1-300-80-AEON (2366)", "1-300-80-AEON (2366)"),
        (["ABC SDN BHD"], "03-77259003 / 03-77259004", "03-77259003 / 03-77259004"),
        (["ABC SDN BHD"], "TEL : 03-7731 8169", "+60377318169"),
        ([], "TEL", None),
        (["합계 12,000원"], "010 1234 5678", "+821012345678"),
        ([], "+82 (0)10-1234-5678", "+821012345678"),
        ([], "82-2-555-1234", "+8225551234"),
        ([], "(82-2) 555-1234", "+8225551234"),
        (["kim@abc.co.kr"], "02-555-1234", "+8225551234"),
        (["서울시 강남구"], "02-123-4567 (내선 12)", "+8221234567"),
        (["서울시 강남구"], "02-1234-5678~9", "+82212345678"),
        (["서울시 강남구"], "전화번호:043-277-3700“1", "+82432773700"),
        (["서울시 강남구"], "02-1234-5678~02-1234-5679", "02-1234-5678~02-1234-5679"),
        ([], "65 9630 1571", "+6596301571"),
        ([], "650 253 0000", "650 253 0000"),
        (["New York, NY 10001"], "(212) 555-0134 ext. 5", "+12125550134"),
        (["London SW1A 1AA"], "020 7946 0958", "+442079460958"),
        (["TOTAL RM 12.00"], "03-7731 8169", "+60377318169"),
        ([], "12", None),
    ],
)
def test_reads_phones(lines: list[str], text: str, phone: str | None) -> None:
    context = read_context([(text, "phone")], [*lines, text])
    assert normalise(text, "phone", context).value == phone


@pytest.mark.parametrize(
    ("value_type", "text", "value"),
    [
        ("identifier", "(789417-W)", "789417-W"),
        ("identifier", " # TD01167104 ", "TD01167104"),
        ("identifier", "--", None),
        ("address", "NO.53 , JALAN  SAGU 18 ,", "NO.53, JALAN SAGU 18"),
        ("text", "  BOOK  TA .K ", "BOOK TA .K"),
    ],
)
def test_tidies_text(value_type: ValueType, text: str, value: str | None) -> None:
    assert normalise(text, value_type, NOTHING_KNOWN).value == value


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("TAMAN DAYA SDN BHD 81100 JOHOR BAHRU", "MY"),
        ("410 S. Craig St. Pittsburgh, PA 15213", "US"),
        ("서울시 강남구 테헤란로 305", "KR"),
        ("Queen's Road 125, CB3 4AU, Cambridge, UK", "GB"),
        ("TOTAL 9.00", None),
        ("SINGAPORE MALAYSIA", None),
        ("www.acme.co.uk", "GB"),
        ("ask.in the shop", None),
    ],
)
def test_finds_the_country(text: str, region: str | None) -> None:
    assert infer_region(text) == region


TYPES: list[ValueType] = [
    "text", "amount", "currency", "quantity", "percentage", "date", "time", "phone", "email",
    "website", "person", "address", "identifier", "tax_id", "iban", "bic",
]  # fmt: skip
READABLE = "0123456789.,-/:@ OIlKRWUSDwcom.kr년월일시원만천억일이삼금정₩$€()△"


@given(
    text=st.text(max_size=30) | st.text(alphabet=READABLE, max_size=20),
    value_type=st.sampled_from(TYPES),
)
def test_every_text_has_a_value_or_says_that_it_has_none(text: str, value_type: ValueType) -> None:
    found = normalise(text, value_type, read_context([(text, value_type)], [text]))
    assert (found.value is None) == (
        found.issue is not None and found.issue.code == "unreadable_value"
    )


@given(quantity=st.integers(0, 999), unit=st.sampled_from(["", "x", " X", " PCS", "개", " ea."]))
def test_written_quantities_come_back(quantity: int, unit: str) -> None:
    assert normalise(f"{quantity}{unit}", "quantity", NOTHING_KNOWN).value == quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("QualityHosting AG -", "QualityHosting AG"),
        ("| · Sales  Office \N{EN DASH}", "Sales Office"),
        ("7-Eleven - Ginza", "7-Eleven - Ginza"),
        ("-40C", "-40C"),
        ("-", "-"),
    ],
)
def test_separators_around_a_text_are_no_part_of_it(text: str, value: str) -> None:
    assert normalise(text, "text", NOTHING_KNOWN).value == value
