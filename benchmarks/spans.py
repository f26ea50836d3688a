"""Entity F1 by exact spans, with and without key words."""

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


def count_entities_with_keys(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count entities that are right together with their key words ("TOTAL 45,500").

    A predicted entity is right when a true one has its label and exactly its words, those of its
    value (`word_ids`) and its key words (`key_word_ids`) taken together; which of the two a word
    is, and in which order they were found, does not count. Each true entity can be matched once.
    F1 is micro-averaged over all entities of all documents.

    Source: the usual CORD set-up (LayoutLMv2, Xu et al., ACL 2021; BROS, Hong et al., AAAI 2022),
    where all words of a line of the annotation carry the line's category as BIO tags, those with
    `is_key` too, and `seqeval` counts runs of tags. A line's words follow one another in the file,
    so that a run of tags and a set of words are the same here.

    Ids of words that hold no text must have left both sides before (`Answer.without_ids`).
    """
    return count_multisets(_whole_spans(predicted), _whole_spans(true))


def _whole_spans(answer: Answer) -> Counter[tuple[str, frozenset[int]]]:
    return Counter((e.label, frozenset((*e.word_ids, *e.key_word_ids))) for e in answer.entities)


def _spans(answer: Answer) -> Counter[tuple[str, tuple[int, ...]]]:
    return Counter((entity.label, tuple(entity.word_ids)) for entity in answer.entities)


ENTITIES = Metric(
    "entities_exact_span",
    "entity F1: label and ordered word ids equal, micro-averaged",
    count_entities,
    needs_gold_words=True,
)
VALUES = Metric(
    "entities_values_only",
    "entity F1 without key words: label and ordered ids of the value's words equal, micro-averaged",
    count_entities,
    needs_gold_words=True,
)
"""`ENTITIES` for a data set whose truth parts key words from values."""
ENTITIES_WITH_KEYS = Metric(
    "entities_with_key_words",
    "entity F1 as LayoutLM and BROS count it on CORD: label and all words, key words too, equal, "
    "micro-averaged",
    count_entities_with_keys,
    needs_gold_words=True,
)
