import csv
import io

import pytest

from layout.result import (
    Amount,
    DocumentResult,
    FieldNode,
    GroupField,
    LeafField,
    ModelEntry,
    PageEntry,
    Region,
)
from layout.tabular import COLUMNS, to_csv


def leaf(value: Amount | float | str | None, text: str, *places: tuple[int, int]) -> LeafField:
    regions = [
        Region(
            page=page,
            quad=[(left, 0.0), (left + 10.5, 0.0), (left + 10.5, 20.0), (left, 20.0)],
            word_ids=[0],
        )
        for page, left in places
    ]
    return LeafField(value=value, text=text, confidence=0.97, regions=regions)


def result(**fields: FieldNode) -> DocumentResult:
    return DocumentResult(
        id="scan",
        type="receipt",
        type_confidence=1,
        status="succeeded",
        pages=[PageEntry(number=1, width=100, height=100)],
        fields=fields,
        issues=[],
        model=ModelEntry(name="m", version="1", sha256="0"),
        timings_ms={},
    )


def rows(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table, newline="")))


def test_one_row_a_leaf_with_fixed_columns() -> None:
    item = GroupField(
        text="",
        confidence=1,
        regions=[],
        fields={
            "description": leaf("CAKE, BIG", "CAKE, BIG", (1, 5), (1, 40), (2, 0)),
            "quantity": leaf(1, "1X", (2, 7)),
        },
    )
    total = leaf(Amount(amount="-9.00", currency="MYR"), "-RM9.00", (1, 0))
    header, *body = rows(to_csv(result(items=[item], total=total, tip=leaf(None, "?"))))
    assert tuple(header) == COLUMNS
    assert body == [
        [
            "scan",
            "1",
            "items[0].description",
            "CAKE, BIG",
            "",
            "CAKE, BIG",
            "0.9700",
            "5 0 50.5 20",
        ],
        ["scan", "2", "items[0].quantity", "1", "", "1X", "0.9700", "7 0 17.5 20"],
        ["scan", "1", "total", "-9.00", "MYR", "'-RM9.00", "0.9700", "0 0 10.5 20"],
        ["scan", "", "tip", "", "", "?", "0.9700", ""],
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+60342661226", "'+60342661226"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("-9.00", "-9.00"),
        ("-1.234,56", "-1.234,56"),
        ("9.00", "9.00"),
        ("A=1", "A=1"),
        ("합계", "합계"),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    (row,) = rows(to_csv(result(merchant_name=leaf(text, text)), header=False))
    assert row[3] == row[5] == cell


def test_an_empty_result_has_the_header_alone() -> None:
    assert rows(to_csv(result())) == [list(COLUMNS)]
