"""Where the columns of a receipt's items stand, and their titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpora.synthesis.draft import Align, Cell, Row, Span, text_cell
from corpora.synthesis.receipts.item_form import Column, ItemForm
from corpora.synthesis.receipts.style import Scribe
from corpora.synthesis.typefaces import columns_of

TITLE_RULES: dict[Column, str] = {
    "quantity": "column_quantity",
    "times": "column_quantity",
    "unit_price": "column_price",
    "other": "column_other",
    "discount": "column_discount",
    "total": "column_total",
    "tax": "column_tax",
}


@dataclass(frozen=True)
class Setting:
    """Places of the columns, as shares of the text block.

    Attributes:
        edges: where a column's cells are aligned.
        align: which side of the cells stands there.
        name_left: where names begin on a line that opens with the quantity.
        titles: of the columns.
    """

    edges: Mapping[Column, float]
    align: Mapping[Column, Align]
    name_left: float
    titles: Mapping[Column, str]

    def cell(self, column: Column, spans: tuple[Span, ...]) -> Cell:
        """A cell of a column."""
        return Cell(spans, x=self.edges[column], align=self.align[column])


def left_edge(setting: Setting, form: ItemForm) -> float:
    """Where names begin."""
    return setting.name_left if form.shape == "one_line" and form.quantity == "lead" else 0.0


def set_columns(
    contents: Sequence[Mapping[str, tuple[Span, ...]]], form: ItemForm, scribe: Scribe
) -> Setting:
    """Places for the columns so that what stands in them fits.

    Args:
        contents: of every item: the spans of its parts.
        form: of the items.
        scribe: the receipt's words.
    """
    dice, n_chars = scribe.dice, scribe.style.n_chars
    titles = {column: scribe.say(TITLE_RULES[column]) for column in form.columns}
    edges: dict[Column, float] = {}
    align: dict[Column, Align] = {}
    right = 1.0 - (dice.real(0.0, 0.1) if dice.chance(0.2) else 0.0)
    spread = dice.real(1.0, 3.0)
    for column in reversed(form.columns):
        width = max(_length(content[column]) for content in contents)
        if form.headings != "none":
            width = max(width, len(titles[column]))
        is_left = column in ("times", "tax", "quantity") and dice.chance(0.25)
        align[column] = "left" if is_left else "right"
        edges[column] = right - width / n_chars if is_left else right
        right -= (width + spread) / n_chars
    if form.is_first_column_left and len(form.columns) > 1:
        edges[form.columns[0]], align[form.columns[0]] = form.indent, "left"
    lead = max((_length(content["quantity"]) for content in contents), default=1)
    return Setting(edges, align, (lead + dice.real(0.8, 3.0)) / n_chars, titles)


def heading_rows(setting: Setting, form: ItemForm, scribe: Scribe) -> list[Row]:
    """Rows of column titles above the items."""
    if form.headings == "none":
        return []
    rule = "column_item" if form.code == "none" else "column_code_item"
    left = left_edge(setting, form)
    cells = [Cell((Span(scribe.say(rule)),), x=left)]
    if left:
        cells.insert(0, text_cell(scribe.say("column_quantity")))
    titles = [setting.cell(column, (Span(setting.titles[column]),)) for column in form.columns]
    if form.is_first_column_left:
        return [Row(tuple(cells)), Row(tuple(titles))]
    if form.headings == "one_row":
        return [Row((*cells, *titles))]
    signs = [
        setting.cell(column, (Span(scribe.style.money.sign),))
        for column in form.columns
        if column in ("unit_price", "discount", "total")
    ]
    if scribe.dice.chance(0.5):
        return [Row((*cells, *titles)), Row(tuple(signs))]
    return [Row(tuple(cells)), Row(tuple(titles))]


def _length(spans: Sequence[Span]) -> int:
    return sum(columns_of(span.text) + 1 for span in spans) - 1 if spans else 0
