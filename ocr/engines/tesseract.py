"""Tesseract: the `tesseract` program, fed and answered through pipes."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Mapping, Sequence
from typing import ClassVar

from PIL import Image as PillowImage

from ocr.engine import Image, RightedLines, TesseractOptions, TextLine
from ocr.errors import DefectError, SetupError, TransientError
from ocr.righting import read_by_trial
from ocr.types import Quad, Word

START_TIMEOUT_SECONDS = 10.0
WORD_LEVEL = "5"
SURE = 0.8
"""Tesseract's confidences on upright pages reach this; on turned ones they stay far below."""


class TesseractEngine:
    """Tesseract behind the engines' protocol.

    Raises:
        SetupError: the program or one of the languages is not installed.
    """

    name: ClassVar[str] = "tesseract"

    def __init__(self, options: TesseractOptions) -> None:
        self._options = options
        installed = set(self._run(["--list-langs"], b"", START_TIMEOUT_SECONDS).split()[1:])
        missing = [name for name in options.languages.split("+") if name not in installed]
        if missing:
            raise SetupError(f"tesseract has no trained data for {', '.join(missing)}")

    def read(self, image: Image) -> tuple[TextLine, ...]:
        """Read a picture whose text runs from left to right; see TextEngine.

        Raises:
            TransientError: it took longer than the timeout.
        """
        packed = io.BytesIO()
        PillowImage.fromarray(image).save(packed, format="PPM")  # no time lost in compressing
        arguments = ["stdin", "stdout", "-l", self._options.languages, "--psm", "3", "tsv"]
        table = self._run(arguments, packed.getvalue(), self._options.timeout_seconds)
        return parse_lines(table, self._options.min_word_confidence)

    def read_righted(self, image: Image) -> RightedLines:
        """Find a picture's quarter turn by reading it in each, unless it reads well at once."""
        return read_by_trial(self.read, image, sure=SURE)

    def _run(self, arguments: Sequence[str], data: bytes, timeout_seconds: float) -> str:
        command = [self._options.command, *arguments]
        try:
            done = subprocess.run(  # noqa: S603  (the operator names the program; no shell)
                command,
                input=data,
                capture_output=True,
                timeout=timeout_seconds,
                check=False,
            )
        except FileNotFoundError as error:
            raise SetupError(f"the program {self._options.command} is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise TransientError(
                f"tesseract took longer than {timeout_seconds:g} s for one page"
            ) from error
        if done.returncode:
            reason = done.stderr.decode("utf-8", "replace").strip()
            raise DefectError(f"tesseract failed with code {done.returncode}: {reason}")
        return done.stdout.decode("utf-8", "replace")


def parse_lines(table: str, min_word_confidence: float) -> tuple[TextLine, ...]:
    """Collect the lines of Tesseract's TSV answer.

    Args:
        table: with the header row.
        min_word_confidence: in [0, 1]; words read with less are left out.
    """
    lines: dict[tuple[str, ...], list[Word]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        confidence = float(row["conf"]) / 100
        if row["level"] != WORD_LEVEL or not text or confidence < min_word_confidence:
            continue
        key = (row["page_num"], row["block_num"], row["par_num"], row["line_num"])
        lines.setdefault(key, []).append(Word(text, _quad(row), min(confidence, 1.0)))
    return tuple(_line(words) for words in lines.values())


def _quad(row: Mapping[str, str]) -> Quad:
    left, top, width, height = (float(row[key]) for key in ("left", "top", "width", "height"))
    return Quad.from_box((left, top, left + width, top + height))


def _line(words: Sequence[Word]) -> TextLine:
    """A line with the hull of its words."""
    boxes = [word.quad.box for word in words]
    n_characters = [len(word.text) for word in words]
    weighted = sum(w.confidence * n for w, n in zip(words, n_characters, strict=True))
    return TextLine(
        quad=Quad.from_box(
            (
                min(box[0] for box in boxes),
                min(box[1] for box in boxes),
                max(box[2] for box in boxes),
                max(box[3] for box in boxes),
            )
        ),
        words=tuple(words),
        confidence=weighted / sum(n_characters),
    )
