"""Real invoices of RVL-CDIP with DeepCPCFG's annotations (Chua & Duffy, ICDAR 2021)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Score
from benchmarks.invoices import INVOICE_METRICS, ITEMS
from benchmarks.tasks import Part, Sample, score_graphs, split_of_groups, stems
from corpora import rvl_invoices as corpus
from corpora.document import LabelledDocument
from corpora.invoice_items import ITEM_FIELDS
from layout.assemble import assemble
from layout.graph import FieldGraph
from layout.result import DocumentResult, FieldNode, GroupField, LeafField
from layout.schema import load_schema
from ocr.errors import SetupError

FOLDERS: dict[Part, str] = {"words": corpus.WORDS_FOLDER, "truth": corpus.TRUTH_FOLDER}
SUFFIXES: dict[Part, str] = {"words": ".xml", "truth": ".json"}

BARE_KEYS: Final = frozenset({"TotalAmount", "InvoiceNumber"})
LEADING_MARKS: Final = re.compile(r"^[^\w(.\-]+")


class RvlInvoicesTask:
    """`docspade benchmark rvl_invoices`; `dev` is carved out of `train` by vendor or template.

    An answer has the annotations' four names, a field that was not found as "".
    """

    name = "rvl_invoices"
    document_type = corpus.SCHEMA
    metrics = INVOICE_METRICS
    has_pictures = False

    def names(self, root: Path, split: str, part: Part = "words") -> list[str]:
        """Ids of a split's documents, in name order."""
        if part == "pictures":
            raise SetupError("the invoices have no pictures")
        folder = root / _folder(split) / FOLDERS[part]
        found = stems(folder, (SUFFIXES[part],))
        if not found:
            raise SetupError(f"no invoices in {folder}")
        if split == "test":
            return found
        groups = corpus.document_groups(root, _folder(split))
        return split_of_groups({name: groups.get(name, name) for name in found}, split)

    def sample(self, root: Path, split: str, name: str) -> Sample:
        """One invoice with the words of its XML file."""
        page = corpus.read_page(root, _folder(split), name)
        blank = frozenset(i for i, word in enumerate(page.words) if not word.text)
        return Sample(name, (page,), self.truth(root, split, name), blank)

    def truth(self, root: Path, split: str, name: str) -> Answer | None:
        """One invoice's annotation, if it has one."""
        annotation = corpus.read_truth(root, _folder(split), name)
        return None if annotation is None else Answer(id=name, fields=annotation.as_json())

    def image_path(self, root: Path, split: str, name: str) -> Path:  # noqa: ARG002 the protocol's
        """None exists."""
        raise SetupError("the invoices have no pictures")

    def answer(self, sample: Sample, graph: FieldGraph) -> Answer:
        """The graph's fields in the annotations' form, and the words that they were read from."""
        fields, _ = assemble(graph, sample.pages, load_schema(self.document_type))
        return _answer(sample.id, fields)

    def answer_of_result(self, name: str, result: DocumentResult) -> Answer:
        """An extraction's fields in the annotations' form."""
        return _answer(name, result.fields)


TASK = RvlInvoicesTask()


def score_documents(
    documents: Sequence[LabelledDocument], graphs: Iterable[FieldGraph]
) -> tuple[Score, ...]:
    """Score graphs decoded with the `invoice` schema over the documents' own words.

    Args:
        documents: as the corpus' reader gives them, with their `truth`.
        graphs: one for each document, in their order.
    """
    samples = [
        Sample(d.id, d.pages, Answer(id=d.id, fields=dict(d.truth)) if d.truth else None)
        for d in documents
    ]
    return score_graphs(TASK, samples, graphs)


def _folder(split: str) -> str:
    return "test" if split == "test" else "train"


def _answer(name: str, fields: Mapping[str, FieldNode]) -> Answer:
    entities: list[EntityEntry] = []
    answered: dict[str, JsonValue] = {
        key: _leaf_text(fields.get(path), key, entities)
        for key, path in corpus.HEADER_FIELDS.items()
    }
    items = fields.get("items")
    answered[ITEMS] = [
        {
            key: _leaf_text(item.fields.get(path), f"{ITEMS}.{key}", entities)
            for key, path in ITEM_FIELDS.items()
        }
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, GroupField)
    ]
    return Answer(id=name, fields=answered, entities=entities)


def _leaf_text(node: FieldNode | None, label: str, entities: list[EntityEntry]) -> str:
    """A leaf's text as the annotators write it; its words are noted among the entities."""
    if not isinstance(node, LeafField):
        return ""
    word_ids = [i for region in node.regions for i in region.word_ids]
    entities.append(EntityEntry(label=label, text=node.text, word_ids=word_ids))
    return in_annotated_form(label, node.text)


def in_annotated_form(label: str, text: str) -> str:
    """A field's text as the annotators of the training invoices write it.

    They leave the currency out of the total and the number sign out of the invoice's number ("$",
    "#", and what a reading makes of them); everything else they copy as it is printed, the line
    items' currencies included. The words' verbatim text stays in the answer's entities.
    """
    if label not in BARE_KEYS:
        return text
    return LEADING_MARKS.sub("", text) or text
