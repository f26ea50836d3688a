"""One source's training examples, made of its documents."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from corpora.document import LabelledDocument
from layout.tokens import DocumentTokeniser
from models.config import SourceConfig, TrainConfig
from models.data import DOCUMENT_TYPES, DataFolders, Held, training_documents
from models.examples import Example, make_example
from models.self_supervision import self_supervised

log = logging.getLogger(__name__)


def read_pool(
    source: SourceConfig,
    data: tuple[DataFolders, Held],
    form: tuple[tuple[str, ...], DocumentTokeniser],
    config: TrainConfig,
) -> tuple[float, list[Example]]:
    """How often a source's documents are seen an epoch, and the examples made of them."""
    documents = training_documents(source, *data)
    labels, tokeniser = form
    types = config.known_types
    documents = [_also_labelled(document, config.alike) for document in documents]
    type_name = source.document_type or DOCUMENT_TYPES[source.name]
    number = types.index(type_name) if type_name in types else -1
    if not source.labels:
        documents = [_without_labels(document) for document in documents]
    examples = [
        make_example(document, labels, tokeniser, document_type=number) for document in documents
    ]
    if not source.labels:
        examples = [replace(e, targets=self_supervised(e.document, e.targets)) for e in examples]
    log.info("%s: %d documents", source.name, len(documents))
    return source.weight, examples


def _also_labelled(document: LabelledDocument, alike: Mapping[str, str]) -> LabelledDocument:
    """With the labels of schemas that are like the document's own, in place of these."""
    names = {theirs: ours for ours, theirs in alike.items()}

    def renamed(label: str) -> str:
        schema, path = label.split(".", 1)
        return f"{names.get(schema, schema)}.{path}"

    return replace(
        document,
        entities=tuple(replace(e, label=renamed(e.label)) for e in document.entities),
        labelled=frozenset(map(renamed, document.labelled)),
    )


def _without_labels(document: LabelledDocument) -> LabelledDocument:
    return LabelledDocument(document.id, document.pages, (), labelled=frozenset(), has_groups=False)
