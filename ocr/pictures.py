"""Pictures: JPEG, PNG, WebP, TIFF with its frames, BMP, GIF and HEIC, decoded by Pillow."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL import Image as PillowImage
from PIL.ImageFile import ImageFile

from ocr.engine import Image
from ocr.errors import CorruptFileError, DocspadeError, TransientError
from ocr.formats import MediaType, PictureType
from ocr.limits import Limits
from ocr.source import LoadedPage, PageWarning

# Each format's own class: Image.open would let the file pick any of Pillow's forty decoders, and
# would apply Pillow's process-wide pixel limit before ours.
_DECODERS: dict[PictureType, type[ImageFile]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/bmp": BmpImagePlugin.BmpImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/heic": pillow_heif.HeifImageFile,
}
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
    PillowImage.DecompressionBombError,
)
"""What Pillow's decoders raise on broken data."""
_NAMES: dict[PictureType, str] = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/heic": "HEIC",
}


class PictureSource:
    """A picture file; a TIFF's frames are pages, of other formats the first picture counts.

    Args:
        data: of the file.
        media_type: as sniffed.
        limits: checked against the header, before anything is decoded.

    Raises:
        CorruptFileError: the header cannot be read.
        LimitExceededError: too many frames, or the first page is too large.
    """

    def __init__(self, data: bytes, media_type: PictureType, limits: Limits) -> None:
        self._data = data
        self._type: PictureType = media_type
        self._limits = limits
        with self._opened() as picture:
            limits.check_page_pixels(*picture.size)
            self._n_pages = self._count_frames(picture) if media_type == "image/tiff" else 1

    @property
    def media_type(self) -> MediaType:
        """Of the file's content."""
        return self._type

    @property
    def n_pages(self) -> int:
        """A TIFF's frames, else 1."""
        return self._n_pages

    def load(self, index: int) -> LoadedPage:
        """Decode one frame, upright by its EXIF entry; see DocumentSource."""
        with self._opened() as picture:
            try:
                if index:
                    picture.seek(index)
                self._limits.check_page_pixels(*picture.size)
                picture.load()
            except _BROKEN as error:
                raise self._corrupt(error) from error
            except MemoryError as error:
                raise TransientError("not enough memory to decode the picture") from error
            upright, warnings = _transposed(picture)
            image = to_rgb(upright)
        height, width = image.shape[:2]
        return LoadedPage(width, height, image, words=None, source="ocr", warnings=warnings)

    def _opened(self) -> ImageFile:
        try:
            return _DECODERS[self._type](io.BytesIO(self._data))
        except _BROKEN as error:
            raise self._corrupt(error) from error

    def _count_frames(self, picture: ImageFile) -> int:
        """Count by walking, so that a file of endless frames is left at the limit."""
        n_frames = 1
        while True:
            try:
                picture.seek(n_frames)
            except EOFError:
                return n_frames
            except _BROKEN as error:
                raise self._corrupt(error) from error
            n_frames += 1
            self._limits.check_pages(n_frames, at_least=True)

    def _corrupt(self, error: BaseException) -> DocspadeError:
        name = _NAMES[self._type]
        return CorruptFileError(f"the {name} file is broken or cut off ({_reason(error)})")


def _reason(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _transposed(picture: ImageFile) -> tuple[PillowImage.Image, tuple[PageWarning, ...]]:
    """Apply the EXIF orientation; a picture whose EXIF is broken is taken as it lies."""
    try:
        return ImageOps.exif_transpose(picture), ()
    except _BROKEN as error:
        message = f"the picture's EXIF entry cannot be read ({_reason(error)})"
        return picture, (PageWarning("exif_unreadable", message),)


def to_rgb(picture: PillowImage.Image) -> Image:
    """Convert a picture of any mode to RGB uint8 [H, W, 3]; what is transparent becomes white."""
    if picture.mode.startswith(("I", "F")):
        return _deep_grey_to_rgb(picture)
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        white = PillowImage.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = PillowImage.alpha_composite(white, with_alpha)
    return np.array(picture.convert("RGB"), dtype=np.uint8)


def _deep_grey_to_rgb(picture: PillowImage.Image) -> Image:
    """Grey with more than 8 bits, which Pillow would clip at 255 instead of scaling."""
    grey = np.nan_to_num(np.asarray(picture, dtype=np.float32))
    top = max(float(grey.max()), 1e-9)
    # The file does not say which value is white: 1 and 255 in fractions, 255 or 65,535 in integers.
    white = next((level for level in (1.0, 255.0, 65535.0) if top <= level), top)
    if picture.mode != "F" and white == 1.0:
        white = 255.0
    scaled = np.clip(grey * (255.0 / white), 0, 255).astype(np.uint8)
    return np.repeat(scaled[:, :, None], 3, axis=2)
