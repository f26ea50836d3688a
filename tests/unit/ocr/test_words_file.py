from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import InvalidWordsError, LimitExceededError
from ocr.limits import Limits
from ocr.words_file import WordsFile

QUAD = [[10, 20], [60, 20], [60, 40], [10, 40]]


def words_file(*words: object, width: object = 100, height: object = 200) -> bytes:
    page = {"width": width, "height": height, "words": list(words)}
    return json.dumps({"pages": [page]}).encode()


def test_words_keep_their_order_and_places() -> None:
    data = words_file(
        {"text": "below", "quad": [[0, 90], [50, 90], [50, 99], [0, 99]], "confidence": 0.5},
        {"text": "TOTAL", "box": [10, 20, 60, 40], "who": "another OCR"},
    )
    page = WordsFile(data, Limits()).load(0)
    assert (page.width, page.height, page.image, page.source) == (100, 200, None, "words")
    assert page.words is not None
    assert [word.text for word in page.words] == ["below", "TOTAL"]
    assert page.words[0].confidence == 0.5
    assert page.words[1].quad.corners == ((10, 20), (60, 20), (60, 40), (10, 40))


def test_a_page_may_be_blank() -> None:
    assert WordsFile(words_file(), Limits()).load(0).words == ()


BROKEN = [
    (b"{", "not JSON"),
    (b"[]", "the file: needs an object, has a list"),
    (b"{}", "pages: is missing"),
    (b'{"pages": {}}', "pages: needs a list, has an object"),
    (b'{"pages": []}', "pages: a words file needs at least one page"),
    (b'{"pages": [7]}', r"pages\[0\]: needs an object, has a number"),
    (b'{"pages": [{"width": 1}]}', r"pages\[0\].height: is missing"),
    (b"\xff{}", "not UTF-8"),
    (b"[" * 100_000, "nested too deeply"),
    (words_file(width="wide"), r"pages\[0\].width: needs a number, has a string"),
    (words_file(height=0), r"pages\[0\].height: 0 is not positive"),
    (words_file(width=True), r"pages\[0\].width: needs a number, has true or false"),
    (words_file("TOTAL"), r"pages\[0\].words\[0\]: needs an object, has a string"),
    (words_file({"box": [0, 0, 1, 1]}), r"pages\[0\].words\[0\].text: is missing"),
    (words_file({"text": 9, "quad": QUAD}), r"words\[0\].text: needs a string, has a number"),
    (words_file({"text": "\ud800", "quad": QUAD}), r"words\[0\].text: holds half of a surrogate"),
    (words_file({"text": "a"}), r'words\[0\]: has neither "quad" nor "box"'),
    (words_file({"text": "a", "quad": None}), r"words\[0\].quad: needs a list, has null"),
    (words_file({"text": "a", "quad": QUAD[:3]}), r"words\[0\].quad: needs 4 corners, has 3"),
    (words_file({"text": "a", "quad": [[1], *QUAD[1:]]}), r"quad\[0\]: needs x and y, has 1"),
    (words_file({"text": "a", "quad": QUAD[::-1]}), r"words\[0\].quad: .*counter-clockwise"),
    (words_file({"text": "a", "box": [60, 20, 10, 40]}), r"words\[0\].box: .*inside out"),
    (words_file({"text": "a", "box": [0, 0, 1]}), r"words\[0\].box: needs left, top, right"),
    (
        words_file({"text": "a", "box": [10, 20, 160, 40]}),
        r"box: the corner \(160, 20\) lies outsi",
    ),
    (words_file({"text": "a", "box": [-30, 20, 60, 40]}), "lies outside the page of 100 x 200"),
    (words_file({"text": "a", "quad": QUAD, "confidence": 2}), r"confidence: 2 is not between"),
]


@pytest.mark.parametrize(("data", "message"), BROKEN)
def test_what_breaks_the_form_is_named_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(InvalidWordsError, match=message):
        WordsFile(data, Limits())


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_numbers_must_be_finite(value: str) -> None:
    data = words_file({"text": "a", "quad": QUAD}).replace(b"60, 20", f"{value}, 20".encode())
    with pytest.raises(InvalidWordsError, match=r"pages\[0\].words\[0\].quad\[1\]\[0\]: .*finite"):
        WordsFile(data, Limits())


def test_a_number_of_endless_digits_is_refused() -> None:
    data = words_file({"text": "a", "quad": QUAD}).replace(b"60, 20", b"9" * 10_000 + b", 20")
    with pytest.raises(InvalidWordsError, match="too many digits"):
        WordsFile(data, Limits())


def test_a_corner_just_outside_is_moved_onto_the_edge() -> None:
    page = WordsFile(words_file({"text": "a", "box": [-1, 20, 101.5, 40]}), Limits()).load(0)
    assert page.words is not None
    assert page.words[0].quad.box == (0, 20, 100, 40)


def test_limits_count_pages_words_and_pixels() -> None:
    word = {"text": "a", "quad": QUAD}
    with pytest.raises(LimitExceededError, match="page 1 has 3 words; max_words_per_page allows 2"):
        WordsFile(words_file(word, word, word), Limits(max_words_per_page=2))
    two_pages = json.dumps({"pages": [{"width": 9, "height": 9, "words": []}] * 2}).encode()
    with pytest.raises(LimitExceededError, match="2 pages; max_pages allows 1"):
        WordsFile(two_pages, Limits(max_pages=1))
    with pytest.raises(LimitExceededError, match="max_page_pixels"):
        WordsFile(words_file(width=30_000, height=30_000), Limits())


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["pages", "width", "height", "words", "text", "quad", "box"]), inner
        )
    ),
    max_leaves=30,
)


@given(json_values)
def test_any_json_is_read_or_refused_by_name(value: object) -> None:
    try:
        source = WordsFile(json.dumps(value).encode(), Limits())
    except (InvalidWordsError, LimitExceededError):
        return
    for i in range(source.n_pages):
        page = source.load(i)
        for word in page.words or ():
            assert all(math.isfinite(c) for corner in word.quad.corners for c in corner)
