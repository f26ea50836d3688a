"""Pages without labels, labelled by a stage that has ended, for a later stage to learn from.

Source: self-training with a noised student (Xie et al., Self-training with Noisy Student, CVPR
2020): the teacher reads clean pages, the student learns from changed ones.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean

from tokenizers import Tokenizer

from corpora.document import LabelledDocument, LabelledEntity
from layout.decode import decode
from layout.graph import FieldGraph
from layout.schema import load_schema
from layout.tokens import DocumentTokeniser
from models.evaluate import Scorer
from models.examples import make_example
from models.special_ids import special_ids
from models.stored import TOKENIZER, open_stage

log = logging.getLogger(__name__)

MIN_CONFIDENCE = 0.75
"""Mean confidence of a page's entities from which on the page is learned from."""
MIN_ENTITIES = 5


def label_pages(
    documents: Sequence[LabelledDocument], folder: Path, *, device: str
) -> list[LabelledDocument]:
    """The pages of which the teacher is sure, with the entities and links that it sees.

    Args:
        documents: of which nothing is known.
        folder: of the teacher's stage.
        device: on which it runs.
    """
    model, labels = open_stage(folder)
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokeniser = DocumentTokeniser(tokenizer, model.config.box_form)
    scorer = Scorer(
        model.to(device), labels, special_ids(tokenizer), model.config.max_positions, device
    )
    schemas = [
        load_schema(name) for name in dict.fromkeys(label.split(".", 1)[0] for label in labels)
    ]
    found = []
    for document in documents:
        scores = scorer.score(make_example(document, labels, tokeniser))
        for schema in schemas:
            graph = decode(scores, schema)
            if _is_sure(graph):
                found.append(_labelled(document, graph, schema.name))
    log.info("%d of %d pages labelled by %s", len(found), len(documents), folder)
    return found


def _is_sure(graph: FieldGraph) -> bool:
    confidences = [entity.confidence for entity in graph.entities]
    return len(confidences) >= MIN_ENTITIES and mean(confidences) >= MIN_CONFIDENCE


def _labelled(document: LabelledDocument, graph: FieldGraph, schema_name: str) -> LabelledDocument:
    return replace(
        document,
        entities=tuple(
            LabelledEntity(f"{schema_name}.{entity.path}", entity.word_ids, entity.parent)
            for entity in graph.entities
        ),
        labelled=frozenset(load_schema(schema_name).labels),
        has_groups=True,
    )
