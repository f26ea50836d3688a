"""A page's picture with its fields drawn on it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from layout.result import FieldNode, PageEntry
from layout.tabular import walk_leaves

# Okabe and Ito's palette (2008): told apart by people with any colour vision.
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D00")
_TEXT_SHARE: Final = 0.012  # of the page's longer side
_MIN_TEXT_PX: Final = 11


def draw_fields(page: PageEntry, picture: bytes | None, fields: Mapping[str, FieldNode]) -> bytes:
    """Draw every leaf's quads with its path.

    Args:
        page: to draw.
        picture: of the upright page, JPEG or PNG; None draws on white.
        fields: of the result.

    Returns:
        A PNG of the page's size.
    """
    canvas = Image.new("RGB", (page.width, page.height), "white")
    if picture is not None:
        canvas.paste(Image.open(io.BytesIO(picture)))
    draw = ImageDraw.Draw(canvas)
    size = max(_MIN_TEXT_PX, round(max(page.width, page.height) * _TEXT_SHARE))
    font = ImageFont.load_default(size)
    colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(fields)}
    for path, leaf in walk_leaves(fields):
        colour = colours[path.partition(".")[0].partition("[")[0]]
        places = [region.quad for region in leaf.regions if region.page == page.number]
        for quad in places:
            draw.polygon(quad, outline=colour, width=max(2, size // 7))
        if places:
            left, top = places[0][0]
            anchor = (max(left, 0.0), max(top - size - 2, 0.0))
            draw.rectangle(draw.textbbox(anchor, path, font=font), fill="white")
            draw.text(anchor, path, fill=colour, font=font)
    out = io.BytesIO()
    canvas.save(out, "PNG")
    return out.getvalue()
