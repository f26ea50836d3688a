"""A page's picture with the decoded graph drawn on it: entities, `rel_s` and `rel_g`."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from api.strokes import Colour, Curve, Shape, arrow, paint, straight, to_follower, to_parent
from layout.graph import Entity, FieldGraph
from ocr.types import Page, Point, Quad, Word

# Okabe and Ito's palette (2008), told apart with any colour vision, then further dark tones.
_COLOURS: Final = (
    "#0072B2", "#D55E00", "#009E73", "#B0468A", "#8C6D00", "#3F51B5", "#C2185B", "#00838F",
    "#6A1B9A", "#558B2F", "#A0522D", "#1E88E5", "#E08E00", "#B71C1C", "#00A896", "#7E57C2",
    "#5D6D1E", "#D81B60", "#37618E", "#795548",
)  # fmt: skip
_INK: Final = (35, 40, 50, 255)  # of rel_g and of the legend
_FAINT: Final = (120, 130, 145, 110)  # of words without a label
_PALE: Final = 0.35  # how far the picture is moved towards white
_TEXT_SHARE: Final = 0.0105  # of the page's longer side
_MIN_TEXT_PX: Final = 12
_STROKE_SHARE: Final = 0.07  # of the height of a word
_MIN_STROKE_PX: Final = 1.3
_USUAL_WORD_SHARE: Final = 0.012  # of the page's longer side, where there is no word


def draw_graph(
    pages: Sequence[Page], graph: FieldGraph, pictures: Mapping[int, bytes]
) -> Iterator[tuple[int, bytes]]:
    """Draw the graph on every page, the legend to its right.

    Args:
        pages: in the order in which they were scored.
        graph: its word ids counted over all `pages`.
        pictures: of the upright pages by number, JPEG or PNG; a page without one is drawn on
            white, with its words' texts.

    Yields:
        Each page's number and a PNG of the page's size, widened by the legend.
    """
    paths = list(dict.fromkeys(entity.path for entity in graph.entities))
    colours = {path: _colour(_COLOURS[i % len(_COLOURS)]) for i, path in enumerate(paths)}
    places = [(page.number, word) for page in pages for word in page.words]
    for page in pages:
        yield page.number, _PagePicture(page, graph.entities, places, colours).png(pictures)


@dataclass(frozen=True)
class _PagePicture:
    """One page's picture in the making.

    Attributes:
        page: to draw.
        entities: of the whole document.
        places: of all the document's words: the number of the page, and the word.
        colours: of the entities' paths.
    """

    page: Page
    entities: Sequence[Entity]
    places: Sequence[tuple[int, Word]]
    colours: Mapping[str, Colour]

    def png(self, pictures: Mapping[int, bytes]) -> bytes:
        legend = _Legend(self._labels(), self._text_px, self._stroke_px)
        size = (self.page.width + legend.width, max(self.page.height, legend.height))
        canvas = Image.new("RGB", size, "white")
        picture = pictures.get(self.page.number)
        if picture is None:
            _write_words(canvas, self.page.words)
        else:
            grey = Image.open(io.BytesIO(picture)).convert("L").convert("RGB")
            canvas.paste(Image.blend(grey, Image.new("RGB", grey.size, "white"), _PALE))
        paint(canvas, [*self._boxes(), *self._rel_s(), *self._rel_g()])
        self._write_far_parents(canvas)
        legend.draw(canvas, self.page.width)
        out = io.BytesIO()
        canvas.save(out, "PNG")
        return out.getvalue()

    @property
    def _text_px(self) -> int:
        return max(_MIN_TEXT_PX, round(max(self.page.width, self.page.height) * _TEXT_SHARE))

    @property
    def _word_px(self) -> float:
        heights = [word.quad.height for word in self.page.words if word.quad.height > 0]
        usual = max(self.page.width, self.page.height) * _USUAL_WORD_SHARE
        return float(median(heights)) if heights else usual

    @property
    def _stroke_px(self) -> float:
        return max(_MIN_STROKE_PX, self._word_px * _STROKE_SHARE)

    def _labels(self) -> dict[str, tuple[Colour, int]]:
        """Colour and number of the entities of each path that begin on this page."""
        here = [e for e in self.entities if self._is_here(e.word_ids[0])]
        counts = Counter(entity.path for entity in here)
        return {path: (self.colours[path], counts[path]) for path in self.colours if counts[path]}

    def _is_here(self, word_id: int) -> bool:
        return self.places[word_id][0] == self.page.number

    def _quad(self, word_id: int) -> Quad:
        return self.places[word_id][1].quad

    def _boxes(self) -> Iterator[Shape]:
        """Words of entities filled, their key words in outline, other words faint."""
        values = {i: self.colours[e.path] for e in self.entities for i in e.word_ids}
        keys = {i: self.colours[e.path] for e in self.entities for i in e.key_word_ids}
        width = self._stroke_px * 0.75
        for word_id in range(len(self.places)):
            if not self._is_here(word_id):
                continue
            corners = self._quad(word_id).corners
            if word_id in values:
                colour = values[word_id]
                yield Shape(corners, _see_through(colour, 70), colour, width)
            elif word_id in keys:
                yield Shape(corners, None, keys[word_id], width)
            else:
                yield Shape(corners, None, _FAINT, width * 0.6)

    def _rel_s(self) -> Iterator[Shape]:
        """From each word to its follower inside an entity."""
        for entity in self.entities:
            for one, following in pairwise(entity.all_word_ids):
                if self._is_here(one) and self._is_here(following):
                    line = to_follower(self._quad(one), self._quad(following))
                    yield from arrow(line, _darker(self.colours[entity.path]), self._stroke_px)

    def _rel_g(self) -> Iterator[Shape]:
        """From each child's first word to its parent's."""
        for child, parent in self._families():
            if self._is_here(child) and self._is_here(parent):
                line = to_parent(self._quad(child), self._quad(parent), self._word_px)
                yield from arrow(line, _INK, self._stroke_px)

    def _write_far_parents(self, canvas: Image.Image) -> None:
        """A parent on another page is named, since no arrow reaches it."""
        draw, font = ImageDraw.Draw(canvas), _font(max(_MIN_TEXT_PX, round(self._word_px * 0.7)))
        for child, parent in self._families():
            if self._is_here(child) and not self._is_here(parent):
                left, top, _, _ = self._quad(child).box
                text = f"to page {self.places[parent][0]}"
                draw.text((left, top), text, fill=_INK[:3], font=font, anchor="ls")

    def _families(self) -> Iterator[tuple[int, int]]:
        for entity in self.entities:
            if entity.parent is not None:
                yield entity.word_ids[0], self.entities[entity.parent].word_ids[0]


class _Legend:
    """What the colours and arrows mean, in a column of its own."""

    def __init__(
        self, labels: Mapping[str, tuple[Colour, int]], text_px: int, stroke_px: float
    ) -> None:
        self._labels = labels
        self._stroke_px = stroke_px
        self._line_px = round(text_px * 1.65)
        self._font = _font(text_px)
        names = [_counted(path, n) for path, (_, n) in labels.items()]
        self._notes = ("no entity", "rel_s: next word", "rel_g: child to parent")
        text_width = max(self._font.getlength(name) for name in (*names, *self._notes))
        self.width = round(text_width + 4.5 * self._line_px)
        self.height = round((len(names) + len(self._notes) + 2.5) * self._line_px)

    def draw(self, canvas: Image.Image, left: int) -> None:
        """Draw it to the right of the page, which ends at `left`."""
        draw = ImageDraw.Draw(canvas)
        draw.rectangle((left, 0, canvas.width, canvas.height), fill="white")
        draw.line((left, 0, left, canvas.height), fill="#D0D4DA", width=2)
        line = self._line_px
        x, y = left + 0.9 * line, 1.2 * line  # the middle of a row
        shapes: list[Shape] = []
        for path, (colour, n) in self._labels.items():
            swatch = Quad.from_box((x, y - 0.33 * line, x + 1.6 * line, y + 0.33 * line))
            shapes.append(
                Shape(swatch.corners, _see_through(colour, 70), colour, self._stroke_px * 0.75)
            )
            self._write(draw, (x, y), _counted(path, n))
            y += line
        y += 0.5 * line
        faint = Quad.from_box((x, y - 0.33 * line, x + 1.6 * line, y + 0.33 * line))
        shapes.append(Shape(faint.corners, None, _FAINT, self._stroke_px * 0.5))
        self._write(draw, (x, y), self._notes[0])
        flat = straight((x, y + line), (x + 1.6 * line, y + line))
        shapes += arrow(flat, _darker(_colour(_COLOURS[0])), self._stroke_px)
        self._write(draw, (x, y + line), self._notes[1])
        right, low = x + 1.6 * line, y + 2.25 * line
        bow = Curve((right, low), (right, low - 0.7 * line), (x, low - 0.7 * line), (x, low))
        shapes += arrow(bow, _INK, self._stroke_px)
        self._write(draw, (x, y + 2 * line), self._notes[2])
        paint(canvas, shapes)

    def _write(self, draw: ImageDraw.ImageDraw, at: Point, text: str) -> None:
        place = (at[0] + 2.3 * self._line_px, at[1])
        draw.text(place, text, fill=_INK[:3], font=self._font, anchor="lm")


def _write_words(canvas: Image.Image, words: Sequence[Word]) -> None:
    """The words of a page without a picture, faint, as large as fits into their boxes."""
    draw = ImageDraw.Draw(canvas)
    for word in words:
        size = min(round(word.quad.height * 0.8), 200)
        if size < 4 or not word.text.isascii():  # the font holds Latin letters
            continue
        too_wide = _font(size).getlength(word.text) / max(word.quad.width, 1.0)
        font = _font(max(4, int(size / max(too_wide, 1.0))))
        draw.text(word.quad.center, word.text, fill="#8A929E", font=font, anchor="mm")


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


def _counted(path: str, n: int) -> str:
    return path if n == 1 else f"{path} ({n})"


def _colour(code: str) -> Colour:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16), 255


def _darker(colour: Colour) -> Colour:
    return round(colour[0] * 0.75), round(colour[1] * 0.75), round(colour[2] * 0.75), colour[3]


def _see_through(colour: Colour, opacity: int) -> Colour:
    return (*colour[:3], opacity)
