"""Words files that break their form, each in its own way."""

from __future__ import annotations

import numpy as np

ENTRIES = (
    "NaN", "Infinity", "-Infinity", "1e400", "-1e308", "1e308", "9" * 5000, "-0.0", "1e-320",
    "null", "true", '"1"', "[]", "{}", "1e7", "99999999999999999999", "0", "0.5", "-1",
)  # fmt: skip
TEXTS = (
    '"A"', '""', "null", "1", '"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\u202e0.01 LATOT"',
    '["A"]', '"' + "A" * 100_000 + '"', '"' + "\\u0301" * 2000 + '"', '"\\ufdfd\\ufdfa"', '" "',
    '"\\ud83d\\ude00"',
)  # fmt: skip
DEEP = 100_000
QUAD = "[[10,10],[90,10],[90,30],[10,30]]"


def broken_words(rng: np.random.Generator) -> bytes:
    """A words file with something wrong in one place, or in several."""
    whole = rng.random()
    if whole < 0.2:
        return _WHOLES[int(rng.integers(len(_WHOLES)))]
    if whole < 0.3:
        return _bits_flipped(rng)
    size = _pick(rng, ENTRIES) if rng.random() < 0.3 else "864"
    text = _pick(rng, TEXTS) if rng.random() < 0.5 else '"TOTAL"'
    quad = QUAD
    if rng.random() < 0.6:
        quad = quad.replace("90", _pick(rng, ENTRIES), int(rng.integers(1, 3)))
    key = "box" if rng.random() < 0.1 else "quad"
    word = f'{{"text": {text}, "{key}": {quad}}}'
    words = ",".join([word] * int(rng.choice([1, 1, 1, 2, 100, 6000])))
    page = f'{{"width": {size}, "height": 1296, "words": [{words}]}}'
    return f'{{"pages": [{",".join([page] * int(rng.choice([1, 1, 1, 2])))}]}}'.encode()


def _bits_flipped(rng: np.random.Generator) -> bytes:
    word = f'{{"text": "TOTAL", "quad": {QUAD}}}'
    content = bytearray(
        f'{{"pages": [{{"width": 864, "height": 99, "words": [{word}]}}]}}'.encode()
    )
    for position in rng.integers(1, len(content), size=int(rng.integers(1, 4))):
        content[int(position)] ^= 1 << int(rng.integers(8))
    return bytes(content)


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


_WHOLES = (
    b"{", b"[]", b"{}", b"[1,2,3]", b'{"pages": []}', b'{"pages": null}', b'{"pages": {}}',
    b'{"pages": [null]}', b'{"pages": [[]]}', b'{"pages": [{}]}',
    b'{"pages": [{"width": 1, "height": 1}]}', b"{\xff\xfe}",
    b'{"pages": [{"width": 9, "height": 9, "words": [null]}]}',
    b'{"pages": [{"width": 9, "height": 9, "words": "AAAA"}]}',
    b'{"pages": [{"width": 9, "height": 9, "words": []}], "pages": 3}', b'{"\\ud800": 1}',
    b'{"pages": [{"\\ud800": 1}]}', b"{}" * 1000, b"\xef\xbb\xbf{}", b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP, b'{"pages": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"pages": [' + b",".join([b'{"width": 9, "height": 9, "words": []}'] * 3000) + b"]}",
    b'{"pages": ' + b"9" * 10_000 + b"}",
)  # fmt: skip
