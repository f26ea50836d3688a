"""From a design to labelled documents: words as a detector sees them, or a photograph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from corpora.document import LabelledDocument
from corpora.synthesis.capture import Capture, random_capture, seen_words
from corpora.synthesis.decoration import decorated
from corpora.synthesis.dice import Dice
from corpora.synthesis.labelling import label_print
from corpora.synthesis.looks import Look, choose_look
from corpora.synthesis.reading_noise import misread
from corpora.synthesis.render import render
from corpora.synthesis.sheet import Print, Sheet
from corpora.synthesis.shots import Shot, take_shot
from layout.schema import load_schema
from ocr.types import Page


class Design(Protocol):
    """A made-up document, set in type, before it is seen.

    It may also have a `look: Look`, the kind of picture that suits it; without one it looks as
    documents of its schema do.
    """

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


@runtime_checkable
class SelfLabelling(Protocol):
    """A document that labels itself: one of no schema, or of one that `label_print` cannot read."""

    def labelled(self, page: Page) -> LabelledDocument:
        """The labelled document of its words as they lie on a page."""
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


def photograph_of(design: Design, *, noise: float = 0.0, hardship: float = 0.0) -> Photograph:
    """A picture of a document, and its words where they stand in the picture, to the pixel.

    Args:
        design: the document.
        noise: strength of reading errors in the words; the picture does not depend on it.
        hardship: how often something is wrong with the picture, from 0, never, to 1, as often as
            in bad ones: it lies on its side, the paper is bent, it is blurred or in a shadow.
    """
    look, shot = _shot_of(design, hardship)
    document = misread(_labelled(design, shot.view), Dice(f"noise:{design.name}"), strength=noise)
    printed = decorated(design.printed, design.sheet, look, Dice(f"decoration:{design.name}"))
    picture = render(printed, design.sheet, shot, Dice(f"texture:{design.name}"))
    return Photograph(document, picture)


def words_in_photograph(design: Design, *, hardship: float = 0.0) -> LabelledDocument:
    """The document of `photograph_of`, without errors and without rendering the picture."""
    _, shot = _shot_of(design, hardship)
    return _labelled(design, shot.view)


def _shot_of(design: Design, hardship: float) -> tuple[Look, Shot]:
    wanted: Look | None = getattr(design, "look", None)
    look = choose_look(wanted, design.schema, Dice(f"look:{design.name}"))
    shot = take_shot(design.printed, design.sheet, look, name=design.name, hardship=hardship)
    return look, shot


def _labelled(design: Design, view: Capture, dice: Dice | None = None) -> LabelledDocument:
    page = Page(
        number=1,
        width=view.width,
        height=view.height,
        words=seen_words(design.printed, view, dice),
        source="words",
    )
    if isinstance(design, SelfLabelling):
        return design.labelled(page)
    return label_print(design.name, design.printed, page, load_schema(design.schema))
