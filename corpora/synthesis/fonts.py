"""Finds fonts for pictures: Debian's if they are there, else the one that Pillow brings.

Words with Hangul need a font that has it: there is none in Pillow.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

from corpora.synthesis.typefaces import Family, has_hangul
from ocr.errors import SetupError

if TYPE_CHECKING:
    from PIL._imaging import ImagingCore

FONT_DIRS = (
    Path("/usr/share/fonts/truetype"),
    Path("/usr/share/fonts/opentype"),
    Path("/usr/local/share/fonts"),
)
FONT_FILES: dict[Family, tuple[str, ...]] = {
    "mono": ("dejavu/DejaVuSansMono.ttf", "liberation/LiberationMono-Regular.ttf"),
    "sans": ("liberation/LiberationSans-Regular.ttf", "dejavu/DejaVuSansCondensed.ttf"),
    "serif": ("liberation/LiberationSerif-Regular.ttf", "dejavu/DejaVuSerifCondensed.ttf"),
}
"""In order of preference; a font from Debian's fonts-dejavu or fonts-liberation."""
NOTO_SANS_CJK = "noto/NotoSansCJK-Regular.ttc"
NOTO_SERIF_CJK = "noto/NotoSerifCJK-Regular.ttc"
HANGUL_FILES: dict[Family, tuple[str, ...]] = {
    "mono": ("nanum/NanumGothicCoding.ttf", "baekmuk/gulim.ttf", NOTO_SANS_CJK),
    "sans": ("nanum/NanumGothic.ttf", "unfonts-core/UnDotum.ttf", "baekmuk/dotum.ttf",
             NOTO_SANS_CJK),
    "serif": ("nanum/NanumMyeongjo.ttf", "unfonts-core/UnBatang.ttf", "baekmuk/batang.ttf",
              NOTO_SERIF_CJK),
}  # fmt: skip
"""In order of preference; from Debian's fonts-nanum, -unfonts-core, -baekmuk, -noto-cjk."""
KOREAN_FACE = 1
"""Of the faces in a collection of Noto CJK: Japanese, Korean, two Chinese ones, Hong Kong's."""


class SheetFont(ImageFont.FreeTypeFont):
    """A font that leaves words with Hangul to another one of the same size.

    Args:
        source: the font's file, or its bytes.
        size_px: of the type.
        family: whose Hangul font stands in.
    """

    def __init__(self, source: Path | io.BytesIO, size_px: int, family: Family) -> None:
        super().__init__(source, size_px)
        self._size_px = size_px
        self._family: Family = family

    def _for(self, text: str | bytes) -> ImageFont.FreeTypeFont | None:
        """The Hangul font where the text needs it."""
        if isinstance(text, bytes) or not has_hangul(text):
            return None
        return _hangul_font(self._family, self._size_px)

    def getlength(
        self,
        text: str | bytes,
        mode: str = "",
        direction: str | None = None,
        features: list[str] | None = None,
        language: str | None = None,
    ) -> float:
        """Advance width of a text in pixels; arguments as in Pillow.

        Raises:
            SetupError: the text has Hangul and no font with it is installed.
        """
        font = self._for(text)
        if font is not None:
            return font.getlength(text, mode, direction, features, language)
        return super().getlength(text, mode, direction, features, language)

    def getmask2(  # noqa: PLR0913, PLR0917 the signature is Pillow's
        self,
        text: str | bytes,
        mode: str = "",
        direction: str | None = None,
        features: list[str] | None = None,
        language: str | None = None,
        stroke_width: float = 0,
        anchor: str | None = None,
        ink: int = 0,
        start: tuple[float, float] | None = None,
        *args: object,
        **kwargs: object,
    ) -> tuple[ImagingCore, tuple[int, int]]:
        """A text's bitmap and its offset; arguments as in Pillow.

        Raises:
            SetupError: the text has Hangul and no font with it is installed.
        """
        font = self._for(text)
        draw = super().getmask2 if font is None else font.getmask2
        return draw(
            text, mode, direction, features, language, stroke_width, anchor, ink, start,
            *args, **kwargs,
        )  # fmt: skip


@lru_cache
def font_path(family: Family) -> Path | None:
    """The file of a font that looks like the family; None where none is installed."""
    return _first_of(FONT_FILES[family])


@lru_cache(maxsize=64)
def load_font(family: Family, size_px: int) -> SheetFont:
    """A font of some size; Pillow's own sans serif where no font of the family is installed."""
    path = font_path(family)
    if path is not None:
        return SheetFont(path, size_px, family)
    font = ImageFont.load_default(size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType: its default font cannot be scaled")
    return SheetFont(io.BytesIO(font.font_bytes), size_px, family)


@lru_cache(maxsize=64)
def _hangul_font(family: Family, size_px: int) -> ImageFont.FreeTypeFont:
    path = _first_of(HANGUL_FILES[family])
    if path is None:
        raise SetupError(
            "no font with Hangul is installed for a picture of a Korean document; "
            "install Debian's fonts-nanum, fonts-unfonts-core, fonts-baekmuk or fonts-noto-cjk"
        )
    index = KOREAN_FACE if path.suffix == ".ttc" else 0
    return ImageFont.truetype(path, size_px, index=index)


def _first_of(names: tuple[str, ...]) -> Path | None:
    paths = (folder / name for name in names for folder in FONT_DIRS)
    return next((path for path in paths if path.is_file()), None)
