"""From a design to labelled documents: words as a detector sees them, or a photograph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from corpora.document import LabelledDocument
from corpora.synthesis.capture import Capture, random_capture, seen_words
from corpora.synthesis.dice import Dice
from corpora.synthesis.labelling import label_print
from corpora.synthesis.reading_noise import misread
from corpora.synthesis.render import photograph_view, render
from corpora.synthesis.sheet import Print, Sheet
from layout.schema import load_schema
from ocr.types import Page


class Design(Protocol):
    """A made-up document, set in type, before it is seen."""

    @property
    def name(self) -> str:
        """The document's id."""
        ...

    @property
    def schema(self) -> str:
        """Name of the schema whose paths its fields have."""
        ...

    @property
    def sheet(self) -> Sheet:
        """How it was set."""
        ...

    @property
    def printed(self) -> Print:
        """What stands on the flat sheet."""
        ...


@dataclass(frozen=True)
class Photograph:
    """A picture (JPEG) with the document that is to be read from it."""

    document: LabelledDocument
    jpeg: bytes


def words_of(design: Design, *, noise: float = 0.0) -> LabelledDocument:
    """A labelled document of words alone, with boxes a little off as detectors' boxes are.

    Args:
        design: the document.
        noise: strength of reading errors, from 0, none, to 1, a bad photograph.

    Returns:
        One page with its words in reading order; all labels of the schema are labelled. The truth
        is what was printed, whatever was read.
    """
    dice = Dice(f"view:{design.name}")
    document = _labelled(design, random_capture(design.printed, dice), dice)
    return misread(document, Dice(f"noise:{design.name}"), strength=noise)


def photograph_of(design: Design, *, noise: float = 0.0) -> Photograph:
    """A picture of a document, and its words where they stand in the picture, to the pixel.

    Args:
        design: the document.
        noise: strength of reading errors in the words; the picture does not depend on it.
    """
    dice = Dice(f"photograph:{design.name}")
    view = photograph_view(design.printed, dice)
    document = misread(_labelled(design, view), Dice(f"noise:{design.name}"), strength=noise)
    return Photograph(document, render(design.printed, design.sheet, view, dice))


def words_in_photograph(design: Design) -> LabelledDocument:
    """The document of `photograph_of`, without errors and without rendering the picture."""
    dice = Dice(f"photograph:{design.name}")
    return _labelled(design, photograph_view(design.printed, dice))


def _labelled(design: Design, view: Capture, dice: Dice | None = None) -> LabelledDocument:
    page = Page(
        number=1,
        width=view.width,
        height=view.height,
        words=seen_words(design.printed, view, dice),
        source="words",
    )
    return label_print(design.name, design.printed, page, load_schema(design.schema))
