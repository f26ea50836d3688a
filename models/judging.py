"""The fields that users would see of held-out documents, and which of them are right.

SROIE's keys, read by our own OCR where its words are at hand, are judged by their text; so are the
invoices' fields. CORD's and FUNSD's entities are judged by their words. SROIE and CORD stand for
the receipt fields of the same meaning too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from benchmarks.tasks import Sample
from corpora.funsd import PATHS as FUNSD_PATHS
from corpora.receipt_view import RECEIPT_PATHS, SROIE_PATHS
from corpora.splits import sroie_groups
from layout.assemble import assemble
from layout.graph import FieldGraph
from layout.result import Amount, LeafField
from layout.schema import load_schema
from layout.tabular import walk_leaves
from models.calibrate import Judged
from models.development import Development, DevelopmentTask
from ocr.errors import DefectError

Decode = Callable[[DevelopmentTask, str], Sequence[FieldGraph]]
"""A task's documents as a model sees them, decoded with the schema of a name."""
JUDGED_TASKS = ("sroie", "sroie_ocr", "cord", "rvl_invoices", "funsd")
"""Development tasks whose fields can be told right from wrong one by one."""
INVOICE_KEYS = {
    "invoice_id": "InvoiceNumber",
    "invoice_date": "IssuedDate",
    "invoice_total": "TotalAmount",
    "items.description": "ItemDescription",
    "items.quantity": "ItemUnitCount",
    "items.unit_price": "ItemUnitValue",
    "items.amount": "ItemTotal",
}
Texts = Mapping[str, Sequence[str]]
"""The true texts of each path."""


@dataclass(frozen=True)
class _Shown:
    """A leaf as users see it, with what its confidence is made of."""

    path: str  # without places in lists
    leaf: LeafField
    confidence: float  # the model's, uncalibrated
    reading: float

    def judged(self, schema_name: str, group: str, *, is_right: bool) -> Judged:
        label = f"{schema_name}.{self.path}"
        return Judged(label, min(self.confidence, 1.0), is_right, group, self.reading)


def judge_fields(decode: Decode, development: Development) -> list[Judged]:
    """The fields that users would see of held-out documents, right or not.

    Documents belong together by SROIE's shops; the others stand for themselves.

    Args:
        decode: by the model that is judged.
        development: those of `JUDGED_TASKS` count, other tasks are left out.
    """
    judged: list[Judged] = []
    receipts = development.get("sroie_ocr") or development.get("sroie")
    if receipts is not None:
        judged += _judge_receipts(decode, receipts)
    if "cord" in development:
        cord = development["cord"]
        judged += _judge_words(decode, cord, "cord", {label: label for label in RECEIPT_PATHS})
        judged += _judge_words(decode, cord, "receipt", RECEIPT_PATHS)
    if "funsd" in development:
        judged += _judge_words(decode, development["funsd"], "funsd", FUNSD_PATHS)
    if "rvl_invoices" in development:
        invoices = development["rvl_invoices"]
        truths = [_invoice_texts(sample) for sample in invoices.samples]
        groups = [f"invoice {sample.id}" for sample in invoices.samples]
        judged += _judge_texts(decode, invoices, "invoice", list(zip(truths, groups, strict=True)))
    return judged


def _judge_receipts(decode: Decode, task: DevelopmentTask) -> Iterator[Judged]:
    keys = {
        sample.id: {key: str(text) for key, text in _fields(sample).items()}
        for sample in task.samples
    }
    shops = sroie_groups(keys)
    for schema_name in ("sroie", "receipt"):
        paths = SROIE_PATHS if schema_name == "receipt" else {k: k for k in SROIE_PATHS.values()}
        truths = [
            {path: [keys[s.id][key]] for path, key in paths.items() if key in keys[s.id]}
            for s in task.samples
        ]
        groups = [f"sroie {shops[sample.id]}" for sample in task.samples]
        yield from _judge_texts(decode, task, schema_name, list(zip(truths, groups, strict=True)))


def _judge_texts(
    decode: Decode,
    task: DevelopmentTask,
    schema_name: str,
    known: Sequence[tuple[Texts, str]],
) -> Iterator[Judged]:
    """Leaves of whose path the truth knows the texts; `known` has them and the group."""
    graphs = decode(task, schema_name)
    for sample, graph, (texts, group) in zip(task.samples, graphs, known, strict=True):
        for shown in _shown(sample, graph, schema_name):
            if shown.path in texts:
                is_right = any(_says(shown.leaf, text) for text in texts[shown.path])
                yield shown.judged(schema_name, group, is_right=is_right)


def _judge_words(
    decode: Decode, task: DevelopmentTask, schema_name: str, paths: Mapping[str, str]
) -> Iterator[Judged]:
    """Leaves of paths that the data set labels; right where label and words are an entity's.

    Args:
        decode: by the model that is judged.
        task: whose truth has entities.
        schema_name: to decode with.
        paths: the schema's path of each of the data set's labels.
    """
    for sample, graph in zip(task.samples, decode(task, schema_name), strict=True):
        if sample.truth is None:
            continue
        entities = {
            (paths[e.label], frozenset(e.word_ids))
            for e in sample.truth.entities
            if e.label in paths
        }
        group = f"{task.task.name} {sample.id}"
        for shown in _shown(sample, graph, schema_name):
            if shown.path in paths.values():
                ids = {i for region in shown.leaf.regions for i in region.word_ids}
                is_right = (shown.path, frozenset(ids - sample.blank_ids)) in entities
                yield shown.judged(schema_name, group, is_right=is_right)


def _shown(sample: Sample, graph: FieldGraph, schema_name: str) -> Iterator[_Shown]:
    """The leaves of a result; assembled without the model's confidence, which is noted beside."""
    noted: list[tuple[str, float]] = []

    def note(confidence: float, label: str) -> float:
        noted.append((label, confidence))
        return 1.0

    fields, _ = assemble(graph, sample.pages, load_schema(schema_name), note)
    for (place, leaf), (label, confidence) in zip(walk_leaves(fields), noted, strict=True):
        path = re.sub(r"\[\d+\]", "", place)
        if label != f"{schema_name}.{path}":
            raise DefectError(f"{place} was assembled from {label}")
        yield _Shown(path, leaf, confidence, leaf.confidence)


def _fields(sample: Sample) -> Mapping[str, JsonValue]:
    return sample.truth.fields if sample.truth else {}


def _invoice_texts(sample: Sample) -> dict[str, list[str]]:
    """What the annotation says by path; nothing for a document without one."""
    fields = _fields(sample)
    if not fields:
        return {}
    items = fields.get("LineItem")
    rows = [row for row in items if isinstance(row, dict)] if isinstance(items, list) else []
    texts: dict[str, list[str]] = {}
    for path, key in INVOICE_KEYS.items():
        values = [row.get(key) for row in rows] if "." in path else [fields.get(key)]
        texts[path] = [str(value) for value in values if value]
    return texts


def _says(leaf: LeafField, truth: str) -> bool:
    """Whether a text is the true one, or an amount of its digits, the currency aside."""
    if isinstance(leaf.value, Amount):
        return _digits(leaf.text) == _digits(truth)
    return _folded(leaf.text) == _folded(truth)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _folded(text: str) -> str:
    """Letters and digits: spacing and punctuation are the transcriber's, not the reader's."""
    return "".join(char for char in text.upper() if char.isalnum())
