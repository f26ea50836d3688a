"""Text, lines, spans and places, worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.azure.content import Content
from api.azure.geometry import PagePlane
from api.azure.indexing import StringIndexType, TextIndex
from layout.result import DocumentResult, ModelEntry, PageEntry, Region, WordEntry

Corners = list[tuple[float, float]]


def box(left: float, top: float, right: float, bottom: float) -> Corners:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def page(number: int, *words: tuple[str, Corners], dpi: float | None = None) -> PageEntry:
    entries = [WordEntry(text=text, quad=quad, confidence=0.5) for text, quad in words]
    return PageEntry(number=number, width=200, height=100, dpi=dpi, words=entries)


def content(*pages: PageEntry, unit: StringIndexType = "unicodeCodePoint") -> Content:
    result = DocumentResult(
        id="a",
        type="receipt",
        type_confidence=1,
        status="succeeded",
        pages=list(pages),
        fields={},
        issues=[],
        model=ModelEntry(name="m", version="1", sha256="0" * 64),
        timings_ms={},
    )
    return Content(result, unit)


def two_pages(unit: StringIndexType = "unicodeCodePoint") -> Content:
    return content(
        page(
            1, ("Total", box(0, 0, 50, 10)), ("😀9", box(60, 2, 90, 11)), ("x", box(0, 20, 9, 30))
        ),
        page(2),
        page(3, ("y", box(0, 0, 9, 9))),
        unit=unit,
    )


def test_words_make_lines_and_lines_make_the_text() -> None:
    found = two_pages()
    assert found.text == "Total 😀9\nx\ny"
    first, empty, last = found.pages()
    assert first["lines"] == [
        {
            "content": "Total 😀9",
            "polygon": [0, 0, 90, 0, 90, 11, 0, 11],
            "spans": [{"offset": 0, "length": 8}],
        },
        {
            "content": "x",
            "polygon": [0, 20, 9, 20, 9, 30, 0, 30],
            "spans": [{"offset": 9, "length": 1}],
        },
    ]
    assert first["spans"] == [{"offset": 0, "length": 10}]
    assert (empty["words"], empty["lines"], empty["spans"]) == (
        [],
        [],
        [{"offset": 11, "length": 0}],
    )
    assert last["spans"] == [{"offset": 11, "length": 1}]


@pytest.mark.parametrize(
    ("unit", "spans"),
    [
        ("unicodeCodePoint", [{"offset": 0, "length": 8}, {"offset": 11, "length": 1}]),
        ("utf16CodeUnit", [{"offset": 0, "length": 9}, {"offset": 12, "length": 1}]),
    ],
)
def test_neighbouring_words_make_one_span(unit: StringIndexType, spans: list[object]) -> None:
    regions = [
        Region(page=3, quad=box(0, 0, 9, 9), word_ids=[0]),
        Region(page=1, quad=box(0, 0, 90, 11), word_ids=[1, 0]),
    ]
    assert two_pages(unit).spans(regions) == spans


def test_a_page_that_failed_leaves_its_regions_out() -> None:
    region = Region(page=7, quad=box(0, 0, 1, 1), word_ids=[0])
    assert (two_pages().spans([region]), two_pages().bounding_regions([region])) == ([], [])


@pytest.mark.parametrize(
    ("text", "n_elements"),
    [
        ("e\u0301a", 2),
        ("👩\u200d👧!", 2),
        ("👍🏽", 1),
        ("🇰🇷🇲🇾", 2),
        ("\u1112\u1161\u11ab\u1100", 2),
        ("합계", 2),
        ("\r\n", 1),
        ("❤\ufe0f", 1),
        ("\u0301", 1),
    ],
)
def test_text_elements_are_what_a_reader_takes_for_characters(text: str, n_elements: int) -> None:
    assert TextIndex(text, "textElements").span(0, len(text)) == {"offset": 0, "length": n_elements}


@given(st.text())
def test_offsets_agree_with_python(text: str) -> None:
    half = len(text) // 2
    in_utf16 = TextIndex(text, "utf16CodeUnit").span(half, len(text))
    encoded = [len(part.encode("utf-16-le", "surrogatepass")) // 2 for part in (text[:half], text)]
    assert in_utf16 == {"offset": encoded[0], "length": encoded[1] - encoded[0]}
    in_points = TextIndex(text, "unicodeCodePoint").span(half, len(text))
    assert in_points == {"offset": half, "length": len(text) - half}


def test_pages_with_a_resolution_count_in_inches() -> None:
    (found,) = content(page(1, ("a", box(72, 36, 144, 54)), dpi=72)).pages()
    assert (found["unit"], found["width"], found["height"]) == ("inch", 2.7778, 1.3889)
    assert found["words"] == [
        {
            "content": "a",
            "polygon": [1, 0.5, 2, 0.5, 2, 0.75, 1, 0.75],
            "confidence": 0.5,
            "span": {"offset": 0, "length": 1},
        }
    ]


@pytest.mark.parametrize(
    ("rotation", "angle", "size", "corner"),
    [
        (0, 0, (200, 100), [10, 20]),
        (90, 90, (100, 200), [80, 10]),
        (180, 180, (200, 100), [190, 80]),
        (270, -90, (100, 200), [20, 190]),
    ],
)
def test_a_turned_page_is_given_as_it_was_sent(
    rotation: int, angle: float, size: tuple[float, float], corner: list[float]
) -> None:
    plane = PagePlane.of(PageEntry(number=1, width=200, height=100, rotation=rotation))
    assert (plane.angle, plane.size) == (angle, size)
    assert plane.polygon([(10, 20)]) == corner


@given(
    st.floats(-20, 20),
    st.tuples(st.integers(50, 3000), st.integers(50, 3000)),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_undone_skew_is_done_again(
    skew: float, size: tuple[int, int], place: tuple[float, float]
) -> None:
    width, height = size
    x, y = place[0] * width, place[1] * height
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    level_width = math.ceil(width * cos + height * abs(sin))
    level_height = math.ceil(width * abs(sin) + height * cos)
    dx, dy = x - width / 2, y - height / 2
    moved = (cos * dx + sin * dy + level_width / 2, -sin * dx + cos * dy + level_height / 2)
    plane = PagePlane.of(PageEntry(number=1, width=level_width, height=level_height, skew=skew))
    assert plane.size == pytest.approx(size, abs=3)
    assert plane.polygon([moved]) == pytest.approx([x, y], abs=3)
