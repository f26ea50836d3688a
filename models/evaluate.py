"""Runs a model in training on whole documents, as the ONNX session will."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from layout.graph import GraphScores
from layout.windows import WindowScores, cut_windows, stitch
from models.batches import SpecialIds, collate_inputs
from models.examples import Example, WindowExample
from models.network import SpatialModel


@dataclass(frozen=True)
class Scorer:
    """The torch model with what its input needs."""

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
        initial, rel_s, rel_g, key, types = (tensor[0].float().cpu().numpy() for tensor in output)
        return WindowScores(initial=initial, rel_s=rel_s, rel_g=rel_g, key=key, types=types)
