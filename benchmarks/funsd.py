"""FUNSD: headers, questions and answers of scanned forms, and their links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import CategoryCounts, Metric, count_multisets
from benchmarks.links import (
    LINKS_END_TO_END,
    LINKS_GOLD_ENTITIES,
    LINKS_GOLD_ENTITIES_BROS,
    links_of,
)
from benchmarks.spans import ENTITIES
from benchmarks.tasks import IMAGE_SUFFIXES, Part, Sample, picture, stems
from corpora import funsd as corpus
from corpora.document import LabelledDocument
from layout.graph import Entity, FieldGraph
from layout.result import DocumentResult, FieldNode, GroupField, LeafField
from ocr.errors import SetupError

SCHEMA = "funsd"
LABELS = {path: label for label, path in corpus.PATHS.items()}
"""The data set's label of each path of the schema."""
FIELD_LABELS = {path.rsplit(".", 1)[1]: label for path, label in LABELS.items()}


def count_texts(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count entities by label and text, for words that were read anew: their ids mean nothing.

    A predicted entity is right when a true one has its label and its text, of which letters and
    digits are compared, case aside. Each true entity is matched once, wherever it stands; those
    without letters and digits are left out on both sides. F1 is micro-averaged over all entities of
    all documents.

    Source: this project; FUNSD's published figures are all for its own words.
    """
    return count_multisets(_texts(predicted), _texts(true))


def _texts(answer: Answer) -> Counter[tuple[str, str]]:
    folded = [
        (e.label, "".join(char for char in e.text.upper() if char.isalnum()))
        for e in answer.entities
    ]
    return Counter(entry for entry in folded if entry[1])


ENTITY_TEXTS = Metric(
    "entities_folded_text",
    "entity F1 by label and text, letters and digits compared, places left aside, micro-averaged",
    count_texts,
)


def on_segment_boxes(metric: Metric) -> Metric:
    """A metric's name and definition for words that have their gold segments' boxes."""
    return replace(
        metric,
        name=f"{metric.name}_gold_segment_boxes",
        definition=f"{metric.definition}; gold segment boxes (leak the grouping)",
    )


@dataclass(frozen=True)
class FunsdTask:
    """`docspade benchmark funsd`; `dev` is carved out of `train` by template.

    The answers' `fields` are FUNSD's own `form[]` without boxes: each entity's `id` (its place in
    `entities`), `label`, `text` and `linking`.

    Attributes:
        boxes: whose boxes the words have: their own, or their gold segment's.
    """

    boxes: corpus.BoxKind = "words"
    name = "funsd"
    document_type = SCHEMA
    has_pictures = True

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Entities, links end to end, and entities by their texts."""
        return self._named(ENTITIES, LINKS_END_TO_END, ENTITY_TEXTS)

    @property
    def metrics_gold_entities(self) -> tuple[Metric, ...]:
        """Links between the true entities: all of them, and as BROS counts them."""
        return self._named(LINKS_GOLD_ENTITIES, LINKS_GOLD_ENTITIES_BROS)

    def _named(self, *metrics: Metric) -> tuple[Metric, ...]:
        return metrics if self.boxes == "words" else tuple(map(on_segment_boxes, metrics))

    def with_segment_boxes(self) -> FunsdTask:
        """The same with gold segment boxes, as some published figures were measured."""
        return replace(self, boxes="segments")

    def names(self, root: Path, split: str, part: Part = "words") -> list[str]:
        """Ids of a split's forms, in name order."""
        folder = corpus.folder(root, split)
        suffixes: tuple[str, ...] = (".json",)
        if part == "pictures":
            folder, suffixes = folder.with_name("images"), IMAGE_SUFFIXES
        found = stems(folder, suffixes)
        if not found:
            raise SetupError(f"no FUNSD forms in {folder}")
        if split == "test":
            return found
        held_out = corpus.development_stems(root)
        return [name for name in found if (name in held_out) == (split == "dev")]

    def sample(self, root: Path, split: str, name: str) -> Sample:
        """One form with the words of its annotation."""
        path = corpus.folder(root, split) / f"{name}.json"
        return _sample(corpus.read_document(path, boxes=self.boxes))

    def truth(self, root: Path, split: str, name: str) -> Answer | None:
        """One form's truth."""
        path = corpus.folder(root, split) / f"{name}.json"
        return self.sample(root, split, name).truth if path.exists() else None

    def image_path(self, root: Path, split: str, name: str) -> Path:
        """The form's picture."""
        return picture(corpus.folder(root, split).with_name("images"), name)

    def answer(self, sample: Sample, graph: FieldGraph) -> Answer:
        """The graph's entities and links; words without text are left out."""
        words = [word for page in sample.pages for word in page.words]
        entities = [
            EntityEntry(
                label=LABELS[entity.path],
                text=" ".join(filter(None, (words[i].text.strip() for i in entity.word_ids))),
                word_ids=list(entity.word_ids),
            )
            for entity in graph.entities
        ]
        found = Answer(id=sample.id, entities=entities, links=links_of(graph.entities))
        return with_form(found.without_ids(sample.blank_ids))

    def answer_of_result(self, name: str, result: DocumentResult) -> Answer:
        """An extraction's entities and links; word ids count the words as read."""
        reading = _Reading()
        reading.add(result.fields)
        return with_form(Answer(id=name, entities=reading.entities, links=reading.links))

    def gold_entities(self, sample: Sample) -> list[Entity]:
        """The true entities, to be linked."""
        entries = sample.truth.entities if sample.truth else []
        return [Entity(corpus.PATHS[e.label], tuple(e.word_ids), 1.0) for e in entries]

    def answer_of_links(self, sample: Sample, links: Sequence[tuple[int, int]]) -> Answer:
        """The true entities with predicted links."""
        return linked_truth(sample, links)


TASK = FunsdTask()


def linked_truth(sample: Sample, links: Sequence[tuple[int, int]]) -> Answer:
    """A sample's true entities with predicted links in place of the true ones."""
    truth = sample.truth or Answer(id=sample.id)
    return with_form(truth.model_copy(update={"links": list(links)}))


def with_form(answer: Answer) -> Answer:
    """An answer with its `fields` in FUNSD's own form, made of its entities and links."""
    form: list[JsonValue] = [
        {
            "id": index,
            "label": entity.label,
            "text": entity.text,
            "linking": [[a, b] for a, b in answer.links if index in (a, b)],
        }
        for index, entity in enumerate(answer.entities)
    ]
    return answer.model_copy(update={"fields": {"form": form}})


def true_links(document: LabelledDocument) -> list[tuple[int, int]]:
    """All annotated links of a labelled form, as pairs of places in its entities."""
    pairs = document.truth.get("links")
    found = []
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, list):
            above, below = (int(str(place)) for place in pair)
            found.append((above, below))
    return found


def _sample(document: LabelledDocument) -> Sample:
    entities = [
        EntityEntry(
            label=LABELS[entity.label.removeprefix(f"{SCHEMA}.")],
            text=" ".join(document.words[i].text.strip() for i in entity.word_ids),
            word_ids=list(entity.word_ids),
        )
        for entity in document.entities
    ]
    truth = Answer(id=document.id, entities=entities, links=true_links(document))
    blank = frozenset(i for i, word in enumerate(document.words) if not word.text.strip())
    return Sample(document.id, document.pages, with_form(truth), blank)


class _Reading:
    """Collects the entities of an extraction: sections, their questions, their answers."""

    def __init__(self) -> None:
        self.entities: list[EntityEntry] = []
        self.links: list[tuple[int, int]] = []

    def add(self, fields: Mapping[str, FieldNode], above: int | None = None) -> None:
        """Add a group's own leaves, the first one as head of what follows, then its groups."""
        for name, node in fields.items():
            for item in node if isinstance(node, list) else [node]:
                if isinstance(item, GroupField):
                    self.add(item.fields, above)
                    continue
                place = self._add(FIELD_LABELS[name], item, above)
                if name != "answers":
                    above = place

    def _add(self, label: str, leaf: LeafField, above: int | None) -> int:
        word_ids = [i for region in leaf.regions for i in region.word_ids]
        self.entities.append(EntityEntry(label=label, text=leaf.text, word_ids=word_ids))
        place = len(self.entities) - 1
        if above is not None:
            self.links.append((above, place))
        return place
