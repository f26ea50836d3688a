from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from ocr.engine import PpocrOptions, QuarterTurn, TextEngine, open_engine
from ocr.engines.model_files import WHEEL_RECOGNISER, wheel_model
from ocr.engines.recogniser import TextRecogniser
from ocr.errors import SetupError
from ocr.onnx_session import open_session
from ocr.reader import DocumentReader, ReadPage
from tests.integration.ocr.receipts import (
    READING,
    encoded,
    has_ink_inside,
    only_page,
    places_agree,
    receipt,
    turned,
    word_f1,
)

pytestmark = pytest.mark.integration

TURNS: list[QuarterTurn] = [0, 90, 180, 270]


@pytest.fixture(scope="module")
def engine() -> TextEngine:
    return open_engine(PpocrOptions(n_threads=1))


@pytest.fixture(scope="module")
def reader(engine: TextEngine) -> DocumentReader:
    return DocumentReader(engine)


@pytest.fixture(scope="module")
def upright(reader: DocumentReader) -> ReadPage:
    """The receipt as it is read when nothing is wrong with it."""
    return only_page(list(reader.open(encoded(receipt())).pages()))


def test_a_receipt_is_read_word_by_word_in_reading_order(upright: ReadPage) -> None:
    page = upright
    assert [word.text for word in page.page.words] == READING
    assert all(0.5 <= word.confidence <= 1 for word in page.page.words)
    assert all(has_ink_inside(page, word) for word in page.page.words)
    assert set(page.timings_ms) == {"decode", "ocr"}
    assert (page.page.rotation, page.page.skew, page.warnings) == (0, 0.0, ())


def test_boxes_hug_their_words(upright: ReadPage) -> None:
    page = upright
    assert page.image is not None
    dark = page.image.min(axis=2) < 128
    for word in page.page.words:
        left, top, right, bottom = (round(side) for side in word.quad.box)
        columns = np.flatnonzero(dark[top:bottom, left:right].any(axis=0))
        assert columns[0] <= 6, word
        assert right - left - columns[-1] <= 7, word
        outside = dark[top:bottom, max(0, left - 6) : left].any(axis=0)
        assert outside.sum() <= 4, word  # no more than the edge of its own first letter
        assert 20 <= word.quad.height <= 42


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_receipt_gives_the_same_words_in_the_same_places(
    reader: DocumentReader, upright: ReadPage, turn: QuarterTurn
) -> None:
    page = only_page(list(reader.open(encoded(turned(receipt(), turn))).pages()))
    assert page.page.rotation == turn
    assert page.page == type(page.page)(
        number=1, width=760, height=1000, words=upright.page.words, rotation=turn
    )
    assert np.array_equal(page.image, upright.image)  # type: ignore[arg-type]


@pytest.mark.parametrize("turn", TURNS)
def test_what_exif_says_is_no_matter(reader: DocumentReader, turn: QuarterTurn) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(turned(receipt(), turn), "JPEG", exif=exif, quality=95)
    page = only_page(list(reader.open(data).pages()))
    assert page.page.rotation == (turn + 90) % 360
    assert word_f1(page.page.words) > 0.95


@pytest.mark.parametrize("degrees", [-7.0, -3.0, 2.0, 5.0, 12.0])
def test_skew_is_undone(reader: DocumentReader, degrees: float) -> None:
    page = only_page(list(reader.open(encoded(turned(receipt(1.4), degrees))).pages()))
    assert page.page.skew == pytest.approx(degrees, abs=0.5)
    assert word_f1(page.page.words) > 0.95
    assert page.page.words[0].text == "KEDAI"
    long_words = [word for word in page.page.words if len(word.text) > 4]
    assert all(abs(math.degrees(word.quad.angle)) < 1.5 for word in long_words)
    assert all(has_ink_inside(page, word) for word in page.page.words)


def test_turned_and_skewed_together(reader: DocumentReader) -> None:
    page = only_page(list(reader.open(encoded(turned(receipt(), 184))).pages()))
    assert page.page.rotation == 180
    assert page.page.skew == pytest.approx(4, abs=0.5)
    assert word_f1(page.page.words) > 0.95


def test_a_large_photo_is_read_at_its_own_size(reader: DocumentReader, upright: ReadPage) -> None:
    large = only_page(list(reader.open(encoded(receipt(4.0), "JPEG")).pages()))
    assert (large.page.width, large.page.height) == (3040, 4000)
    assert word_f1(large.page.words) > 0.95
    shrunk = [
        type(word)(word.text, type(word.quad)(tuple((x / 4, y / 4) for x, y in word.quad.corners)))  # type: ignore[arg-type]
        for word in large.page.words
    ]
    assert places_agree(shrunk, upright.page.words, tolerance_px=8)


def test_the_same_page_gives_the_same_words_again(engine: TextEngine) -> None:
    image = np.asarray(turned(receipt(), 3))
    assert engine.read_righted(image) == engine.read_righted(image)


@pytest.mark.parametrize("size", [(1, 1), (5, 900), (900, 5), (760, 1000)])
def test_a_blank_page_has_no_words(reader: DocumentReader, size: tuple[int, int]) -> None:
    page = only_page(list(reader.open(encoded(Image.new("RGB", size, "white"))).pages()))
    assert page.page.words == ()
    assert [warning.code for warning in page.warnings] == ["blank_page"]


def test_a_photograph_without_a_document_is_no_failure(reader: DocumentReader) -> None:
    y, x = np.mgrid[0:600, 0:800]
    pixels = np.stack([x % 256, (x + y) % 256, (y * y // 700) % 256], axis=2).astype(np.uint8)
    page = only_page(list(reader.open(encoded(Image.fromarray(pixels), "JPEG")).pages()))
    assert len(page.page.words) < 5


def test_a_single_line_is_read(engine: TextEngine) -> None:
    strip = receipt().crop((40, 50, 560, 110))
    righted = engine.read_righted(np.asarray(strip))
    assert righted.turn == 0
    assert " ".join(line.text for line in righted.lines) == "KEDAI BUKU SURIA SDN BHD"


def test_one_thread_reads_the_same_as_several() -> None:
    image = np.asarray(receipt())
    one, two = (open_engine(PpocrOptions(n_threads=n)).read(image) for n in (1, 2))
    assert [line.text for line in one] == [line.text for line in two]


def test_lines_in_batches_across_threads_read_as_they_do_alone() -> None:
    """As on a GPU, where pages of several documents share the recogniser's calls."""
    session = open_session(wheel_model(WHEEL_RECOGNISER), n_threads=1)
    alone = TextRecogniser(session, n_threads=1, batch_size=1)
    shared = TextRecogniser(session, n_threads=1, batch_size=8)
    strip = receipt().crop((40, 50, 560, 110)).resize((416, 48))
    lines = [np.asarray(strip.crop((0, 0, width, 48))) for width in (416, 320, 416, 208, 320)]
    wanted = alone.recognise(lines)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(shared.recognise, [lines, lines[::-1]] * 6))
    for read in found[::2] + [list(reversed(read)) for read in found[1::2]]:
        assert [line.characters for line in read] == [line.characters for line in wanted]


def test_a_missing_gpu_is_an_error() -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this machine has CUDA")
    with pytest.raises(SetupError, match="cuda"):
        open_engine(PpocrOptions(device="cuda"))


def test_a_missing_model_is_an_error() -> None:
    with pytest.raises(SetupError, match="does not exist"):
        open_engine(PpocrOptions(detector_path=wheel_model("no such model.onnx")))
    with pytest.raises(SetupError, match="carries no characters"):
        open_engine(PpocrOptions(recogniser_path=wheel_model("PP-OCRv6_det_small.onnx")))
    with pytest.raises(SetupError, match="cannot be loaded"):
        open_engine(PpocrOptions(detector_path=wheel_model("../main.py")))
