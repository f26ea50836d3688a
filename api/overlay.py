"""A page's picture with its fields drawn on it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

from api.labels import Box, LabelPlaces, label_of, lead_line
from layout.result import FieldNode, PageEntry
from layout.tabular import walk_leaves

# Okabe and Ito's palette (2008): told apart by people with any colour vision.
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D00")
_TEXT_SHARE: Final = 0.012  # of the page's longer side
_MIN_TEXT_PX: Final = 11
_MAX_SIDE_PX: Final = 2400  # of a page without a picture
_JPEG_QUALITY: Final = 90

PictureForm = Literal["PNG", "JPEG"]


def draw_fields(
    page: PageEntry,
    picture: bytes | None,
    fields: Mapping[str, FieldNode],
    *,
    form: PictureForm = "PNG",
) -> bytes:
    """Draw every leaf's quads with its name; names give way to each other.

    Args:
        page: to draw.
        picture: of the upright page, JPEG or PNG, in whatever size; None draws on white.
        fields: of the result.
        form: of the file.

    Returns:
        A picture of the size of the one given.
    """
    canvas = _white(page) if picture is None else Image.open(io.BytesIO(picture)).convert("RGB")
    scale_x, scale_y = canvas.width / page.width, canvas.height / page.height
    draw = ImageDraw.Draw(canvas)
    size = max(_MIN_TEXT_PX, round(max(canvas.size) * _TEXT_SHARE))
    font = ImageFont.load_default(size)
    colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(fields)}
    labels: list[tuple[str, str, Box]] = []
    for path, leaf in walk_leaves(fields):
        colour = colours[path.partition(".")[0].partition("[")[0]]
        places = [
            [(x * scale_x, y * scale_y) for x, y in region.quad]
            for region in leaf.regions
            if region.page == page.number
        ]
        for quad in places:
            draw.polygon(quad, outline=colour, width=max(2, size // 7))
        if places:
            xs, ys = zip(*places[0], strict=True)
            labels.append((label_of(path), colour, Box(min(xs), min(ys), max(xs), max(ys))))
    boxes = [box for _label, _colour, box in labels]
    free = LabelPlaces(canvas.width, canvas.height, boxes)
    for label, colour, field in labels:  # above all quads
        left, top, right, bottom = draw.textbbox((0, 0), label, font=font)
        box = free.take(field, right - left, bottom - top)
        draw.rectangle(box, fill="white")
        if lead := lead_line(box, field):
            draw.line(lead, fill=colour)
        draw.text((box.left - left, box.top - top), label, fill=colour, font=font)
    out = io.BytesIO()
    canvas.save(out, form, quality=_JPEG_QUALITY)
    return out.getvalue()


def _white(page: PageEntry) -> Image.Image:
    shrink = min(1.0, _MAX_SIDE_PX / max(page.width, page.height))
    size = (max(1, round(page.width * shrink)), max(1, round(page.height * shrink)))
    return Image.new("RGB", size, "white")
