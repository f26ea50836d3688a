"""Results as CSV: one row a leaf, for spreadsheets and databases."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Final

from layout.result import Amount, DocumentResult, FieldNode, GroupField, LeafField, Value

COLUMNS: Final = ("document", "page", "path", "value", "currency", "text", "confidence", "box")
"""In this order, always:

document    the document's id
page        number of the first page that the field stands on
path        of the leaf: `items[0].description`
value       normalised; empty where the text could not be read as its type
currency    ISO 4217 code of an amount, if known
text        as read
confidence  from 0 to 1
box         left, top, right, bottom in pixels of that page, parted by blanks
"""
BYTE_ORDER_MARK: Final = "\ufeff"
"""At a file's start it tells spreadsheet programs that the text is UTF-8."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"-?\d[\d.,]*")


def to_csv(result: DocumentResult, *, header: bool = True) -> str:
    """A result's leaves as CSV (RFC 4180), in the order of the tree.

    Cells that a spreadsheet would take for a formula get a leading apostrophe; plain negative
    numbers stay as they are.

    Args:
        result: of one document.
        header: whether the first row names the columns.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow(COLUMNS)
    writer.writerows(rows_of(result))
    return out.getvalue()


def rows_of(result: DocumentResult) -> Iterator[list[str]]:
    """A result's leaves as rows of `COLUMNS`, harmless to spreadsheets."""
    for path, leaf in walk_leaves(result.fields):
        yield [harmless_cell(cell) for cell in _row(result.id, path, leaf)]


def walk_leaves(
    fields: Mapping[str, FieldNode], prefix: str = ""
) -> Iterator[tuple[str, LeafField]]:
    """Every leaf of a tree with its path, list places in square brackets from 0."""
    for name, node in fields.items():
        path = f"{prefix}{name}"
        nodes = (
            [(f"{path}[{i}]", each) for i, each in enumerate(node)]
            if isinstance(node, list)
            else [(path, node)]
        )
        for each_path, each in nodes:
            if isinstance(each, GroupField):
                yield from walk_leaves(each.fields, f"{each_path}.")
            else:
                yield each_path, each


def _row(document_id: str, path: str, leaf: LeafField) -> list[str]:
    value, currency = _cells(leaf.value)
    page, box = _place(leaf)
    return [document_id, page, path, value, currency, leaf.text, f"{leaf.confidence:.4f}", box]


def _cells(value: Value | None) -> tuple[str, str]:
    if isinstance(value, Amount):
        return value.amount, value.currency or ""
    return ("" if value is None else str(value)), ""


def _place(leaf: LeafField) -> tuple[str, str]:
    """The first page, and the box around all regions on it."""
    if not leaf.regions:
        return "", ""
    page = leaf.regions[0].page
    corners = [point for region in leaf.regions if region.page == page for point in region.quad]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    box = (min(xs), min(ys), max(xs), max(ys))
    return str(page), " ".join(f"{coordinate:g}" for coordinate in box)


def harmless_cell(cell: str) -> str:
    """Keep a spreadsheet from running what stands on a document (CWE-1236)."""
    if cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
