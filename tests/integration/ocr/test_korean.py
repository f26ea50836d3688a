"""Korean lines are read beside English ones on the same page, by the recogniser that ships."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from ocr.checksums import checked
from ocr.engine import PpocrOptions, TextEngine, open_engine
from ocr.engines.model_files import RELEASED_KOREAN
from ocr.errors import SetupError
from ocr.reader import DocumentReader
from tests.integration.ocr.receipts import encoded, only_page, turned

pytestmark = pytest.mark.integration

FONT = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")
KOREAN = [
    "우리마트 서초점",
    "사업자등록번호 214-81-37726",
    "서울특별시 서초구 반포대로 45",
    "2025년 3월 4일 14:07",
    "바나나우유 2 1,500 3,000",
    "과세물품가액 10,909",
    "부가세 1,091",
    "합계금액 12,000원",
]
ENGLISH = ["WOORI MART SEOCHO", "CARD 4026-58**-****-1138", "THANK YOU"]
LINES = [*ENGLISH[:1], *KOREAN, *ENGLISH[1:]]


@pytest.fixture(scope="module")
def engine() -> TextEngine:
    return open_engine(PpocrOptions(n_threads=1))


def page() -> Image.Image:
    image = Image.new("RGB", (760, 100 + 62 * len(LINES)), (250, 249, 245))
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 30)
    for row, line in enumerate(LINES):
        draw.text((60, 50 + row * 62), line, fill=(30, 30, 30), font=font)
    return image


def read(engine: TextEngine, image: Image.Image) -> list[str]:
    """The lines' texts without spaces, for the detector may part a line."""
    read_page = only_page(list(DocumentReader(engine).open(encoded(image)).pages()))
    return ["".join(word.text.split()) for word in read_page.page.words]


def errors(found: list[str], wanted: list[str]) -> float:
    """Edits a character."""
    truth = "".join("".join(line.split()) for line in wanted)
    return Levenshtein.distance("".join(found), truth) / len(truth)


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_mixed_page_is_read_whichever_way_it_lies(engine: TextEngine, turn: int) -> None:
    assert errors(read(engine, turned(page(), turn)), LINES) < 0.04


def test_without_the_second_recogniser_no_hangul_is_read() -> None:
    found = read(open_engine(PpocrOptions(n_threads=1, reads_korean=False)), page())
    assert not any("가" <= char <= "힣" for word in found for char in word)
    assert "".join("".join(line.split()) for line in ENGLISH[:1]) in "".join(found)


def test_the_weights_that_ship_are_those_that_were_released() -> None:
    digest = hashlib.sha256(checked(RELEASED_KOREAN).read_bytes()).hexdigest()
    assert digest in (RELEASED_KOREAN.parent / "MODEL_CARD.md").read_text()


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    changed = tmp_path / RELEASED_KOREAN.name
    changed.write_bytes(RELEASED_KOREAN.read_bytes() + b"x")
    (tmp_path / f"{changed.name}.sha256").write_text("0" * 64)
    with pytest.raises(SetupError, match="sha256"):
        checked(changed)
