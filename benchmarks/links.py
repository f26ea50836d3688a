"""Link F1: which entity belongs under which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import CategoryCounts, Metric, count_multisets
from layout.graph import Entity

Span = tuple[str, tuple[int, ...]]


def count_links(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count links that are right: both entities exact, and the pair annotated in this direction.

    An entity is exact when label and ordered word ids are a true one's. Categories are the pair of
    labels ("question>answer"). F1 is micro-averaged over the links of all documents. Where the
    prediction was given the true entities this is the usual figure of entity linking, else it is
    linking end to end.

    Source: FUNSD's entity linking (Jaume et al., FUNSD, ICDAR-OST 2019), over all annotated links
    between entities other than `other`, several parents of one entity included.
    """
    return count_multisets(_links(predicted), _links(true))


def count_links_one_parent(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count links as `count_links` does, each entity with one parent at most.

    Of several parents the one that comes last in the file counts, so that the others are neither
    asked for nor right.

    Source: BROS (Hong et al., AAAI 2022, entity linking on FUNSD) as its release counts it
    (github.com/clovaai/bros): links between entities other than `other`, from the first token of
    the one above to the first token of the one below; a token holds one parent, and links are
    stored in the order of the entities above them, later ones over earlier ones. The release also
    drops what lies beyond a document's first 512 tokens; here all of it counts.
    """
    return count_multisets(_links(_one_parent(predicted)), _links(_one_parent(true)))


def links_of(entities: Sequence[Entity]) -> list[tuple[int, int]]:
    """The links that entities' parents make, (above, below), as places among the entities."""
    return [
        (above, below)
        for below, entity in enumerate(entities)
        if entity.parent is not None
        for above in (entity.parent, *entity.other_parents)
    ]


def _one_parent(answer: Answer) -> Answer:
    last = {below: (above, below) for above, below in sorted(answer.links)}
    return answer.model_copy(update={"links": list(last.values())})


def _links(answer: Answer) -> Counter[tuple[str, tuple[Span, Span]]]:
    found: Counter[tuple[str, tuple[Span, Span]]] = Counter()
    for above, below in dict.fromkeys(answer.links):
        pair = answer.entities[above], answer.entities[below]
        found[">".join(entity.label for entity in pair), (_span(pair[0]), _span(pair[1]))] += 1
    return found


def _span(entity: EntityEntry) -> Span:
    return entity.label, tuple(entity.word_ids)


LINKS_END_TO_END = Metric(
    "links_end_to_end",
    "link F1 of predicted entities: both entities exact, the pair annotated, micro-averaged",
    count_links,
    needs_gold_words=True,
)
LINKS_GOLD_ENTITIES = Metric(
    "links_gold_entities",
    "link F1 with the true entities given, all annotated links, micro-averaged",
    count_links,
    needs_gold_words=True,
)
LINKS_GOLD_ENTITIES_BROS = Metric(
    "links_gold_entities_bros",
    "link F1 with the true entities given, as BROS counts it: one parent an entity, micro-averaged",
    count_links_one_parent,
    needs_gold_words=True,
)
