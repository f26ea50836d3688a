"""Truth for what an OCR engine really reads: the engine's words with the printed words' labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpora.document import LabelledDocument, LabelledEntity
from corpora.synthesis.covering import Cover, covers
from corpora.synthesis.views import Design, photograph_of
from layout.schema import load_schema
from ocr.reader import DocumentReader, FailedPage
from ocr.righting import undo_skew
from ocr.types import Page, Point, Quad, Word


@dataclass(frozen=True)
class Reading:
    """A document as it was read, and the picture (JPEG) that it was read from.

    The words count in pixels of the upright page, not of the picture, which may lie on its side.
    """

    document: LabelledDocument
    jpeg: bytes


def read_design(design: Design, reader: DocumentReader, *, hardship: float = 0.0) -> Reading:
    """Photograph a document, read the picture and label what was read.

    Args:
        design: the document.
        reader: with the engine to read by.
        hardship: of the picture; see `photograph_of`.

    Raises:
        DocspadeError: the picture could not be read.
    """
    photograph = photograph_of(design, hardship=hardship)
    (page,) = reader.open(photograph.jpeg).pages()
    if isinstance(page, FailedPage):
        raise page.error
    return Reading(label_reading(photograph.document, page.page), photograph.jpeg)


def label_reading(printed: LabelledDocument, page: Page) -> LabelledDocument:
    """The read page with the printed document's entities.

    A read word belongs to the entity of most of the characters that it covers; words that cover
    no printed word of an entity belong to none. An entity without a read word is gone, and with it
    those under it, unless the schema lets them stand by themselves. The truth stays what was
    printed.

    Args:
        printed: of one page, its words where they stand in the picture.
        page: read from that picture, righted.
    """
    (sheet,) = printed.pages
    covered = covers(page.words, words_on_page(sheet, page))
    held = _held_words(printed, covered)
    keys = printed.key_word_ids
    if keys is not None:
        keys = frozenset(
            i for i, found in enumerate(covered) if found and all(c.printed in keys for c in found)
        )
    entities = _surviving(printed.entities, held)
    return replace(printed, pages=(page,), entities=entities, key_word_ids=keys)


def words_on_page(sheet: Page, page: Page) -> tuple[Word, ...]:
    """Words in a picture, in the pixels of the page that was righted after reading it.

    Args:
        sheet: of the picture's size, with its words.
        page: says by which quarter turn and skew it was righted.
    """
    words, width, height = sheet.words, sheet.width, sheet.height
    for _ in range(page.rotation // 90):
        words = tuple(_turned_back(word, width) for word in words)
        width, height = height, width
    if page.skew:
        blank = np.zeros((height, width, 3), np.uint8)
        _, words = undo_skew(blank, words, float(np.radians(page.skew)))
    return words


def _turned_back(word: Word, width: int) -> Word:
    """A word of a picture that is turned counter-clockwise by a quarter."""

    def move(point: Point) -> Point:
        return point[1], width - point[0]

    a, b, c, d = word.quad.corners
    return replace(word, quad=Quad((move(a), move(b), move(c), move(d))))


def _held_words(
    printed: LabelledDocument, covered: Sequence[tuple[Cover, ...]]
) -> dict[int, tuple[int, ...]]:
    """The read words of each entity that has any, in the order of its printed words."""
    place = {
        word: (number, position)
        for number, entity in enumerate(printed.entities)
        for position, word in enumerate(entity.word_ids)
    }
    held: dict[int, list[tuple[int, float, int]]] = {}
    for i, found in enumerate(covered):
        shares: dict[int, float] = {}
        for cover in found:
            if cover.printed in place:
                owner = place[cover.printed][0]
                shares[owner] = shares.get(owner, 0.0) + cover.n_characters
        if shares:
            owner = max(shares, key=lambda number: shares[number])
            first = min(
                (place[c.printed][1], c.start)
                for c in found
                if c.printed in place and place[c.printed][0] == owner
            )
            held.setdefault(owner, []).append((*first, i))
    return {owner: tuple(i for *_, i in sorted(words)) for owner, words in held.items()}


def _surviving(
    entities: Sequence[LabelledEntity], held: dict[int, tuple[int, ...]]
) -> tuple[LabelledEntity, ...]:
    """The entities that were read, under those of their heads that were read."""
    lives: dict[int, bool] = {}

    def survives(number: int) -> bool:
        if number not in lives:
            entity = entities[number]
            lives[number] = number in held and (
                entity.parent is None
                or load_schema(entity.label.partition(".")[0]).loose
                or any(survives(head) for head in (entity.parent, *entity.other_parents))
            )
        return lives[number]

    kept = [number for number in range(len(entities)) if survives(number)]
    places = {old: new for new, old in enumerate(kept)}
    surviving = []
    for old in kept:
        entity = entities[old]
        heads = () if entity.parent is None else (entity.parent, *entity.other_parents)
        parents = [places[head] for head in heads if head in places]
        parent = parents[0] if parents else None
        surviving.append(LabelledEntity(entity.label, held[old], parent, tuple(parents[1:])))
    return tuple(surviving)
