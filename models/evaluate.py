"""Development figures of a model in training, by the decoding that serving uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from benchmarks import cord, cord_r, sroie
from benchmarks.counts import Score
from layout.decode import decode
from layout.graph import FieldGraph, GraphScores
from layout.schema import load_schema
from layout.windows import WindowScores, cut_windows, stitch
from models.batches import SpecialIds, collate_inputs
from models.data import Development
from models.examples import Example, WindowExample
from models.network import SpatialModel


@dataclass(frozen=True)
class Scorer:
    """Runs the torch model on whole documents, as the ONNX session will."""

    model: SpatialModel
    labels: tuple[str, ...]
    special: SpecialIds
    max_tokens: int
    device: str = "cpu"

    def score(self, example: Example) -> GraphScores:
        """One document's stitched scores."""
        windows = cut_windows(
            example.document,
            max_tokens=self.max_tokens,
            start_id=self.special.start,
            end_id=self.special.end,
        )
        scores = [self._score_window(WindowExample(window, example.targets)) for window in windows]
        return stitch(
            example.document,
            windows,
            scores,
            labels=self.labels,
            n_words=len(example.targets.in_entity),
        )

    @torch.inference_mode()
    def _score_window(self, example: WindowExample) -> WindowScores:
        inputs = collate_inputs([example])
        output = self.model(*(tensor.to(self.device) for tensor in inputs))
        initial, rel_s, rel_g, key = (tensor[0].float().cpu().numpy() for tensor in output)
        return WindowScores(initial=initial, rel_s=rel_s, rel_g=rel_g, key=key)


@dataclass(frozen=True)
class DevelopmentExamples:
    """Development documents of every task with their tokens, ready to be scored again and again."""

    documents: Development
    examples: dict[str, list[Example]]


def decode_all(scorer: Scorer, examples: Sequence[Example], schema_name: str) -> list[FieldGraph]:
    """The graphs of some documents in one schema."""
    schema = load_schema(schema_name)
    return [decode(scorer.score(example), schema) for example in examples]


def score_development(
    scorer: Scorer, development: DevelopmentExamples
) -> dict[str, tuple[Score, ...]]:
    """The benchmarks' own scores of every development task."""
    documents, examples = development.documents, development.examples
    scores = {
        "sroie": sroie.score_documents(
            documents.sroie, decode_all(scorer, examples["sroie"], "sroie")
        ),
        "sroie_ocr": sroie.score_documents(
            documents.sroie_ocr, decode_all(scorer, examples["sroie_ocr"], "sroie")
        ),
        "cord": cord.score_documents(documents.cord, decode_all(scorer, examples["cord"], "cord")),
        "cord_r": cord_r.score_documents(
            documents.cord_r, decode_all(scorer, examples["cord_r"], "cord")
        ),
    }
    return {task: of_task for task, of_task in scores.items() if examples[task]}


def figures(scores: dict[str, tuple[Score, ...]]) -> dict[str, float]:
    """Every score's F1 for the training log, by task, metric and, for SROIE, by key."""
    found = {}
    for task, of_task in scores.items():
        for score in of_task:
            found[f"{task} {score.metric.name}"] = round(score.f1, 4)
        if task.startswith("sroie"):
            for key, counts in of_task[0].categories.items():
                found[f"{task} {key}"] = round(counts.f1, 4)
    return found
