"""Real OCR and the real stages behind it, with a model that knows words by their text."""

import io
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from layout.graph import GraphScores
from layout.pipeline import Pipeline
from layout.result import Amount, GroupField, LeafField, ModelEntry
from layout.schema import load_schema
from ocr.engine import PpocrOptions, open_engine
from ocr.reader import DocumentReader
from ocr.reading_order import find_lines
from ocr.types import Page

pytestmark = pytest.mark.integration

RECEIPT = load_schema("receipt")
SURE = 9.0
ROWS = [
    ("BOOK CORNER SDN BHD", ""),
    ("DATE 03/04/2018", ""),
    ("PAPER", "RM 8.00"),
    ("PENCIL", "RM 1.50"),
    ("TOTAL", "RM 9.50"),
]


class ModelByText:
    """Labels words by what they say and by the line that they stand in."""

    entry = ModelEntry(name="by-text", version="1", sha256="0" * 64)
    labels = RECEIPT.labels
    types = ()

    def score(self, pages: Sequence[Page]) -> GraphScores:
        (page,) = pages
        n_words = len(page.words)
        pairs = np.full((n_words, n_words), -SURE, dtype=np.float32)
        scores = GraphScores(
            self.labels,
            initial=np.full((len(self.labels), n_words), -SURE, dtype=np.float32),
            rel_s=pairs,
            rel_g=pairs.copy(),
            key=np.full(n_words, -SURE, dtype=np.float32),
        )
        rows: dict[int, list[int]] = {}
        for line in find_lines([word.quad for word in page.words]):
            for word in line:
                rows.setdefault(round(page.words[word].quad.center[1] / 30), []).append(word)
        for row in rows.values():
            self._label(row, [page.words[word].text for word in row], scores)
        return scores

    def _label(self, row: list[int], texts: list[str], scores: GraphScores) -> None:
        match texts:
            case ["BOOK", *_]:
                self._open("merchant_name", row, scores)
            case ["DATE", *_]:
                self._open("transaction_date", row[1:], scores)
            case ["TOTAL", *_]:
                self._open("total", row[1:], scores)
            case ["PAPER" | "PENCIL", *_]:
                self._open("items.description", row[:1], scores)
                self._open("items.total_price", row[1:], scores)
                scores.rel_g[row[0], row[1]] = SURE

    def _open(self, path: str, words: list[int], scores: GraphScores) -> None:
        scores.initial[self.labels.index(f"receipt.{path}"), words[0]] = SURE
        for one, following in pairwise(words):
            scores.rel_s[one, following] = SURE

    def calibrate(self, confidence: float, label: str) -> float:
        assert label in self.labels
        return confidence


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(DocumentReader(open_engine(PpocrOptions(n_threads=2))), ModelByText())


def receipt(turn: int = 0) -> bytes:
    picture = Image.new("RGB", (600, 520), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(30)
    for i, (left, right) in enumerate(ROWS):
        draw.text((40, 40 + i * 90), left, fill="black", font=font)
        draw.text((430, 40 + i * 90), right, fill="black", font=font)
    out = io.BytesIO()
    picture.rotate(turn, expand=True).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_picture_becomes_the_same_fields_however_it_lies(pipeline: Pipeline, turn: int) -> None:
    result = pipeline.extract(receipt(turn), document_id="scan")
    assert result.issues == []
    fields = result.fields
    name, day, total = (fields[key] for key in ("merchant_name", "transaction_date", "total"))
    assert isinstance(name, LeafField)
    assert isinstance(day, LeafField)
    assert isinstance(total, LeafField)
    assert name.text == "BOOK CORNER SDN BHD"
    assert day.value == "2018-04-03"  # the country settles day and month
    assert total.value == Amount(amount="9.50", currency="MYR")
    assert isinstance(fields["items"], list)
    texts = [item.text for item in fields["items"] if isinstance(item, GroupField)]
    assert texts == ["PAPER RM 8.00", "PENCIL RM 1.50"]
    left, top = total.regions[0].quad[0]
    assert (left, top) == pytest.approx((430, 400), abs=15)
    assert all(duration > 0 for duration in result.timings_ms.values())


def test_a_blank_picture_is_an_honest_empty_result(pipeline: Pipeline) -> None:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), "white").save(out, "PNG")
    result = pipeline.extract(out.getvalue(), document_id="scan")
    assert result.fields == {}
    assert [issue.code for issue in result.issues] == ["blank_page", "no_fields"]
