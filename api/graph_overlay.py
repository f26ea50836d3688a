"""A page's picture with the decoded graph drawn on it: entities, `rel_s` and `rel_g`."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from layout.graph import Entity, FieldGraph
from ocr.types import Page, Point, Quad, Word

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0 to 255."""

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
_SUPERSAMPLING: Final = 4  # Pillow's lines have hard edges: drawn larger, then averaged
_BAND_PX: Final = 128  # so many rows at once: a whole large page would not fit
_N_CURVE_POINTS: Final = 24
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
class Shape:
    """A polygon or, without `is_closed`, a line through points; in pixels of the canvas."""

    points: Sequence[Point]
    fill: Colour | None
    outline: Colour | None
    width_px: float = 0.0
    is_closed: bool = True


@dataclass(frozen=True)
class Curve:
    """A cubic Bézier curve from `start` to `end`."""

    start: Point
    out: Point
    into: Point
    end: Point

    def points(self) -> list[Point]:
        """Along the curve, both ends included."""
        found = []
        for step in range(_N_CURVE_POINTS + 1):
            t = step / _N_CURVE_POINTS
            u = 1 - t
            weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            corners = (self.start, self.out, self.into, self.end)
            x = sum(weight * point[0] for weight, point in zip(weights, corners, strict=True))
            y = sum(weight * point[1] for weight, point in zip(weights, corners, strict=True))
            found.append((x, y))
        return found


def arrow(curve: Curve, colour: Colour, width_px: float) -> list[Shape]:
    """A curve with a thin pale rim, so that it shows on text, and a head at its end."""
    points = curve.points()
    tip = points[-1]
    head_px = min(4.5 * width_px, 0.6 * sum(math.dist(a, b) for a, b in pairwise(points)))
    neck = next((p for p in reversed(points) if math.dist(p, tip) >= head_px), points[0])
    length = max(math.dist(neck, tip), 1e-6)
    along = ((tip[0] - neck[0]) / length, (tip[1] - neck[1]) / length)
    back = (tip[0] - head_px * along[0], tip[1] - head_px * along[1])
    side = (-along[1] * head_px * 0.42, along[0] * head_px * 0.42)
    head = (tip, (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1]))
    shaft = [*(p for p in points if math.dist(p, tip) > head_px), back]
    rim = (255, 255, 255, 150)
    return [
        Shape(shaft, None, rim, width_px * 1.9, is_closed=False),
        Shape(shaft, None, colour, width_px, is_closed=False),
        Shape(head, colour, None),
    ]


def paint(canvas: Image.Image, shapes: Sequence[Shape]) -> None:
    """Draw shapes in their order, with smooth edges; only the rows that they touch are redrawn."""
    n = _SUPERSAMPLING
    for top in range(0, canvas.height, _BAND_PX):
        bottom = min(top + _BAND_PX, canvas.height)
        touching = [shape for shape in shapes if _touches(shape, top, bottom)]
        if not touching:
            continue
        rows = canvas.crop((0, top, canvas.width, bottom))
        large = rows.resize((rows.width * n, rows.height * n), Image.Resampling.NEAREST)
        draw = ImageDraw.Draw(large, "RGBA")  # blends what is see-through
        for shape in touching:
            points = [(x * n, (y - top) * n) for x, y in shape.points]
            width = max(1, round(shape.width_px * n))
            if shape.is_closed:
                draw.polygon(points, shape.fill, shape.outline, width)
            else:
                draw.line(points, shape.outline, width, joint="curve")
        canvas.paste(large.reduce(n), (0, top))


def _touches(shape: Shape, top: int, bottom: int) -> bool:
    ys = [y for _, y in shape.points]
    return max(ys) + shape.width_px >= top and min(ys) - shape.width_px <= bottom


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
                    line = _to_follower(self._quad(one), self._quad(following))
                    yield from arrow(line, _darker(self.colours[entity.path]), self._stroke_px)

    def _rel_g(self) -> Iterator[Shape]:
        """From each child's first word to its parent's."""
        for child, parent in self._families():
            if self._is_here(child) and self._is_here(parent):
                line = _to_parent(self._quad(child), self._quad(parent), self._word_px)
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
        flat = _line((x, y + line), (x + 1.6 * line, y + line))
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


def _to_follower(one: Quad, following: Quad) -> Curve:
    """Over the gap between two words of a line; else out of the one's right into the left."""
    start, end = _right(one), _left(following)
    reach = 0.35 * min(one.height, following.height)
    if start[0] - reach <= end[0] and abs(start[1] - end[1]) < max(one.height, following.height):
        inset_one, inset_other = min(reach, one.width / 3), min(reach, following.width / 3)
        return _line((start[0] - inset_one, start[1]), (end[0] + inset_other, end[1]))
    below, above = _middle(one.corners[3], one.corners[2]), _middle(*following.corners[:2])
    half = (above[1] - below[1]) / 2
    if half > 0:  # a line break: down, back, down
        return Curve(below, (below[0], below[1] + 2 * half), (above[0], above[1] - 2 * half), above)
    return _line(one.center, following.center)


def _to_parent(child: Quad, parent: Quad, word_px: float) -> Curve:
    """An arch over a row; a bracket at the left of a column; else from row to row."""
    (x0, y0), (x1, y1) = child.center, parent.center
    if abs(y0 - y1) < word_px:
        start, end = _middle(*child.corners[:2]), _middle(*parent.corners[:2])
        lift = word_px * (0.55 + min(abs(x0 - x1) / (40 * word_px), 0.6))
        return Curve(start, (start[0], start[1] - lift), (end[0], end[1] - lift), end)
    start, end = _left(child), _left(parent)
    if abs(start[0] - end[0]) < 4 * word_px:
        out = min(start[0], end[0]) - word_px * (0.8 + min(abs(y0 - y1) / (10 * word_px), 2.0))
        out = max(out, 0.0)
        return Curve(start, (out, start[1]), (out, end[1]), end)
    bottom, top = (parent, child) if y0 > y1 else (child, parent)
    low, high = _middle(bottom.corners[3], bottom.corners[2]), _middle(*top.corners[:2])
    start, end = (high, low) if y0 > y1 else (low, high)
    half = (start[1] + end[1]) / 2
    return Curve(start, (start[0], half), (end[0], half), end)


def _line(start: Point, end: Point) -> Curve:
    return Curve(start, start, end, end)


def _left(quad: Quad) -> Point:
    return _middle(quad.corners[0], quad.corners[3])


def _right(quad: Quad) -> Point:
    return _middle(quad.corners[1], quad.corners[2])


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


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
