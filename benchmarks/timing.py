"""Taking times: what is run how often, and what is made of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from layout.graph import GraphScores
from layout.pipeline import Pipeline
from ocr.types import Page

STAGES = ("decode", "ocr", "layout", "assemble", "total")


@dataclass(frozen=True)
class Timing:
    """Times of one thing done again and again, in milliseconds.

    Attributes:
        name: of what was done.
        times_ms: each time, in order.
    """

    name: str
    times_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """The middle time."""
        return statistics.median(self.times_ms)

    @property
    def p90_ms(self) -> float:
        """Nine in ten took no longer (nearest rank)."""
        ordered = sorted(self.times_ms)
        return ordered[-(-9 * len(ordered) // 10) - 1]


def time_calls(name: str, call: Callable[[], object], *, n_runs: int, n_warm: int = 2) -> Timing:
    """Time a call, after some that do not count.

    Args:
        name: of the timing.
        call: what to do.
        n_runs: how often it is timed; at least 1.
        n_warm: how often it is done before.
    """
    for _ in range(n_warm):
        call()
    times = []
    for _ in range(n_runs):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return Timing(name, tuple(times))


def time_stages(
    pipeline: Pipeline, documents: Mapping[str, bytes], document_type: str, *, n_runs: int
) -> list[Timing]:
    """Time each stage of the pipeline over documents, after one round that does not count.

    The stages are as the results report them; "total" is the whole call's time by the clock.

    Args:
        pipeline: opened.
        documents: files' bytes by name.
        document_type: to extract.
        n_runs: rounds over all documents.

    Raises:
        DocspadeError: a document cannot be read.
    """
    rounds = [_stage_times(pipeline, documents, document_type) for _ in range(n_runs + 1)][1:]
    every = [times for each in rounds for times in each]
    return [Timing(stage, tuple(times[stage] for times in every)) for stage in STAGES]


def _stage_times(
    pipeline: Pipeline, documents: Mapping[str, bytes], document_type: str
) -> Iterable[Mapping[str, float]]:
    rows = []
    for name, data in documents.items():
        start = time.perf_counter()
        result = pipeline.extract(data, document_type=document_type, document_id=name)
        total = (time.perf_counter() - start) * 1000
        rows.append({**result.timings_ms, "total": total})
    return rows


class BatchModel(Protocol):
    """What timing needs of `layout.session.SpatialModel`."""

    def score_documents(self, documents: Sequence[Sequence[Page]]) -> list[GraphScores]:
        """Score several documents together."""


def time_model(model: BatchModel, pages: Sequence[Page], *, n_tokens: int, n_runs: int) -> Timing:
    """Time the spatial model, tokenising and stitching included.

    Args:
        model: opened.
        pages: one document each, scored in one batch.
        n_tokens: of each, for the timing's name.
        n_runs: how often the batch is scored.
    """
    documents = [[page] for page in pages]
    name = f"model, {n_tokens} tokens, batch {len(pages)}"
    return time_calls(name, lambda: model.score_documents(documents), n_runs=n_runs)
