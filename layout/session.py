"""The spatial model in service: an ONNX Runtime session over windows of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Tokenizer

from layout.bundle import Bundle, Precision
from layout.graph import GraphScores
from layout.led_numbers import with_led_numbers
from layout.result import ModelEntry
from layout.schema import SCHEMAS, add_schemas
from layout.tokens import N_COORDINATES, DocumentTokeniser, TokenisedDocument
from layout.windows import Window, WindowScores, cut_windows, stitch
from ocr.errors import DefectError
from ocr.micro_batches import MicroBatcher
from ocr.onnx_session import open_session
from ocr.types import Page

Array = npt.NDArray[np.generic]

PRECISION: dict[str, Precision] = {"cpu": "int8", "cuda": "fp16"}
MAX_BATCH_TOKENS = {"cpu": 2048, "cuda": 32768}
"""Padded tokens of one call: enough to fill the device, few enough to bound the memory."""


class SpatialModel:
    """Scores the words of documents; safe to share between threads."""

    def __init__(
        self,
        bundle: Bundle,
        session: ort.InferenceSession,
        *,
        sha256: str,
        max_batch_tokens: int,
        shares_batches: bool = False,
    ) -> None:
        """Put the parts together; `open` makes them from a folder.

        Args:
            bundle: that the session's model comes from.
            session: of the bundle's ONNX file.
            sha256: of that file.
            max_batch_tokens: bound on the padded tokens of one call.
            shares_batches: documents that several threads score at the same time share calls. On a
                CPU that gains nothing, and in int8 makes a document's scores depend a little on its
                company.
        """
        self._bundle = bundle
        self._session = session
        # A network without some embedding has no use for its input, and no such input.
        self._input_names = frozenset(entry.name for entry in session.get_inputs())
        self._max_batch_tokens = max_batch_tokens
        self._shared = MicroBatcher(self._score_batch, self._alike) if shares_batches else None
        description = bundle.description
        self._tokeniser = DocumentTokeniser(
            Tokenizer.from_file(str(bundle.tokenizer_path())), description.box_form
        )
        self.labels = description.labels
        self.types = description.types
        self.entry = ModelEntry(name=description.name, version=description.version, sha256=sha256)

    @classmethod
    def open(
        cls,
        folder: Path | None = None,
        *,
        device: Literal["cpu", "cuda"] = "cpu",
        n_threads: int | None = None,
        precision: Precision | None = None,
        shares_batches: bool | None = None,
    ) -> SpatialModel:
        """Load a bundle's model for a device.

        Args:
            folder: of the bundle; None takes the default release.
            device: "cuda" fails where there is none.
            n_threads: of one call on the CPU; None takes every core.
            precision: of the weights; None takes int8 on the CPU and fp16 on the GPU.
            shares_batches: whether threads share calls; None lets them on the GPU.

        Raises:
            SetupError: bundle or device is missing, or a file was altered.
        """
        bundle = Bundle(folder)
        add_schemas(bundle.folder / SCHEMAS)
        precision = precision or PRECISION[device]
        session = open_session(bundle.model_path(precision), device=device, n_threads=n_threads)
        return cls(
            bundle,
            session,
            sha256=bundle.description.models[precision].sha256,
            max_batch_tokens=MAX_BATCH_TOKENS[device],
            shares_batches=device == "cuda" if shares_batches is None else shares_batches,
        )

    def calibrate(self, confidence: float, label: str) -> float:
        """The share of right answers among those of this raw confidence and label."""
        return self._bundle.calibrate(confidence, label)

    def score(self, pages: Sequence[Page]) -> GraphScores:
        """Score one document; words count over all pages in their order."""
        return self.score_documents([pages])[0]

    def score_documents(self, documents: Sequence[Sequence[Page]]) -> list[GraphScores]:
        """Score several documents, their windows batched by length."""
        tokenised = [self._tokeniser.tokenise(pages) for pages in documents]
        windows = [self._cut(document) for document in tokenised]
        together = self._shared or MicroBatcher(self._score_batch, self._alike)
        scores = iter(together.answer([w for of_one in windows for w in of_one]))
        return [
            with_led_numbers(
                stitch(
                    document,
                    of_one,
                    [next(scores) for _ in of_one],
                    labels=self.labels,
                    types=self._bundle.description.types,
                    n_words=sum(len(page.words) for page in pages),
                ),
                pages,
            )
            for document, of_one, pages in zip(tokenised, windows, documents, strict=True)
        ]

    def _cut(self, document: TokenisedDocument) -> list[Window]:
        description = self._bundle.description
        return cut_windows(
            document,
            max_tokens=description.max_tokens,
            start_id=description.start_id,
            end_id=description.end_id,
        )

    def _score_batch(self, windows: Sequence[Window]) -> list[WindowScores]:
        initial, rel_s, rel_g, key, *more = self._run(_inputs(windows))
        types = more[0] if more else np.zeros((len(windows), 0))  # [B, K]
        return [
            WindowScores(
                initial=initial[row, :, : len(window.rows)].astype(np.float32),
                rel_s=rel_s[row, : len(window.rows), : len(window.rows)].astype(np.float32),
                rel_g=rel_g[row, : len(window.rows), : len(window.rows)].astype(np.float32),
                key=key[row, : len(window.rows)].astype(np.float32),
                types=types[row].astype(np.float32),
            )
            for row, window in enumerate(windows)
        ]

    def _run(self, inputs: dict[str, Array]) -> list[Array]:
        try:
            used = {name: array for name, array in inputs.items() if name in self._input_names}
            outputs: list[Array] = self._session.run(None, used)
        except Exception as error:  # onnxruntime's error types are private
            raise DefectError(f"the spatial model failed: {error}") from error
        return outputs

    def _alike(self, windows: Sequence[Window]) -> list[int]:
        """The first window and those nearest to its length, within the bound on tokens."""
        lengths = [len(window.input_ids) for window in windows]
        batch, longest = [0], lengths[0]
        for i in sorted(range(1, len(windows)), key=lambda i: abs(lengths[i] - lengths[0])):
            longest = max(longest, lengths[i])
            if longest * (len(batch) + 1) > self._max_batch_tokens:
                break
            batch.append(i)
        return batch


def _inputs(windows: Sequence[Window]) -> dict[str, Array]:
    """The model's inputs for a batch of B windows, padded with zeros.

    input_ids [B, T] int64, boxes [B, T, 8] float32, shapes [B, T] int64, word_starts [B, N] int64.
    """
    n_tokens = max(len(window.input_ids) for window in windows)
    n_words = max(len(window.word_starts) for window in windows)
    input_ids = np.zeros((len(windows), n_tokens), dtype=np.int64)
    boxes = np.zeros((len(windows), n_tokens, N_COORDINATES), dtype=np.float32)
    shapes = np.zeros((len(windows), n_tokens), dtype=np.int64)
    word_starts = np.zeros((len(windows), n_words), dtype=np.int64)
    for row, window in enumerate(windows):
        input_ids[row, : len(window.input_ids)] = window.input_ids
        boxes[row, : len(window.boxes)] = window.boxes
        shapes[row, : len(window.shapes)] = window.shapes
        word_starts[row, : len(window.word_starts)] = window.word_starts
    return {"input_ids": input_ids, "boxes": boxes, "shapes": shapes, "word_starts": word_starts}
