"""Draws a printed sheet as it is before a camera sees it: flat, evenly lit, margins included."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFont

from corpora.synthesis.fonts import load_font
from corpora.synthesis.looks import Stock
from corpora.synthesis.marks import Box, Colour, Mark
from corpora.synthesis.sheet import Print, PrintedRule, PrintedWord, Sheet
from corpora.synthesis.typefaces import ASCENT, DESCENT

MARGIN = 0.08
"""Paper around the text block, as a share of its width."""
STAMP_OPACITY = 0.85
PALE_PRINT: Colour = (244, 244, 240)
"""Of words on dark bands."""
SUPERSAMPLING = 2
"""Stamps are drawn larger, so that their turned lines are smooth."""


@dataclass(frozen=True)
class FlatSheet:
    """A sheet drawn flat.

    Attributes:
        image: RGB; the paper has the stock's colour everywhere.
        scale: its pixels a sheet pixel.
        margin_px: paper around the text block, in sheet pixels.
    """

    image: Image.Image
    scale: float
    margin_px: float


def draw_flat(printed: Print, sheet: Sheet, stock: Stock, scale: float) -> FlatSheet:
    """Draw a sheet's marks, words and rules, stamps last.

    Args:
        printed: what stands on it.
        sheet: how it was set.
        stock: its colours.
        scale: pixels of the drawing a sheet pixel.
    """
    return _Draughtsman(printed, sheet, stock, scale).draw()


class _Draughtsman:
    def __init__(self, printed: Print, sheet: Sheet, stock: Stock, scale: float) -> None:
        self._printed, self._sheet, self._stock, self._scale = printed, sheet, stock, scale
        self._margin = MARGIN * printed.width_px
        size = [side + 2 * self._margin for side in (printed.width_px, printed.height_px)]
        width, height = (max(1, round(side * scale)) for side in size)
        self._image = Image.new("RGB", (width, height), stock.paper)
        self._pen = ImageDraw.Draw(self._image)

    def draw(self) -> FlatSheet:
        marks = self._printed.marks
        for kind in ("fill", "logo", "frame", "line"):
            for mark in marks:
                if mark.kind == kind:
                    self._draw_mark(mark)
        dark_fills = [mark for mark in marks if mark.is_dark]
        for word in self._printed.words:
            is_pale = any(mark.covers(word.box) for mark in dark_fills)
            self._draw_word(word, PALE_PRINT if is_pale else self._stock.ink)
        for rule in self._printed.rules:
            self._draw_rule(rule)
        for mark in marks:
            if mark.kind == "stamp":
                self._draw_stamp(mark)
        return FlatSheet(self._image, self._scale, self._margin)

    def _placed(self, box: Box) -> Box:
        left, top, right, bottom = ((side + self._margin) * self._scale for side in box)
        return left, top, right, bottom

    def _draw_mark(self, mark: Mark) -> None:
        box = self._placed(mark.box)
        thick = max(1, round(mark.line_px * self._scale))
        match mark.kind:
            case "fill":
                self._pen.rectangle(box, fill=mark.colour)
            case "line":
                self._pen.line(box, fill=mark.colour, width=thick)
            case "frame":
                self._pen.rectangle(box, outline=mark.colour, width=thick)
            case "logo" | "stamp":
                self._draw_logo(mark, box)

    def _draw_logo(self, mark: Mark, box: Box) -> None:
        left, top, right, bottom = box
        match mark.shape:
            case "square":
                self._pen.rounded_rectangle(box, radius=(right - left) / 6, fill=mark.colour)
            case "round":
                self._pen.ellipse(box, fill=mark.colour)
            case "triangle":
                peak = ((left + right) / 2, top)
                self._pen.polygon([peak, (right, bottom), (left, bottom)], fill=mark.colour)
            case "bars":
                step = (right - left) / 5
                for n, share in enumerate((0.4, 0.0, 0.25)):
                    x = left + 2 * n * step
                    upper = top + share * (bottom - top)
                    self._pen.rectangle((x, upper, x + step, bottom), fill=mark.colour)
        if mark.text and mark.shape in ("square", "round"):
            font = load_font(self._sheet.typeface.family, max(6, round(0.5 * (bottom - top))))
            middle = ((left + right) / 2, (top + bottom) / 2)
            self._pen.text(middle, mark.text, fill=self._stock.paper, font=font, anchor="mm")

    def _draw_stamp(self, mark: Mark) -> None:
        """Ink the figure through a turned mask; what it covers shines through a little."""
        left, top, right, bottom = self._placed(mark.box)
        side = max(8, round(right - left))
        mask = _stamp_mask(mark, SUPERSAMPLING * side, self._sheet)
        mask = mask.rotate(mark.angle, Image.Resampling.BICUBIC, expand=True)
        size = mask.width // SUPERSAMPLING, mask.height // SUPERSAMPLING
        mask = mask.resize(size, Image.Resampling.BOX).point(lambda v: v * STAMP_OPACITY)
        place = round((left + right - size[0]) / 2), round((top + bottom - size[1]) / 2)
        region = self._image.crop((*place, place[0] + size[0], place[1] + size[1]))
        inked = ImageChops.multiply(region, Image.new("RGB", size, mark.colour))
        self._image.paste(inked, place, mask)

    def _draw_word(self, word: PrintedWord, colour: Colour) -> None:
        """Set a word so that its advance width fills its box, whatever font is at hand."""
        left, top, right, bottom = self._placed(word.box)
        em = (bottom - top) / (ASCENT + DESCENT)
        font = load_font(self._sheet.typeface.family, max(6, round(em)))
        natural = font.getlength(word.text)
        pad = round(em / 3)
        glyphs = Image.new("L", (round(natural) + 2 * pad, round(2 * em)), 0)
        base = round(1.3 * em)
        ImageDraw.Draw(glyphs).text((pad, base), word.text, fill=255, font=font, anchor="ls")
        stretch = (right - left) / max(1.0, natural)
        glyphs = glyphs.resize(
            (max(1, round(glyphs.width * stretch)), glyphs.height), Image.Resampling.BICUBIC
        )
        place = (round(left - pad * stretch), round(top + ASCENT * em) - base)
        self._image.paste(colour, place, glyphs)

    def _draw_rule(self, rule: PrintedRule) -> None:
        scale, em = self._scale, self._sheet.em_px * self._scale
        start, end = ((x + self._margin) * scale for x in rule.x)
        y = (rule.y + self._margin) * scale
        thick = max(1, round(0.06 * em))
        dash = {"-": 0.3, "=": 0.3, ".": 0.1, "*": 0.1}.get(rule.character, 0.0)
        step = (dash + 0.25) * em if dash else end - start
        rows = (y - 1.5 * thick, y + 1.5 * thick) if rule.character == "=" else (y,)
        x = start
        while x < end:
            for row in rows:
                stop = min(end, x + (dash * em if dash else step))
                self._pen.line((x, row, stop, row), fill=self._stock.ink, width=thick)
            x += step


def _stamp_mask(mark: Mark, side: int, sheet: Sheet) -> Image.Image:
    """The figure of a stamp: a ring or a square of lines around characters in rows of two."""
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    edge = max(2, side // 18)
    frame = (edge, edge, side - edge, side - edge)
    if mark.shape == "round":
        pen.ellipse(frame, outline=255, width=edge)
    else:
        pen.rectangle(frame, outline=255, width=edge)
    lines = [mark.text[i : i + 2] for i in range(0, len(mark.text), 2)]
    if not lines:
        return mask
    room = 0.62 if mark.shape == "round" else 0.78
    height = room * side / len(lines)
    font: ImageFont.FreeTypeFont = load_font(sheet.typeface.family, max(6, round(0.95 * height)))
    for number, line in enumerate(lines):
        y = side * (1 - room) / 2 + (number + 0.5) * height
        pen.text((side / 2, y), line, fill=255, font=font, anchor="mm")
    return mask
