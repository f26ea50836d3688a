"""Words files: JSON with the words of a document that another OCR has read.

`{"pages": [{"width": 864, "height": 1296, "words": [{"text": "TOTAL", "quad": [[x, y], …]}]}]}`;
`box: [left, top, right, bottom]` may stand for `quad`, and a word may carry its `confidence`.
Other keys are left alone: they belong to whoever wrote the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import NoReturn

from ocr.errors import InvalidWordsError
from ocr.formats import MediaType
from ocr.limits import Limits
from ocr.source import LoadedPage
from ocr.types import Page, Point, Quad, Word

MAX_OVERHANG = 0.01
"""Share of the page's longer side by which a corner may lie outside: OCR engines round outwards."""

Json = dict[str, "Json"] | list["Json"] | str | float | int | bool | None


class WordsFile:
    """A words file, checked as a whole when it is opened.

    Args:
        data: of the file.
        limits: on pages, page size and words.

    Raises:
        InvalidWordsError: the form is broken; the message names the place.
        LimitExceededError: too many pages or words, or a page too large.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        pages = _list(_key(_object(_parse(data), "the file"), "pages", ""), "pages")
        if not pages:
            raise InvalidWordsError("pages: a words file needs at least one page")
        limits.check_pages(len(pages))
        self._pages = [_page(page, f"pages[{i}]", i + 1, limits) for i, page in enumerate(pages)]

    @property
    def media_type(self) -> MediaType:
        """Of the file's content."""
        return "application/json"

    @property
    def n_pages(self) -> int:
        """At least 1."""
        return len(self._pages)

    def load(self, index: int) -> LoadedPage:
        """One page with its words in the given order; see DocumentSource."""
        return self._pages[index]


def words_json(pages: Iterable[Page]) -> str:
    """Pages as the text of a words file, each word with its confidence."""
    entries = [
        {
            "width": page.width,
            "height": page.height,
            "words": [
                {
                    "text": word.text,
                    "quad": [[round(x, 2), round(y, 2)] for x, y in word.quad.corners],
                    "confidence": round(word.confidence, 4),
                }
                for word in page.words
            ],
        }
        for page in pages
    ]
    return json.dumps({"pages": entries}, ensure_ascii=False) + "\n"


def _parse(data: bytes) -> Json:
    try:
        parsed: Json = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidWordsError(f"the words file is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise InvalidWordsError(
            f"the words file is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        ) from error
    except (RecursionError, ValueError) as error:
        raise InvalidWordsError(
            "the words file is nested too deeply or holds a number of too many digits"
        ) from error
    return parsed


def _page(value: Json, place: str, number: int, limits: Limits) -> LoadedPage:
    page = _object(value, place)
    width, height = (_side(_key(page, key, place), f"{place}.{key}") for key in ("width", "height"))
    limits.check_page_pixels(width, height)
    words = _list(_key(page, "words", place), f"{place}.words")
    limits.check_words(len(words), number)
    return LoadedPage(
        width,
        height,
        image=None,
        words=tuple(
            _word(word, f"{place}.words[{i}]", width, height) for i, word in enumerate(words)
        ),
        source="words",
    )


def _word(value: Json, place: str, width: int, height: int) -> Word:
    word = _object(value, place)
    text = _text(_key(word, "text", place), f"{place}.text")
    if "quad" in word:
        quad_place = f"{place}.quad"
        quad = _quad(word["quad"], quad_place)
    elif "box" in word:
        quad_place = f"{place}.box"
        quad = _box(word["box"], quad_place)
    else:
        _fail(place, 'has neither "quad" nor "box"')
    confidence = _number(word.get("confidence", 1.0), f"{place}.confidence")
    if not 0 <= confidence <= 1:
        _fail(f"{place}.confidence", f"{confidence:g} is not between 0 and 1")
    return Word(text, _inside(quad, quad_place, width, height), confidence)


def _quad(value: Json, place: str) -> Quad:
    corners = _list(value, place)
    if len(corners) != 4:
        _fail(place, f"needs 4 corners, has {len(corners)}")
    a, b, c, d = (_point(corner, f"{place}[{i}]") for i, corner in enumerate(corners))
    doubled_area = sum(p[0] * q[1] - q[0] * p[1] for p, q in ((a, b), (b, c), (c, d), (d, a)))
    if doubled_area < 0:
        _fail(
            place,
            "its corners run counter-clockwise; they start at the text's top left and "
            "run clockwise",
        )
    return Quad((a, b, c, d))


def _box(value: Json, place: str) -> Quad:
    sides = _list(value, place)
    if len(sides) != 4:
        _fail(place, f"needs left, top, right and bottom, has {len(sides)} numbers")
    left, top, right, bottom = (_number(side, f"{place}[{i}]") for i, side in enumerate(sides))
    if left > right or top > bottom:
        _fail(place, f"[{left:g}, {top:g}, {right:g}, {bottom:g}] is turned inside out")
    return Quad.from_box((left, top, right, bottom))


def _point(value: Json, place: str) -> Point:
    pair = _list(value, place)
    if len(pair) != 2:
        _fail(place, f"needs x and y, has {len(pair)} numbers")
    return _number(pair[0], f"{place}[0]"), _number(pair[1], f"{place}[1]")


def _inside(quad: Quad, place: str, width: int, height: int) -> Quad:
    """The quad clipped to the page; one that lies outside by more than rounding is refused."""
    overhang = max(1.0, MAX_OVERHANG * max(width, height))
    for x, y in quad.corners:
        if not (-overhang <= x <= width + overhang and -overhang <= y <= height + overhang):
            _fail(place, f"the corner ({x:g}, {y:g}) lies outside the page of {width} x {height}")
    a, b, c, d = _clipped(quad, width, height)
    return Quad((a, b, c, d))


def _clipped(quad: Quad, width: int, height: int) -> Iterator[Point]:
    for x, y in quad.corners:
        yield min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))


def _side(value: Json, place: str) -> int:
    length = _number(value, place)
    if length <= 0:
        _fail(place, f"{length:g} is not positive")
    return math.ceil(length)


def _number(value: Json, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _fail(place, f"needs a number, has {_kind(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        _fail(place, f"{value if isinstance(value, float) else 'the number'} is not finite")
    return number


def _text(value: Json, place: str) -> str:
    if not isinstance(value, str):
        _fail(place, f"needs a string, has {_kind(value)}")
    if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        _fail(place, "holds half of a surrogate pair, which is no character")
    return value


def _object(value: Json, place: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        _fail(place, f"needs an object, has {_kind(value)}")
    return value


def _list(value: Json, place: str) -> list[Json]:
    if not isinstance(value, list):
        _fail(place, f"needs a list, has {_kind(value)}")
    return value


def _key(value: dict[str, Json], key: str, place: str) -> Json:
    if key not in value:
        _fail(f"{place}.{key}" if place else key, "is missing")
    return value[key]


def _kind(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "an object"


def _fail(place: str, what: str) -> NoReturn:
    raise InvalidWordsError(f"{place}: {what}")
