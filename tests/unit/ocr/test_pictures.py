from __future__ import annotations

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from ocr.errors import CorruptFileError, LimitExceededError
from ocr.formats import PictureType
from ocr.limits import Limits
from ocr.pictures import PictureSource, to_rgb
from tests.unit.ocr.files import drawn, noise, png_header, saved

pillow_heif.register_heif_opener()

FORMATS: list[tuple[str, PictureType]] = [
    ("JPEG", "image/jpeg"),
    ("PNG", "image/png"),
    ("WEBP", "image/webp"),
    ("TIFF", "image/tiff"),
    ("BMP", "image/bmp"),
    ("GIF", "image/gif"),
    ("HEIF", "image/heic"),
]


def is_red(pixel: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    red, green, blue = (int(value) for value in pixel)
    return red > 150 and green < 80 and blue < 80


@pytest.mark.parametrize(("file_format", "media_type"), FORMATS)
def test_every_format_gives_its_pixels(file_format: str, media_type: PictureType) -> None:
    page = PictureSource(saved(drawn(), file_format), media_type, Limits()).load(0)
    assert page.image is not None
    assert (page.width, page.height) == (120, 80)
    assert page.image.shape == (80, 120, 3)
    assert is_red(page.image[14, 14])
    assert page.image[60, 100].min() > 240


@pytest.mark.parametrize(("file_format", "media_type"), FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_off_is_corrupt_and_never_half_a_page(
    file_format: str, media_type: PictureType, share: float
) -> None:
    data = saved(noise(), file_format)
    with pytest.raises(CorruptFileError, match="broken or cut off"):
        PictureSource(data[: int(len(data) * share)], media_type, Limits()).load(0)


def test_a_progressive_jpeg_cut_off_is_corrupt() -> None:
    data = saved(noise(), "JPEG", progressive=True)
    with pytest.raises(CorruptFileError, match="JPEG"):
        PictureSource(data[: len(data) // 2], "image/jpeg", Limits()).load(0)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (14, 14)), (3, (65, 105)), (6, (14, 65)), (8, (105, 14))],
)
def test_the_exif_orientation_is_applied(orientation: int, corner: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = PictureSource(saved(drawn(), "JPEG", exif=exif), "image/jpeg", Limits()).load(0)
    assert page.image is not None
    assert is_red(page.image[corner])


def test_the_header_alone_is_enough_to_refuse_a_huge_picture() -> None:
    with pytest.raises(LimitExceededError) as caught:
        PictureSource(png_header(30_000, 30_000), "image/png", Limits())
    assert "900,000,000" in caught.value.message
    assert "max_page_pixels allows 80,000,000" in caught.value.message


def test_a_side_too_long_is_refused() -> None:
    with pytest.raises(LimitExceededError, match="max_page_side_px allows 32,000"):
        PictureSource(png_header(40_000, 10), "image/png", Limits())


def test_frames_of_a_tiff_are_pages() -> None:
    frames = [drawn(120, 80), drawn(60, 90)]
    data = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    source = PictureSource(data, "image/tiff", Limits())
    assert source.n_pages == 2
    assert [(source.load(i).width, source.load(i).height) for i in (1, 0)] == [(60, 90), (120, 80)]


def test_the_frames_of_a_tiff_are_counted_no_further_than_the_limit() -> None:
    frames = [drawn(10, 10)] * 5
    data = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with pytest.raises(LimitExceededError, match="at least 4 pages; max_pages allows 3"):
        PictureSource(data, "image/tiff", Limits(max_pages=3))


def test_of_an_animation_the_first_picture_counts() -> None:
    data = saved(drawn(), "GIF", save_all=True, append_images=[noise(120, 80)])
    assert PictureSource(data, "image/gif", Limits()).n_pages == 1


def test_what_is_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert to_rgb(image).min() == 255
    palette = Image.new("P", (4, 4), 0)
    palette.info["transparency"] = 0
    assert to_rgb(palette).min() == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB", "I", "F", "I;16"])
def test_pictures_of_every_mode_become_rgb(mode: str) -> None:
    image = Image.new(mode, (5, 3))
    pixels = to_rgb(image)
    assert pixels.shape == (3, 5, 3)
    assert pixels.dtype == np.uint8


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    grey = np.array([[0, 32_768, 65_535]], dtype=np.uint16)
    output = io.BytesIO()
    Image.fromarray(grey).save(output, "PNG")
    page = PictureSource(output.getvalue(), "image/png", Limits()).load(0)
    assert page.image is not None
    assert page.image[0, :, 0].tolist() == [0, 127, 255]
