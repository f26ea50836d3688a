from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from PIL import Image

from ocr.errors import CorruptFileError, EncryptedFileError, LimitExceededError
from ocr.limits import Limits
from ocr.pdf import PdfSource
from tests.unit.ocr.files import noise, pdf, saved, text_at

INVOICE = (
    text_at(50, 500, "Invoice 2024-17") + text_at(50, 460, "Total due") + text_at(300, 460, "12.50")
)


def test_a_text_layer_gives_words_with_exact_boxes() -> None:
    page = PdfSource(pdf([INVOICE]), Limits()).load(0)
    assert page.source == "text_layer"
    assert page.words is not None
    assert [word.text for word in page.words] == ["Invoice", "2024-17", "Total", "due", "12.50"]
    assert page.image is not None
    scale = page.width / 400
    assert page.dpi == pytest.approx(72 * scale, rel=0.01)
    for word in page.words:
        left, top, right, bottom = (round(side) for side in word.quad.box)
        ink = page.image[top:bottom, left:right].min(axis=(0, 2)) < 128  # columns with ink
        assert ink[:3].any(), f"ink begins where {word.text} begins"
        assert ink[-3:].any(), f"ink ends where {word.text} ends"
    amount_left, amount_top, _, amount_bottom = page.words[-1].quad.box
    assert amount_left == pytest.approx(300 * scale, abs=3 * scale)
    assert amount_top < (600 - 460 - 10) * scale < amount_bottom


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_rotation_entry_turns_words_and_picture_alike(degrees: int) -> None:
    turned = pdf([INVOICE], page_entries=b"/Rotate %d" % degrees)
    page = PdfSource(turned, Limits()).load(0)
    upright = PdfSource(pdf([INVOICE]), Limits()).load(0)
    # Read upright again, whatever the entry says: what counts is how the text lies.
    assert page.rotation == degrees
    assert (page.width, page.height) == (upright.width, upright.height)
    assert page.words is not None
    assert upright.words is not None
    for word, expected in zip(page.words, upright.words, strict=True):
        assert word.text == expected.text
        assert np.allclose(word.quad.corners, expected.quad.corners, atol=1.5)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_text_that_lies_on_its_side_is_righted(turn: int) -> None:
    x, y = {1: (100, 500), 2: (300, 100), 3: (100, 100)}[turn]
    page = PdfSource(pdf([text_at(x, y, "Grand total 12.50", turn=turn)]), Limits()).load(0)
    assert page.rotation == turn * 90
    assert page.words is not None
    assert [word.text for word in page.words] == ["Grand", "total", "12.50"]
    for word in page.words:
        assert word.quad.width > word.quad.height
        assert abs(word.quad.angle) < 0.01


def test_a_page_without_text_is_rendered_for_ocr() -> None:
    page = PdfSource(saved(noise(), "PDF"), Limits()).load(0)
    assert page.words is None
    assert page.source == "ocr"
    assert page.image is not None
    assert page.image.std() > 20


def test_a_scan_with_only_a_stamp_of_text_is_read_by_ocr() -> None:
    scan = b"q 400 0 0 600 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q\n"
    page = PdfSource(pdf([scan + text_at(20, 20, "Page 1")]), Limits()).load(0)
    assert page.words is None
    assert [warning.code for warning in page.warnings] == ["text_layer_incomplete"]


def test_a_layer_of_characters_without_meaning_is_not_trusted() -> None:
    garbage = text_at(50, 500, r"\001\002\003\004\005\006\007\016\017 ab")
    page = PdfSource(pdf([garbage]), Limits()).load(0)
    assert page.words is None
    assert [warning.code for warning in page.warnings] == ["text_layer_unusable"]


def test_a_blank_page_has_no_words() -> None:
    page = PdfSource(pdf([b""]), Limits()).load(0)
    assert page.words is None
    assert page.image is not None
    assert page.image.min() == 255


def test_a_password_has_its_own_error() -> None:
    with pytest.raises(EncryptedFileError, match="password"):
        PdfSource(pdf([INVOICE], encrypted=True), Limits())


def test_ten_thousand_pages_are_refused_at_once() -> None:
    data = pdf([b""] * 10_000)
    start = time.perf_counter()
    with pytest.raises(LimitExceededError, match="10,000 pages; max_pages allows 200"):
        PdfSource(data, Limits())
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\ngarbage" * 50, pdf([INVOICE])[:200]])
def test_a_broken_pdf_is_corrupt(data: bytes) -> None:
    with pytest.raises(CorruptFileError, match="PDF"):
        PdfSource(data, Limits()).load(0)


def test_a_large_sheet_is_rendered_within_the_limits() -> None:
    sheet = pdf([INVOICE]).replace(b"[0 0 400 600]", b"[0 0 4000 600]")
    page = PdfSource(sheet, Limits(max_render_side_px=2_000)).load(0)
    assert page.width == 2_000
    assert page.dpi == pytest.approx(36)
    page = PdfSource(sheet, Limits(max_page_pixels=600_000)).load(0)
    assert page.width * page.height <= 600_000
    with pytest.raises(LimitExceededError, match="max_render_side_px = 500"):
        PdfSource(sheet, Limits(max_render_side_px=500)).load(0)


def test_too_many_words_on_a_page_are_refused() -> None:
    with pytest.raises(LimitExceededError, match="page 1 has 5 words"):
        PdfSource(pdf([INVOICE]), Limits(max_words_per_page=4)).load(0)


def test_threads_may_read_the_same_and_other_documents() -> None:
    shared = PdfSource(pdf([INVOICE] * 4), Limits())
    counts: list[int] = []

    def read() -> None:
        own = PdfSource(pdf([INVOICE] * 4), Limits())
        for i in range(4):
            counts.extend(len(source.load(i).words or ()) for source in (shared, own))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [5] * 32


def test_values_in_form_fields_belong_to_the_text() -> None:
    appearance = text_at(2, 4, "ACME Ltd", size=12)
    field = (
        b"/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (ACME Ltd) /F 4"
        b" /Rect [50 400 250 420] /AP << /N 6 0 R >> >>]"
    )
    data = pdf([INVOICE], page_entries=field)
    stream = (
        b"6 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 200 20]"
        b" /Resources << /Font << /F1 3 0 R >> >> /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (len(appearance), appearance)
    )
    # The cross-reference table no longer fits: PDFium finds the objects by itself.
    data = data.replace(b"xref\n0 6", stream + b"xfer\n0 6").replace(b"startxref", b"startnone")
    page = PdfSource(data, Limits()).load(0)
    assert page.words is not None
    assert {"ACME", "Ltd", "Invoice"} <= {word.text for word in page.words}


def test_a_picture_saved_as_pdf_keeps_its_pixels() -> None:
    left_black = Image.new("L", (200, 100), 255)
    left_black.paste(0, (0, 0, 100, 100))
    page = PdfSource(saved(left_black, "PDF"), Limits()).load(0)
    assert page.image is not None
    assert page.image[:, : page.width // 2 - 4].max() < 30
    assert page.image[:, page.width // 2 + 4 :].min() > 225
