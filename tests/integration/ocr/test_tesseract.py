from __future__ import annotations

import numpy as np
import pytest

from ocr.engine import TesseractOptions, open_engine
from ocr.engines.tesseract import TesseractEngine, parse_lines
from ocr.errors import SetupError, TransientError
from tests.integration.ocr.receipts import receipt, turned, word_f1

pytestmark = pytest.mark.integration

COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text"
HEADER = COLUMNS.replace(" ", "\t") + "\n"


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process has a core, Tesseract's threads mostly wait for one another, busily."""
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_receipt_is_read_whichever_way_it_lies(turn: int) -> None:
    engine = open_engine(TesseractOptions())
    righted = engine.read_righted(np.asarray(turned(receipt(), turn)))
    assert righted.turn == turn
    words = [word for line in righted.lines for word in line.words]
    assert word_f1(words) > 0.9
    assert all(0.3 <= word.confidence <= 1 for word in words)
    (total,) = [word for word in words if word.text == "SUBTOTAL"]
    assert total.quad.box == pytest.approx((62, 534, 212, 554), abs=3)


def test_a_blank_page_has_no_lines() -> None:
    blank = np.full((400, 300, 3), 255, dtype=np.uint8)
    assert open_engine(TesseractOptions(languages="eng")).read(blank) == ()


def test_lines_are_collected_from_the_table() -> None:
    table = (
        HEADER
        + "4\t1\t1\t1\t1\t0\t10\t20\t90\t12\t-1\t\n"
        + '5\t1\t1\t1\t1\t1\t10\t20\t40\t12\t96.5\t"TOTAL\n'
        + "5\t1\t1\t1\t1\t2\t60\t22\t40\t10\t80\t9.00\n"
        + "5\t1\t1\t1\t1\t3\t99\t22\t40\t10\t12\t|\n"
        + "5\t1\t2\t1\t1\t1\t10\t50\t40\t12\t90\tCASH\n"
    )
    first, second = parse_lines(table, min_word_confidence=0.3)
    assert first.text == '"TOTAL 9.00'
    assert first.quad.box == (10, 20, 100, 32)
    assert first.confidence == pytest.approx((0.965 * 6 + 0.8 * 4) / 10)
    assert second.text == "CASH"


def test_a_missing_language_is_named() -> None:
    with pytest.raises(SetupError, match="no trained data for tlh"):
        open_engine(TesseractOptions(languages="eng+tlh"))


def test_a_missing_program_is_named() -> None:
    with pytest.raises(SetupError, match="no-such-program is not installed"):
        open_engine(TesseractOptions(command="no-such-program"))


def test_a_page_that_takes_too_long_fails() -> None:
    engine = TesseractEngine(TesseractOptions(timeout_seconds=0.01))
    with pytest.raises(TransientError, match=r"longer than 0\.01 s"):
        engine.read(np.asarray(receipt()))
