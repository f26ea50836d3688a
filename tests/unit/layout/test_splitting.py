"""Several documents in one file are noticed; a document of several pages stays one."""

from __future__ import annotations

import pytest

from layout.splitting import first_pages, split_issue


def values(**fields: str) -> dict[str, frozenset[str]]:
    return {name: frozenset({value}) for name, value in fields.items()}


FIRST = values(invoice_id="17", vendor_name="acorn", invoice_total="1000")
SECOND = values(invoice_id="18", vendor_name="birch", invoice_total="250")


@pytest.mark.parametrize(
    ("pages", "starts"),
    [
        ([], [0]),
        ([FIRST], [0]),
        ([FIRST, SECOND], [0, 1]),
        ([FIRST, {}, SECOND, {}], [0, 2]),
        ([FIRST, values(invoice_id="17", invoice_total="250")], [0]),
        ([FIRST, values(invoice_total="250")], [0]),
        ([{}, FIRST, SECOND], [0, 2]),
        ([values(invoice_id="17"), values(invoice_total="9"), SECOND], [0, 2]),
    ],
)
def test_a_page_begins_a_document_when_what_identifies_it_differs(
    pages: list[dict[str, frozenset[str]]], starts: list[int]
) -> None:
    assert first_pages(pages) == starts


def test_the_proposal_names_page_ranges_of_the_file() -> None:
    issue = split_issue([2, 3, 5, 6], [0, 2, 3])
    assert issue is not None
    assert issue.code == "several_documents"
    assert "3 documents" in issue.message
    assert "pages 2-3, 5 and 6" in issue.message
    assert split_issue([1, 2], [0]) is None
