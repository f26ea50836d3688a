import pytest

from layout.checks import check_arithmetic
from layout.result import Amount, FieldNode, GroupField, LeafField


def money(amount: str, currency: str | None = None) -> LeafField:
    value = Amount(amount=amount, currency=currency)
    return LeafField(value=value, text=amount, confidence=1, regions=[])


def number(value: float) -> LeafField:
    return LeafField(value=value, text=str(value), confidence=1, regions=[])


def unreadable() -> LeafField:
    return LeafField(value=None, text="?", confidence=1, regions=[])


def group(**fields: FieldNode) -> GroupField:
    return GroupField(text="", confidence=1, regions=[], fields=fields)


def items(*totals: str) -> list[GroupField]:
    return [group(total_price=money(total)) for total in totals]


def codes(**fields: FieldNode) -> list[str]:
    return [issue.code for issue in check_arithmetic(fields, "receipt")]


def test_sums_that_agree_raise_nothing() -> None:
    assert not codes(
        items=items("4.00", "5.00"),
        subtotal=money("9.00"),
        total_tax=money("0.54"),
        service_charge=money("0.90"),
        discount=money("-1.00"),
        tip=money("2.00"),
        total=money("11.44"),
        payments=[group(amount=money("20.00"))],
        change=money("8.56"),
    )


def test_items_that_miss_the_total_are_named() -> None:
    (issue,) = check_arithmetic({"items": items("4.00", "4.90"), "total": money("9.00")}, "receipt")
    assert issue.code == "total_mismatch"
    assert issue.severity == "warning"
    assert issue.fields == ["items", "total"]
    assert issue.message == "items add up to 8.90, the total says 9.00"


@pytest.mark.parametrize(
    "fields",
    [
        # tax inside the prices, shown for information
        {"items": items("10.60"), "total_tax": money("0.60"), "total": money("10.60")},
        # tax inside the items, subtotal without
        {
            "items": items("10.60"),
            "subtotal": money("10.00"),
            "total_tax": money("0.60"),
            "total": money("10.60"),
        },
        # service on top, tax inside
        {
            "items": items("10.00"),
            "service_charge": money("1.00"),
            "total_tax": money("0.60"),
            "total": money("11.00"),
        },
        # discount taken off before the subtotal
        {
            "items": items("10.00"),
            "discount": money("1.00"),
            "subtotal": money("9.00"),
            "total": money("9.00"),
        },
        # rounded to five sen
        {"items": items("9.03"), "total": money("9.05")},
        # rounded to hundred rupiah
        {"items": items("45540"), "total": money("45500", "IDR")},
        # paid by card, tip on top
        {
            "total": money("10.00"),
            "tip": money("2.00"),
            "payments": [group(amount=money("12.00"))],
            "change": money("0.00"),
        },
    ],
)
def test_usual_ways_of_adding_up_raise_no_alarm(fields: dict[str, FieldNode]) -> None:
    assert not codes(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"items": [*items("4.00"), group(description=number(1))], "total": money("9.00")},
        {"items": [*items("4.00"), group(total_price=unreadable())], "total": money("9.00")},
        {"items": items("4.00"), "total": unreadable()},
        {"items": [group(total_price=money("4.00", "USD"))], "total": money("9.00", "EUR")},
        {"total": money("9.00")},
        {"payments": [group(amount=money("20.00"))], "total": money("9.00")},
        {"subtotal": money("9.00"), "total_tax": unreadable(), "total": money("9.54")},
    ],
)
def test_nothing_is_checked_without_all_the_parts(fields: dict[str, FieldNode]) -> None:
    assert not codes(**fields)


def test_each_sum_has_its_own_alarm() -> None:
    line = group(quantity=number(2), unit_price=money("4.00"), total_price=money("9.00"))
    assert codes(items=[line]) == ["item_mismatch"]
    assert codes(items=items("4.00"), subtotal=money("5.00")) == ["subtotal_mismatch"]
    assert codes(subtotal=money("5.00"), total=money("6.00")) == ["total_mismatch"]
    assert codes(
        total=money("9.00"), payments=[group(amount=money("20.00"))], change=money("1.00")
    ) == ["payments_mismatch"]
    tax = group(rate=number(6), net_amount=money("10.00"), amount=money("0.90"))
    assert codes(tax_details=[tax]) == ["tax_mismatch"]
    assert codes(
        tax_details=[group(amount=money("0.60")), group(amount=money("0.10"))],
        total_tax=money("0.90"),
    ) == ["tax_mismatch"]


def test_weighed_goods_and_rounded_unit_prices_agree() -> None:
    weighed = group(quantity=number(0.356), unit_price=money("12.90"), total_price=money("4.59"))
    rounded = group(quantity=number(3), unit_price=money("0.33"), total_price=money("1.00"))
    assert not codes(items=[weighed, rounded])


def test_cord_has_its_own_names_for_the_same_sums() -> None:
    fields: dict[str, FieldNode] = {
        "menu": [
            group(
                cnt=number(2),
                unitprice=money("8000"),
                price=money("16000"),
                sub=[group(price=money("1000"))],
            )
        ],
        "sub_total": group(subtotal_price=money("17000"), tax_price=money("1700")),
        "total": group(
            total_price=money("18700"), cashprice=money("20000"), changeprice=money("1300")
        ),
    }
    assert not check_arithmetic(fields, "cord")
    fields["total"] = group(
        total_price=money("19700"), cashprice=money("20000"), changeprice=money("1300")
    )
    found = [issue.code for issue in check_arithmetic(fields, "cord")]
    assert found == ["total_mismatch", "payments_mismatch"]


def test_types_without_sums_have_nothing_to_check() -> None:
    assert not check_arithmetic({"total": money("9.00")}, "sroie")


def invoice_item(amount: str, **fields: FieldNode) -> GroupField:
    return group(amount=money(amount), **fields)


def invoice_codes(**fields: FieldNode) -> list[str]:
    return [issue.code for issue in check_arithmetic(fields, "invoice")]


def test_an_invoice_that_adds_up_raises_nothing() -> None:
    assert not invoice_codes(
        items=[
            invoice_item("361.37", quantity=number(19910), unit_price=money("18.15")),  # a thousand
            invoice_item("30.00", quantity=number(200), unit_price=money("15.00")),  # a hundred
            invoice_item("21.00", quantity=number(2), unit_price=money("10.00"), tax=money("1.00")),
        ],
        subtotal=money("412.37"),
        total_discount=money("12.37"),
        total_tax=money("20.00"),
        tax_details=[group(amount=money("15.00")), group(amount=money("5.00"))],
        invoice_total=money("420.00"),
        amount_due=money("120.00"),  # part of it was paid before
    )


def test_the_taxes_of_lines_may_stand_beside_their_amounts() -> None:
    lines = [invoice_item("100.00", tax=money("8.00")), invoice_item("50.00", tax=money("4.00"))]
    assert not invoice_codes(items=lines, invoice_total=money("162.00"))
    assert not invoice_codes(items=lines, invoice_total=money("150.00"))
    assert invoice_codes(items=lines, invoice_total=money("158.00")) == ["total_mismatch"]


def test_an_invoice_that_does_not_add_up_is_told_where() -> None:
    issues = check_arithmetic(
        {
            "items": [invoice_item("21.00", quantity=number(2), unit_price=money("10.00"))],
            "subtotal": money("31.00"),
            "total_tax": money("3.00"),
            "tax_details": [group(amount=money("1.00"))],
            "invoice_total": money("35.00"),
        },
        "invoice",
    )
    assert [(issue.code, issue.fields) for issue in issues] == [
        ("item_mismatch", ["items[0].quantity", "items[0].unit_price", "items[0].amount"]),
        ("subtotal_mismatch", ["items", "subtotal"]),
        ("total_mismatch", ["subtotal", "invoice_total"]),
        ("tax_mismatch", ["tax_details", "total_tax"]),
    ]


def won(amount: str) -> LeafField:
    return money(amount, "KRW")


@pytest.mark.parametrize(
    "fields",
    [
        # net and tax give the total; prices hold the tax
        {
            "items": [group(total_price=won("5500")), group(total_price=won("6600"))],
            "subtotal": won("11000"),
            "total_tax": won("1100"),
            "total": won("12100"),
        },
        # exempt goods beside taxed ones, without a field of their own
        {
            "items": [group(total_price=won("5500")), group(total_price=won("3000"))],
            "subtotal": won("5000"),
            "total_tax": won("500"),
            "total": won("8500"),
        },
        {"subtotal": won("5000"), "total_tax": won("500"), "total": won("8500")},
        # unit prices with tax, amounts without it
        {
            "items": [
                group(quantity=number(2), unit_price=won("5500"), total_price=won("10000")),
                group(quantity=number(2), unit_price=won("5000"), total_price=won("11000")),
            ]
        },
        # a discount's line among the items
        {
            "items": [group(total_price=won("5500")), group(total_price=won("-500"))],
            "total": won("5000"),
        },
    ],
)
def test_korean_ways_of_adding_up_raise_no_alarm(fields: dict[str, FieldNode]) -> None:
    assert not codes(**fields)


def test_korean_sums_that_do_not_agree_are_named() -> None:
    assert codes(subtotal=won("11000"), total_tax=won("1100"), total=won("11500")) == [
        "total_mismatch"
    ]
    line = group(quantity=number(2), unit_price=won("5500"), total_price=won("12500"))
    assert codes(items=[line]) == ["item_mismatch"]
