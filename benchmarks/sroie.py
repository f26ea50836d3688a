"""SROIE, task 3: four keys of scanned receipts (Huang et al., ICDAR 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import CategoryCounts, Counts, Metric, Score
from benchmarks.items import REPEATED_TOTALS
from benchmarks.tasks import (
    IMAGE_SUFFIXES,
    Part,
    Sample,
    picture,
    score_graphs,
    split_of_groups,
    stems,
)
from corpora import sroie as corpus
from corpora.document import LabelledDocument
from corpora.splits import sroie_groups
from layout.assemble import assemble
from layout.graph import FieldGraph
from layout.result import DocumentResult, FieldNode, LeafField
from layout.schema import load_schema
from ocr.errors import SetupError

FOLDERS: dict[Part, str] = {"words": "box", "pictures": "img", "truth": "entities"}


def count_keys(predicted: Answer, true: Answer) -> CategoryCounts:
    """Count the keys whose text is right: strict string equality, case and spaces included.

    A predicted text is right when the truth gives exactly that string for that key. Precision is
    over all texts that were predicted, recall over all that the truth has, F1 is their harmonic
    mean, micro-averaged over the four keys of all receipts. A key without a prediction (absent,
    null or empty) counts against recall only; a text predicted for a key that is absent or empty in
    the truth counts against precision only. White space at the ends of a text is no part of it.

    Source: Huang et al., ICDAR2019 Competition on Scanned Receipt OCR and Information Extraction,
    ICDAR 2019, task 3, evaluation protocol: an extracted text is correct if both its content and
    its category match the ground truth; precision is computed over all the extracted texts of all
    the test receipts, and F1 from precision and recall.
    """
    counts: dict[str, Counts] = {}
    for key in corpus.KEYS:
        ours, theirs = _text(predicted, key), _text(true, key)
        if ours or theirs:
            is_correct = ours == theirs
            counts[key] = Counts(int(is_correct), int(bool(ours)), int(bool(theirs)))
    return counts


def _text(answer: Answer, key: str) -> str:
    value = answer.fields.get(key)
    return "" if value is None else str(value).strip()


KEYS_STRICT = Metric(
    "sroie_keys_strict",
    "SROIE task 3: four keys, strict string equality, micro-averaged",
    count_keys,
)


class SroieTask:
    """`docspade benchmark sroie`; `dev` is carved out of `train` by shop."""

    name = "sroie"
    document_type = "sroie"
    metrics = (KEYS_STRICT, REPEATED_TOTALS)
    has_pictures = True

    def names(self, root: Path, split: str, part: Part = "words") -> list[str]:
        """Ids of a split's documents, in name order."""
        folder = _folder(split)
        files = root / folder / FOLDERS[part]
        found = stems(files, IMAGE_SUFFIXES if part == "pictures" else (".txt",))
        if not found:
            raise SetupError(f"no SROIE documents in {files}")
        if split == "test":
            return found
        groups = sroie_groups({name: corpus.read_truth(root, folder, name) for name in found})
        return split_of_groups(groups, split)

    def sample(self, root: Path, split: str, name: str) -> Sample:
        """One receipt with its transcript's words."""
        return _sample(corpus.read_document(root, _folder(split), name))

    def truth(self, root: Path, split: str, name: str) -> Answer | None:
        """The four keys, of a receipt that has an entities file."""
        keys = corpus.read_truth(root, _folder(split), name)
        return Answer(id=name, fields={**keys}) if keys else None

    def image_path(self, root: Path, split: str, name: str) -> Path:
        """The receipt's picture."""
        return picture(root / _folder(split) / "img", name)

    def answer(self, sample: Sample, graph: FieldGraph) -> Answer:
        """The four keys' texts in upper case, and the words that they were read from."""
        fields, _ = assemble(graph, sample.pages, load_schema(self.document_type))
        return _answer(sample.id, fields)

    def answer_of_result(self, name: str, result: DocumentResult) -> Answer:
        """The four keys of an extraction."""
        return _answer(name, result.fields)


TASK = SroieTask()


def score_documents(
    documents: Sequence[LabelledDocument], graphs: Iterable[FieldGraph]
) -> tuple[Score, ...]:
    """Score graphs decoded with the `sroie` schema over the documents' own words.

    Args:
        documents: as the corpus' reader gives them, with their `truth`.
        graphs: one for each document, in their order.
    """
    return score_graphs(TASK, [_sample(document) for document in documents], graphs)


def _folder(split: str) -> str:
    return "test" if split == "test" else "train"


def _sample(document: LabelledDocument) -> Sample:
    truth = None
    if document.truth:
        totals = [e for e in document.entities if e.label == "sroie.total"]
        entities = [EntityEntry(label="total", word_ids=list(e.word_ids)) for e in totals]
        truth = Answer(id=document.id, fields={**document.truth}, entities=entities)
    return Sample(document.id, document.pages, truth)


def _answer(name: str, fields: dict[str, FieldNode]) -> Answer:
    found = {key: fields[key] for key in corpus.KEYS if key in fields}
    leaves = {key: node for key, node in found.items() if isinstance(node, LeafField)}
    return Answer(
        id=name,
        fields={key: leaf.text.upper() for key, leaf in leaves.items()},
        entities=[
            EntityEntry(
                label=key,
                text=leaf.text,
                word_ids=[i for region in leaf.regions for i in region.word_ids],
            )
            for key, leaf in leaves.items()
        ],
    )
