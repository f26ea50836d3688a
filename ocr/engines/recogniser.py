"""PP-OCR's text recogniser: what a straightened line says, and in which columns each letter."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from ocr.engine import Image
from ocr.engines.look_alikes import in_context
from ocr.errors import SetupError
from ocr.micro_batches import MicroBatcher

BLANK = 0
"""Class of CTC's blank (Graves et al., ICML 2006)."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """The characters of one line.

    Attributes:
        characters: as read, spaces included.
        positions: float32 [n], each character's middle along the line, from 0 to 1.
        scores: float32 [n], each character's probability.
    """

    characters: tuple[str, ...]
    positions: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]

    @property
    def confidence(self) -> float:
        """The mean of the characters' probabilities; 0 where nothing was read."""
        return float(self.scores.mean()) if len(self.scores) else 0.0


class TextRecogniser:
    """Reads straightened lines with a PP-OCR recogniser.

    Lines are never padded to one another's width, which costs accuracy: only lines of equal width
    share a batch, those of other documents that are read at the same time included. Without a GPU
    batches gain nothing, so lines are spread over threads.

    Args:
        session: of the ONNX model; input [N, 3, 48, W], output [N, W / 8, classes].
        n_threads: lines read at the same time, where each has a call of its own.
        batch_size: lines of equal width in one call.

    Raises:
        SetupError: the model carries no characters, or not as many as it has classes.
    """

    def __init__(self, session: ort.InferenceSession, *, n_threads: int, batch_size: int) -> None:
        self._session = session
        self._input_name: str = session.get_inputs()[0].name
        self._characters = _read_characters(session)
        self._classes = {char: number for number, char in enumerate(self._characters)}
        self._batch_size = batch_size
        self._threads = ThreadPoolExecutor(n_threads, thread_name_prefix="recogniser")
        self._together = MicroBatcher(self._run, self._of_one_width) if batch_size > 1 else None

    def recognise(self, lines: Sequence[Image]) -> list[ReadLine]:
        """Read lines, each RGB uint8 [48, W, 3]; the answers stand in the lines' order."""
        if self._together is not None:
            return self._together.answer(lines)
        # The widest first, so that no thread starts a long line when the others are done.
        order = sorted(range(len(lines)), key=lambda i: -lines[i].shape[1])
        answers = self._threads.map(lambda i: self._run([lines[i]])[0], order)
        read = dict(zip(order, answers, strict=True))
        return [read[i] for i in range(len(lines))]

    def _of_one_width(self, lines: Sequence[Image]) -> list[int]:
        width = lines[0].shape[1]
        same = (i for i, line in enumerate(lines) if line.shape[1] == width)
        return list(islice(same, self._batch_size))

    def _run(self, lines: Sequence[Image]) -> list[ReadLine]:
        bgr = np.stack(lines)[:, :, :, ::-1].astype(np.float32)  # the network was trained on BGR
        tensor = np.ascontiguousarray((bgr / 127.5 - 1.0).transpose(0, 3, 1, 2))  # [N, 3, 48, W]
        probabilities = self._session.run(None, {self._input_name: tensor})[0]  # [N, T, C]
        return [self._decode(line) for line in probabilities]

    def _decode(self, probabilities: npt.NDArray[np.float32]) -> ReadLine:
        """Greedy CTC: the best class of each step, runs collapsed, blanks dropped.

        Characters that look alike are settled by those beside them.
        """
        n_steps, n_classes = probabilities.shape
        if n_classes != len(self._characters):
            raise SetupError(
                f"the recogniser has {n_classes} classes but {len(self._characters)} characters"
            )
        best = probabilities.argmax(axis=1)  # [T]
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        ends = np.append(starts[1:], n_steps)
        keep = best[starts] != BLANK
        starts, ends = starts[keep], ends[keep]
        scores = probabilities[starts, best[starts]]

        def likelihood(place: int, char: str) -> float:
            number = self._classes.get(char)
            if number is None:
                return 0.0
            return float(probabilities[starts[place] : ends[place], number].max())

        return ReadLine(
            characters=in_context([self._characters[c] for c in best[starts]], likelihood),
            positions=((starts + ends) / 2 / n_steps).astype(np.float32),
            scores=scores.astype(np.float32),
        )


def _read_characters(session: ort.InferenceSession) -> tuple[str, ...]:
    """The classes' characters: blank first, the space last, as PaddleOCR orders them."""
    metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map
    if "character" not in metadata:
        raise SetupError('the recogniser carries no characters (metadata entry "character")')
    # Not splitlines: it would also split at characters such as U+2028 that a model may know.
    listed = metadata["character"].removesuffix("\n").split("\n")
    return ("", *listed, " ")
