"""FUNSD-r: FUNSD's entities and links over an OCR engine's text, order and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers import Answer, EntityEntry
from benchmarks.funsd import LABELS, linked_truth, with_form
from benchmarks.links import (
    LINKS_END_TO_END,
    LINKS_GOLD_ENTITIES,
    LINKS_GOLD_ENTITIES_BROS,
    links_of,
)
from benchmarks.spans import ENTITIES
from benchmarks.tasks import Part, Sample
from corpora import funsd_r as corpus
from corpora.funsd import PATHS
from layout.graph import Entity, FieldGraph
from layout.result import DocumentResult
from ocr.errors import DefectError, SetupError


class FunsdRTask:
    """`docspade benchmark funsd_r`: entities and links, as ids of characters.

    `dev` is carved out of `train` by template. The answers' `fields` are as FUNSD's.
    """

    name = "funsd_r"
    document_type = "funsd"
    metrics = (ENTITIES, LINKS_END_TO_END)
    metrics_gold_entities = (LINKS_GOLD_ENTITIES, LINKS_GOLD_ENTITIES_BROS)
    has_pictures = False

    def names(self, root: Path, split: str, part: Part = "words") -> list[str]:
        """Ids of a split's forms, in name order."""
        if part == "pictures":
            raise SetupError("FUNSD-r has no pictures")
        found = sorted(_paths(root, split))
        if split == "test":
            return found
        held_out = corpus.development_stems(root)
        return [name for name in found if (name in held_out) == (split == "dev")]

    def sample(self, root: Path, split: str, name: str) -> Sample:
        """One form with words made of its characters."""
        return _sample(corpus.read_document(_paths(root, split)[name]))

    def truth(self, root: Path, split: str, name: str) -> Answer | None:
        """One form's truth."""
        return self.sample(root, split, name).truth

    def image_path(self, root: Path, split: str, name: str) -> Path:  # noqa: ARG002 the protocol's
        """None exists."""
        raise SetupError("FUNSD-r has no pictures")

    def answer(self, sample: Sample, graph: FieldGraph) -> Answer:
        """The graph's entities and links over characters."""
        characters = _character_ids(sample)
        words = [word for page in sample.pages for word in page.words]
        entities = [
            EntityEntry(
                label=LABELS[entity.path],
                text=" ".join(words[i].text for i in entity.word_ids),
                word_ids=[c for i in entity.word_ids for c in characters[i]],
            )
            for entity in graph.entities
        ]
        return with_form(Answer(id=sample.id, entities=entities, links=links_of(graph.entities)))

    def answer_of_result(self, name: str, result: DocumentResult) -> Answer:  # noqa: ARG002 ditto
        """None exists, since there are no pictures to extract from."""
        raise SetupError("FUNSD-r has no pictures")

    def gold_entities(self, sample: Sample) -> list[Entity]:
        """The true entities over words, to be linked; two may share a word here."""
        owner = {c: index for index, ids in enumerate(_character_ids(sample)) for c in ids}
        entries = sample.truth.entities if sample.truth else []
        return [
            Entity(PATHS[e.label], tuple(dict.fromkeys(owner[c] for c in e.word_ids)), 1.0)
            for e in entries
        ]

    def answer_of_links(self, sample: Sample, links: Sequence[tuple[int, int]]) -> Answer:
        """The true entities with predicted links."""
        return linked_truth(sample, links)


TASK = FunsdRTask()


def _character_ids(sample: Sample) -> tuple[tuple[int, ...], ...]:
    if sample.character_ids is None:
        raise DefectError("FUNSD-r's samples know their words' characters")
    return sample.character_ids


def _paths(root: Path, split: str) -> dict[str, Path]:
    listing = corpus.listing(root, split)
    if not listing.exists():
        raise SetupError(f"no FUNSD-r split: {listing} is missing")
    return {path.stem: path for path in corpus.paths(root, split)}


def _sample(read: corpus.FunsdRDocument) -> Sample:
    truth = None
    if read.entities:
        entities = [
            EntityEntry(label=label, text=_text(read, ids), word_ids=list(ids))
            for label, ids in read.entities
        ]
        truth = with_form(Answer(id=read.document.id, entities=entities, links=list(read.links)))
    return Sample(
        id=read.document.id,
        pages=read.document.pages,
        truth=truth,
        blank_ids=read.blank,
        character_ids=read.characters,
    )


def _text(read: corpus.FunsdRDocument, character_ids: Sequence[int]) -> str:
    """The words that hold some characters, in their order."""
    owner = {c: index for index, ids in enumerate(read.characters) for c in ids}
    words = read.document.words
    return " ".join(words[i].text for i in dict.fromkeys(owner[c] for c in character_ids))
