"""Metrics for invoices: header fields and line items, compared strictly, by form, by characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Final, Literal

from pydantic import JsonValue
from rapidfuzz.distance import LCSseq

from benchmarks.answers import Answer
from benchmarks.counts import CategoryCounts, Counts, Metric
from benchmarks.trees import count_grouped_fields

Part = Literal["all", "header", "items"]
ITEMS: Final = "LineItem"
HEADER_KEYS: Final = ("InvoiceNumber", "IssuedDate", "TotalAmount")
ITEM_KEYS: Final = ("ItemDescription", "ItemUnitCount", "ItemUnitValue", "ItemTotal")
NUMBER_KEYS: Final = frozenset({"TotalAmount", "ItemUnitCount", "ItemUnitValue", "ItemTotal"})

_CURRENCY: Final = re.compile(r"[$£€¥]|\b(?:USD|GBP|EUR|US)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"(?P<opening>\()?(?P<sign>-)?(?P<digits>\.?\d[\d.,]*)(?P<credit>CR|-)?(?P<closing>\))?",
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(r"[.,](\d{1,2})$")


def count_fields(
    predicted: Answer,
    true: Answer,
    *,
    part: Part = "all",
    form: Callable[[str, str], str] | None = None,
) -> CategoryCounts:
    """Count the fields of an invoice that are right.

    The fields are the header's three (InvoiceNumber, IssuedDate, TotalAmount) and the four of each
    line item (ItemDescription, ItemUnitCount, ItemUnitValue, ItemTotal). Line items are paired one
    to one so that as many of their fields as possible are equal in all (maximum-weight bipartite
    matching), whatever their order; the fields of an item without a partner are wrong, or missed. A
    predicted field is right when the truth, or the paired item, has exactly its text; white space
    at the ends is no part of a text, and an empty text is no field, neither predicted nor true. F1
    is micro-averaged over all fields of all documents.

    Args:
        predicted: with `fields` in the annotations' form.
        true: likewise.
        part: which fields are counted.
        form: from (field's name, text) to what is compared; the text itself if None.

    Source: this project, with the pairing of `benchmarks.trees.count_grouped_fields`. DeepCPCFG
    (Chua & Duffy, ICDAR 2021), which published the annotations, compares characters instead:
    `count_characters`.
    """
    ours, theirs = (_as_compared(answer.fields, part, form) for answer in (predicted, true))
    return count_grouped_fields(
        predicted.model_copy(update={"fields": ours}), true.model_copy(update={"fields": theirs})
    )


def _as_compared(
    fields: Mapping[str, JsonValue], part: Part, form: Callable[[str, str], str] | None
) -> dict[str, JsonValue]:
    compared: dict[str, JsonValue] = {}
    if part != "items":
        compared |= _formed(fields, HEADER_KEYS, form)
    if part != "header":
        compared[ITEMS] = [_formed(item, ITEM_KEYS, form) for item in _items(fields)]
    return compared


def _formed(
    fields: Mapping[str, JsonValue],
    keys: Sequence[str],
    form: Callable[[str, str], str] | None,
) -> dict[str, JsonValue]:
    texts = {key: _text(fields, key).strip() for key in keys}
    return {key: form(key, text) if form else text for key, text in texts.items() if text}


def _items(fields: Mapping[str, JsonValue]) -> list[Mapping[str, JsonValue]]:
    items = fields.get(ITEMS)
    listed = items if isinstance(items, list) else [items]
    return [item for item in listed if isinstance(item, dict)]


def _text(fields: Mapping[str, JsonValue], key: str) -> str:
    value = fields.get(key)
    return "" if value is None else str(value)


def in_plain_form(key: str, text: str) -> str:
    """A field's text without what is a matter of form.

    A number (all amounts and counts) is its value: currency signs, blanks and thousands' marks
    gone; its last mark is a decimal one if one or two digits follow. Minus, parentheses and CR make
    it negative. Any other text is its letters and digits in upper case.

    Args:
        key: the field's name in the annotations.
        text: not empty.

    Returns:
        Never empty: a text without letters and digits stays as it is.
    """
    if key in NUMBER_KEYS and (number := _as_number(text)) is not None:
        return str(number)
    return "".join(char for char in text.upper() if char.isalnum()) or text


def _as_number(text: str) -> Decimal | None:
    match = _NUMBER.fullmatch("".join(_CURRENCY.sub("", text).split()).rstrip(".,"))
    if match is None:
        return None
    fraction = _FRACTION.search(match["digits"])
    whole = match["digits"][: fraction.start()] if fraction else match["digits"]
    digits = re.sub(r"\D", "", whole) or "0"
    value = Decimal(f"{digits}.{fraction[1]}" if fraction else digits).normalize()
    return -value if match["opening"] or match["sign"] or match["credit"] else value


def count_characters(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count the characters that are right: the hierarchical edit distance of DeepCPCFG.

    Between two texts of one field, right characters are those of a longest common subsequence:
    the rest of the prediction was predicted wrongly, the rest of the truth was missed (an edit
    distance with insertions and deletions alone). A field that only one side has is wrong, or
    missed, as a whole. Line items are aligned in their order, monotonically, so that wrong and
    missed characters together are fewest; an item without a partner is wrong, or missed, as a
    whole. Every character counts, white space at the ends included. F1 is micro-averaged over the
    characters of all documents.

    Source: Chua & Duffy, DeepCPCFG: Deep Learning and Context Free Grammars for End-to-End
    Information Extraction, ICDAR 2021, the Hierarchical Edit Distance (HED) metric as its
    published code counts it (github.com/deepcpcfg/datasets, `hed.jl`, with its default
    `--str-func identity`; counts summed over the corpus as its README says).
    """
    counts = {
        key: _common(_text(predicted.fields, key), _text(true.fields, key)) for key in HEADER_KEYS
    }
    for ours, theirs in _aligned(_items(predicted.fields), _items(true.fields)):
        for key in ITEM_KEYS:
            path = f"{ITEMS}.{key}"
            common = _common(_text(ours, key), _text(theirs, key))
            counts[path] = counts.get(path, Counts()) + common
    return {key: count for key, count in counts.items() if count != Counts()}


def _common(ours: str, theirs: str) -> Counts:
    return Counts(int(LCSseq.similarity(ours, theirs)), len(ours), len(theirs))


Item = Mapping[str, JsonValue]


def _aligned(predicted: Sequence[Item], true: Sequence[Item]) -> list[tuple[Item, Item]]:
    """Pairs of items in order, {} for none, with as many common characters as possible.

    Wrong and missed characters are all characters less twice the common ones: fewest of the
    former is most of the latter.
    """
    nothing: Item = {}
    gains = [[_n_common(ours, theirs) for theirs in true] for ours in predicted]
    best = [[0] * (len(true) + 1) for _ in range(len(predicted) + 1)]
    for i in reversed(range(len(predicted))):
        for j in reversed(range(len(true))):
            best[i][j] = max(gains[i][j] + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[Item, Item]] = []
    i = j = 0
    while i < len(predicted) and j < len(true):
        if best[i][j] == gains[i][j] + best[i + 1][j + 1]:
            pairs.append((predicted[i], true[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((predicted[i], nothing))
            i += 1
        else:
            pairs.append((nothing, true[j]))
            j += 1
    pairs += [(ours, nothing) for ours in predicted[i:]]
    return pairs + [(nothing, theirs) for theirs in true[j:]]


def _n_common(ours: Item, theirs: Item) -> int:
    return sum(_common(_text(ours, key), _text(theirs, key)).n_correct for key in ITEM_KEYS)


FIELDS_STRICT = Metric(
    "invoice_fields_strict",
    "field F1 over header and line items: texts equal, items optimally paired, micro-averaged",
    count_fields,
)
HEADER_STRICT = Metric(
    "invoice_header_strict",
    "the same over InvoiceNumber, IssuedDate and TotalAmount alone",
    partial(count_fields, part="header"),
)
ITEMS_STRICT = Metric(
    "invoice_items_strict",
    "the same over the line items' fields alone",
    partial(count_fields, part="items"),
)
FIELDS_PLAIN = Metric(
    "invoice_fields_plain_form",
    "field F1 over header and line items: numbers by value, other texts by letters and digits",
    partial(count_fields, form=in_plain_form),
)
CHARACTERS = Metric(
    "invoice_characters_hed",
    "DeepCPCFG's hierarchical edit distance: F1 of characters, line items aligned in order",
    count_characters,
)
INVOICE_METRICS = (FIELDS_STRICT, HEADER_STRICT, ITEMS_STRICT, FIELDS_PLAIN, CHARACTERS)
