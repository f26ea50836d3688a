"""Finds fonts for pictures: Debian's if they are there, else the one that Pillow brings."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from corpora.synthesis.typefaces import Family

FONT_DIRS = (Path("/usr/share/fonts/truetype"), Path("/usr/local/share/fonts"))
FONT_FILES: dict[Family, tuple[str, ...]] = {
    "mono": ("dejavu/DejaVuSansMono.ttf", "liberation/LiberationMono-Regular.ttf"),
    "sans": ("liberation/LiberationSans-Regular.ttf", "dejavu/DejaVuSansCondensed.ttf"),
    "serif": ("liberation/LiberationSerif-Regular.ttf", "dejavu/DejaVuSerifCondensed.ttf"),
}
"""In order of preference; a font from Debian's fonts-dejavu or fonts-liberation."""


@lru_cache
def font_path(family: Family) -> Path | None:
    """The file of a font that looks like the family; None where none is installed."""
    paths = (folder / name for name in FONT_FILES[family] for folder in FONT_DIRS)
    return next((path for path in paths if path.is_file()), None)


@lru_cache(maxsize=64)
def load_font(family: Family, size_px: int) -> ImageFont.FreeTypeFont:
    """A font of some size; Pillow's own sans serif where no font of the family is installed."""
    path = font_path(family)
    if path is not None:
        return ImageFont.truetype(path, size_px)
    font = ImageFont.load_default(size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType: its default font cannot be scaled")
    return font
