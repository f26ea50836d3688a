"""A receipt as it was read, with slips to correct."""

from __future__ import annotations

from layout.corrections import Corrections, parse_corrections
from layout.result import (
    Amount,
    DocumentResult,
    FieldNode,
    GroupField,
    Issue,
    LeafField,
    ModelEntry,
    PageEntry,
    Region,
    WordEntry,
)

LINES = (
    ("CORNER", "B00K", "SHOP"),  # 0 1 2: misread
    ("NOTEBOOK", "A5", "8.00"),  # 3 4 5
    ("PENCIL", "1.50"),  # 6 7
    ("TOTAL", "9.50"),  # 8 9
    ("CASH", "10.00"),  # 10 11
)
SECOND_PAGE = (("PAID", "BY", "VISA"),)  # 0 1 2


def page(number: int, lines: tuple[tuple[str, ...], ...]) -> PageEntry:
    words = [
        WordEntry(text=text, quad=_quad(100.0 * column, 40.0 * row), confidence=0.9)
        for row, line in enumerate(lines)
        for column, text in enumerate(line)
    ]
    return PageEntry(number=number, width=400, height=300, words=words)


def _quad(left: float, top: float) -> list[tuple[float, float]]:
    return [(left, top), (left + 90, top), (left + 90, top + 20), (left, top + 20)]


def leaf(text: str, *word_ids: int, value: str | Amount | None = None, at: int = 1) -> LeafField:
    region = Region(page=at, quad=_quad(0, 0), word_ids=[*word_ids])
    return LeafField(value=value or text, text=text, confidence=0.7, regions=[region])


def amount(text: str, *word_ids: int) -> LeafField:
    return leaf(text, *word_ids, value=Amount(amount=text, currency="MYR"))


def item(description: LeafField, price: LeafField) -> GroupField:
    return GroupField(
        text=f"{description.text} {price.text}",
        confidence=0.7,
        regions=[*description.regions, *price.regions],
        fields={"description": description, "total_price": price},
    )


def receipt(*, second_page: bool = False) -> DocumentResult:
    """The shop's name is misread, the total is wrong, the second item's name lacks nothing."""
    items = [
        item(leaf("NOTEBOOK A5", 3, 4), amount("8.00", 5)),
        item(leaf("PENCIL", 6), amount("1.50", 7)),
    ]
    fields: dict[str, FieldNode] = {
        "merchant_name": leaf("CORNER B00K SHOP", 0, 1, 2),
        "items": items,
        "total": amount("10.00", 11),
    }
    pages = [page(1, LINES), *([page(2, SECOND_PAGE)] if second_page else [])]
    mismatch = Issue(code="total_mismatch", severity="warning", message="m", fields=["total"])
    skewed = Issue(code="low_resolution", severity="warning", message="page 1: m")
    return DocumentResult(
        id="0" * 32,
        type="receipt",
        type_confidence=0.9,
        status="succeeded",
        pages=pages,
        fields=fields,
        issues=[mismatch, skewed],
        model=ModelEntry(name="m", version="1", sha256="0" * 64),
        timings_ms={},
    )


def corrections(fields: str, type_name: str = "receipt") -> Corrections:
    return parse_corrections(f'{{"type": "{type_name}", "fields": {fields}}}'.encode())
