import io
import json

import pytest
from PIL import Image
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import BertPreTokenizer

from benchmarks.rendered import HEIGHT, WIDTH, page_of_tokens, render_receipt
from benchmarks.timing import STAGES, Timing, time_calls, time_model, time_stages
from layout.pipeline import Pipeline
from layout.tokens import DocumentTokeniser
from ocr.engine import Image as Pixels
from ocr.engine import RightedLines, TextLine
from ocr.reader import DocumentReader
from tests.unit.benchmarks.first_word_model import FirstWordModel


def test_median_and_nine_in_ten() -> None:
    timing = Timing("x", tuple(float(i) for i in range(10, 0, -1)))
    assert timing.median_ms == 5.5
    assert timing.p90_ms == 9.0
    assert Timing("x", (3.0,)).p90_ms == 3.0
    assert Timing("x", (1.0, 2.0, 9.0)).p90_ms == 9.0


def test_warm_calls_do_not_count() -> None:
    calls = []
    timing = time_calls("x", lambda: calls.append(1), n_runs=3, n_warm=2)
    assert len(calls) == 5
    assert len(timing.times_ms) == 3


class NoEngine:
    """An engine that must not be needed, since words files bring their words."""

    name = "none"

    def read(self, image: Pixels) -> tuple[TextLine, ...]:
        raise AssertionError(f"asked to read {image.shape}")

    def read_righted(self, image: Pixels) -> RightedLines:
        raise AssertionError(f"asked to read {image.shape}")


def test_every_stage_is_timed_for_every_document_and_round() -> None:
    word = {"text": "ACME", "box": [10, 10, 60, 30]}
    data = json.dumps({"pages": [{"width": 100, "height": 100, "words": [word]}]}).encode()
    pipeline = Pipeline(DocumentReader(NoEngine()), FirstWordModel())
    timings = time_stages(pipeline, {"a": data, "b": data}, "sroie", n_runs=3)
    assert [timing.name for timing in timings] == list(STAGES)
    assert {len(timing.times_ms) for timing in timings} == {6}
    total = timings[-1].times_ms
    for i in range(6):
        assert sum(timing.times_ms[i] for timing in timings[:-1]) <= total[i] + 0.1


def test_the_model_is_timed_on_all_documents_together() -> None:
    pages = [page_of_tokens(16, seed) for seed in range(3)]
    timing = time_model(FirstWordModel(), pages, n_tokens=16, n_runs=4)
    assert timing.name == "model, 16 tokens, batch 3"
    assert len(timing.times_ms) == 4


@pytest.mark.parametrize("n_tokens", [4, 256, 510])
def test_pages_have_as_many_tokens_as_asked_for(n_tokens: int) -> None:
    page = page_of_tokens(n_tokens)
    vocabulary = {token: i for i, token in enumerate(["[UNK]", ",", *"0123456789"])}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 no password
    tokenizer.pre_tokenizer = BertPreTokenizer()
    document = DocumentTokeniser(tokenizer).tokenise([page])
    assert len(document.input_ids) + 2 == n_tokens
    assert vocabulary["[UNK]"] not in document.input_ids
    boxes = [word.quad.box for word in page.words]
    assert all(right <= page.width and bottom <= page.height for _, _, right, bottom in boxes)


def test_receipts_are_the_same_for_the_same_seed() -> None:
    assert render_receipt(1) == render_receipt(1)
    assert render_receipt(1) != render_receipt(2)
    with Image.open(io.BytesIO(render_receipt(1))) as image:
        assert image.size == (WIDTH, HEIGHT)
