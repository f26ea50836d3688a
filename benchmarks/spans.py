"""Entity F1 by exact spans."""

from __future__ import annotations

from collections import Counter

from benchmarks.answers import Answer
from benchmarks.counts import CategoryCounts, Metric, count_multisets


def count_entities(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count entities that are right: the same label and the same words in the same order.

    A predicted entity is right when a true one has its label and exactly its sequence of word ids
    (CORD-r: character ids); each true entity can be matched once, so that a repeated prediction is
    wrong. Precision, recall and F1 are micro-averaged over all entities of all documents.

    Source: entity-level F1 as `seqeval` and the CoNLL-2003 evaluation count it (Tjong Kim Sang &
    De Meulder, CoNLL 2003), carried over from runs of BIO tags to ordered word paths
    as in Zhang et al., "Reading Order Matters" (EMNLP 2023), whose FUNSD-r and CORD-r hold
    entities that no run of tags can express. For entities whose words follow one another the two
    counts are the same.

    Ids of words that hold no text must have left both sides before (`Answer.without_ids`).
    """
    return count_multisets(_spans(predicted), _spans(true))


def _spans(answer: Answer) -> Counter[tuple[str, tuple[int, ...]]]:
    return Counter((entity.label, tuple(entity.word_ids)) for entity in answer.entities)


ENTITIES = Metric(
    "entities_exact_span",
    "entity F1: label and ordered word ids equal, micro-averaged",
    count_entities,
    needs_gold_words=True,
)
