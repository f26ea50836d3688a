"""The default engine: PP-OCR's detector and recogniser on ONNX Runtime, offline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ocr.checksums import checked
from ocr.engine import Image, PpocrOptions, QuarterTurn, RightedLines, TextLine
from ocr.engines.crops import cut_line
from ocr.engines.detector import TextBox, TextDetector
from ocr.engines.model_files import (
    RELEASED_KOREAN,
    WHEEL_DETECTOR,
    WHEEL_RECOGNISER,
    wheel_model,
)
from ocr.engines.recogniser import ReadLine, TextRecogniser
from ocr.engines.scripts import (
    LIKELY_HANGUL,
    SURE_HANGUL,
    has_hangul,
    is_better,
    is_doubtful,
    is_unread,
    with_surer_latin,
)
from ocr.engines.stray_ideographs import without_stray_ideographs
from ocr.engines.word_split import split_words
from ocr.onnx_session import available_cores, open_session
from ocr.righting import SURE, undo_turn
from ocr.types import Point, Quad

GPU_BATCH = 16

ELONGATED = 1.7
"""Sides' ratio from which a box tells in which direction its text runs."""
UPRIGHT_STRIP = 1.5
"""A box taller than wide by this ratio may hold text that runs up or down (PaddleOCR's value)."""
TRIM = 0.12
"""Share of a box's height that is margin, on either side: the median against the quads of SROIE's
transcripts, which hug the text as other engines' and data sets' boxes do."""
N_PROBES = 6
"""Lines read in both directions to tell upright from upside down."""
MAX_PROBE_RATIO = 16.0
"""Longer lines are left out of the probe: they cost much and tell no more."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A box with its direction settled, its cut-out and what it says."""

    quad: Quad
    cut: Image
    read: ReadLine


class PpocrEngine:
    """PP-OCR behind the engines' protocol.

    Raises:
        SetupError: a model or the requested device is missing.
    """

    name: ClassVar[str] = "ppocr"

    def __init__(self, options: PpocrOptions) -> None:
        n_threads = options.n_threads or available_cores()
        on_gpu = options.device == "cuda"
        detector = open_session(
            options.detector_path or wheel_model(WHEEL_DETECTOR),
            device=options.device,
            n_threads=n_threads,
        )
        # The recogniser's matrices are small: two lines on a thread each beat one line on two.
        recogniser = open_session(
            options.recogniser_path or wheel_model(WHEEL_RECOGNISER),
            device=options.device,
            n_threads=1,
        )
        self._detector = TextDetector(detector, options.max_detector_side_px)
        sizes = {"n_threads": 1 if on_gpu else n_threads, "batch_size": GPU_BATCH if on_gpu else 1}
        self._recogniser = TextRecogniser(recogniser, **sizes)
        self._korean: TextRecogniser | None = None
        if options.reads_korean:
            path = options.korean_path or checked(RELEASED_KOREAN)
            korean = open_session(path, device=options.device, n_threads=1)
            self._korean = TextRecogniser(korean, **sizes)
        self._min_confidence = options.min_line_confidence

    def read(self, image: Image) -> tuple[TextLine, ...]:
        """Read a picture whose text runs from left to right; see TextEngine."""
        quads = level_quads(self._detector.detect(image))
        return self._text_lines(image, quads, {})

    def read_righted(self, image: Image) -> RightedLines:
        """Find a picture's quarter turn and read it upright; see TextEngine.

        The boxes' shapes tell whether the text runs across the page or along it; which of the two
        opposite directions it is, the confidence tells with which a few lines are read. An upright
        page costs nothing extra: these lines had to be read anyway.
        """
        boxes = self._detector.detect(image)
        quads = level_quads(boxes, is_sideways=runs_along(boxes))
        turn, read = self._probe(image, quads, is_sideways=runs_along(boxes))
        if not turn:
            return RightedLines(0, self._text_lines(image, quads, read))
        upright = undo_turn(image, turn)
        return RightedLines(turn, self.read(upright))

    def _probe(
        self, image: Image, quads: Sequence[Quad], *, is_sideways: bool
    ) -> tuple[QuarterTurn, dict[int, _Line]]:
        """The picture's turn, and the lines that were read upright on the way."""
        probes = probe_lines(quads)
        if not probes:
            return 0, {}
        forward = self._read_quads(image, [quads[i] for i in probes])
        if _confidence(forward) < SURE:
            backward = self._read_quads(image, [turned_round(quads[i]) for i in probes])
            if _confidence(backward) > _confidence(forward):
                return (270 if is_sideways else 180), {}
        if is_sideways:
            return 90, {}
        return 0, dict(zip(probes, forward, strict=True))

    def _text_lines(
        self, image: Image, quads: Sequence[Quad], known: dict[int, _Line]
    ) -> tuple[TextLine, ...]:
        unread = [i for i in range(len(quads)) if i not in known]
        lines = known | dict(
            zip(unread, self._read_quads(image, [quads[i] for i in unread]), strict=True)
        )
        ordered = self._reread_doubtful([lines[i] for i in range(len(quads))])
        best = self._try_upright_strips(image, ordered)
        reads = without_stray_ideographs([line.read for line in best])
        return tuple(
            TextLine(trimmed(line.quad), words, read.confidence)
            for line, read in zip(best, reads, strict=True)
            if read.confidence >= self._min_confidence
            and (words := split_words(line.cut, read, trimmed(line.quad)))
        )

    def _try_upright_strips(self, image: Image, lines: list[_Line]) -> list[_Line]:
        """Read boxes much taller than wide also upwards and downwards, and keep what reads best."""
        strips = [i for i, line in enumerate(lines) if _is_upright_strip(line.quad)]
        for side in (1, 3):
            turned = [turned_round(lines[i].quad, side) for i in strips]
            for i, line in zip(strips, self._read_quads(image, turned), strict=True):
                if _worth(line.read) > _worth(lines[i].read):
                    lines[i] = line
        return lines

    def _read_quads(self, image: Image, quads: Sequence[Quad]) -> list[_Line]:
        cuts = [cut_line(image, quad) for quad in quads]
        reads = self._recogniser.recognise(cuts)
        lines = [_Line(*parts) for parts in zip(quads, cuts, reads, strict=True)]
        return self._reread(
            lines, [i for i, line in enumerate(lines) if is_unread(line.cut, line.read)]
        )

    def _reread_doubtful(self, lines: list[_Line]) -> list[_Line]:
        """On a page with Hangul, give the Korean recogniser whatever the other is not sure of."""
        if not any(has_hangul(line.read) for line in lines):
            return lines
        doubtful = [i for i, line in enumerate(lines) if is_doubtful(line.read)]
        return self._reread(lines, doubtful, least=LIKELY_HANGUL)

    def _reread(
        self, lines: list[_Line], places: Sequence[int], *, least: float = SURE_HANGUL
    ) -> list[_Line]:
        """Read the lines at some places as Korean, and keep what reads better."""
        if self._korean is not None and places:
            others = self._korean.recognise([lines[i].cut for i in places])
            for i, other in zip(places, others, strict=True):
                line = lines[i]
                if is_better(line.cut, other, line.read, least=least):
                    read = with_surer_latin(line.cut, other, line.read)
                    lines[i] = _Line(line.quad, line.cut, read)
        return lines


def runs_along(boxes: Sequence[TextBox]) -> bool:
    """Whether most text runs up or down the picture, judged by the boxes' shapes."""
    across = along = 0.0
    for box in boxes:
        long, short = max(box.size), max(min(box.size), 1.0)
        if long < ELONGATED * short:
            continue
        angle = box.angle if box.size[0] >= box.size[1] else box.angle + math.pi / 2
        if abs(math.sin(angle)) > abs(math.cos(angle)):
            along += long - short
        else:
            across += long - short
    return along > across


def level_quads(boxes: Sequence[TextBox], *, is_sideways: bool = False) -> tuple[Quad, ...]:
    """Settle in which of its four directions each box's text runs.

    Args:
        boxes: of the detector.
        is_sideways: the text runs down the picture (a page turned clockwise by 90 degrees), or up.

    Returns:
        One quad a box, the corners clockwise from the text's top left, the text running in the
        page's direction.
    """
    base = math.pi / 2 if is_sideways else 0.0
    leaning = base + _lean(boxes, base)
    return tuple(_quad(box, leaning) for box in boxes)


def _lean(boxes: Sequence[TextBox], base: float) -> float:
    """The median angle of the elongated boxes off `base`, within 45 degrees."""
    angles, weights = [], []
    for box in boxes:
        angle = box.angle if box.size[0] >= box.size[1] else box.angle + math.pi / 2
        off = (angle - base + math.pi / 2) % math.pi - math.pi / 2
        if max(box.size) >= ELONGATED * max(min(box.size), 1.0) and abs(off) <= math.pi / 4:
            angles.append(off)
            weights.append(max(box.size))
    if not angles:
        return 0.0
    order = np.argsort(angles)
    cumulated = np.cumsum(np.array(weights)[order])
    return float(np.array(angles)[order][np.searchsorted(cumulated, cumulated[-1] / 2)])


def _quad(box: TextBox, direction: float) -> Quad:
    """The box's quad with the top side along the one of its axes nearest to `direction`."""
    quarter = round((direction - box.angle) / (math.pi / 2))
    angle = box.angle + quarter * math.pi / 2
    width, height = box.size if quarter % 2 == 0 else (box.size[1], box.size[0])
    cos, sin = math.cos(angle), math.sin(angle)

    def corner(x: float, y: float) -> Point:
        return box.center[0] + cos * x - sin * y, box.center[1] + sin * x + cos * y

    x, y = width / 2, height / 2
    return Quad((corner(-x, -y), corner(x, -y), corner(x, y), corner(-x, y)))


def trimmed(quad: Quad) -> Quad:
    """The quad without the margin above and below the text that the recogniser likes to see."""
    a, b, c, d = quad.corners
    return Quad(
        (_toward(a, d, TRIM), _toward(b, c, TRIM), _toward(c, b, TRIM), _toward(d, a, TRIM))
    )


def _toward(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def turned_round(quad: Quad, n_quarters: int = 2) -> Quad:
    """The same place for text that runs turned clockwise by this many quarters."""
    a, b, c, d = quad.corners[n_quarters:] + quad.corners[:n_quarters]
    return Quad((a, b, c, d))


def probe_lines(quads: Sequence[Quad]) -> list[int]:
    """The lines that best tell upright from upside down: long ones, but not endless."""
    ratios = [quad.width / max(quad.height, 1.0) for quad in quads]
    usable = [i for i, ratio in enumerate(ratios) if ratio >= ELONGATED]
    ranked = sorted(usable, key=lambda i: (ratios[i] > MAX_PROBE_RATIO, -ratios[i], i))
    return ranked[:N_PROBES]


def _is_upright_strip(quad: Quad) -> bool:
    return quad.height >= UPRIGHT_STRIP * quad.width


def _worth(read: ReadLine) -> float:
    """Confidence, less for a single character: many a blot looks like one."""
    return read.confidence * (1.0 if len(read.characters) > 1 else 0.9)


def _confidence(lines: Sequence[_Line]) -> float:
    """The lines' mean confidence; a line without text counts as 0."""
    return sum(line.read.confidence for line in lines) / len(lines)
