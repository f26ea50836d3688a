import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.answering import DocumentSet, QuarterTurn, answer_all, answer_gold, turned
from benchmarks.answers import Answer
from benchmarks.sroie import TASK
from tests.unit.benchmarks.first_word_model import FirstWordModel


@pytest.fixture
def documents(tmp_path: Path) -> DocumentSet:
    """Three test receipts: a good one, one without any words, one that is no transcript."""
    texts = {
        "a good": "10,10,90,10,90,30,10,30,Acme Sdn Bhd\n10,40,90,40,90,60,10,60,TOTAL",
        "b empty": "",
        "c broken": "10,10,90,10,Acme",
    }
    for part in ("box", "entities"):
        (tmp_path / "test" / part).mkdir(parents=True)
    for stem, text in texts.items():
        (tmp_path / "test" / "box" / f"{stem}.txt").write_text(text)
        (tmp_path / "test" / "entities" / f"{stem}.txt").write_text('{"company": "ACME"}')
    return DocumentSet(TASK, tmp_path, "test")


def test_names_are_limited_in_name_order(documents: DocumentSet) -> None:
    assert documents.names("gold", None) == ["a good", "b empty", "c broken"]
    assert documents.names("gold", 2) == ["a good", "b empty"]


def test_one_broken_document_does_not_stop_the_others(documents: DocumentSet) -> None:
    model = FirstWordModel()
    n_done = 0

    def count() -> None:
        nonlocal n_done
        n_done += 1

    names = documents.names("gold", None)
    outcomes = answer_all(documents, names, lambda n: answer_gold(documents, n, model), count)
    assert n_done == 3
    good, empty, broken = (outcome.answer for outcome in outcomes)
    assert good.fields == {"company": "ACME"}
    assert good.entities[0].word_ids == [0]
    assert empty == Answer(id="b empty")
    assert broken.id == "c broken"
    assert broken.error is not None
    assert "c broken.txt, line 1" in broken.error
    assert outcomes[2].sample.truth == Answer(id="c broken", fields={"company": "ACME"})


def png(pixels: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> bytes:
    output = io.BytesIO()
    Image.fromarray(pixels).save(output, "PNG")
    return output.getvalue()


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (90, [[4, 1], [5, 2], [6, 3]]),
        (180, [[6, 5, 4], [3, 2, 1]]),
        (270, [[3, 6], [2, 5], [1, 4]]),
    ],
)
def test_pictures_are_turned_clockwise(turn: QuarterTurn, expected: list[list[int]]) -> None:
    data = png(np.array([[1, 2, 3], [4, 5, 6]], np.uint8))
    with Image.open(io.BytesIO(turned(data, turn))) as image:
        assert np.asarray(image).tolist() == expected
    assert turned(data, 0) == data
