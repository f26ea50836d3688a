"""Uploads as no well-meaning client sends them, as the bytes that go over the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from benchmarks.service.hostile_files import good_file, hostile_file
from benchmarks.service.hostile_forms import NAMES, form_of, hostile_form
from benchmarks.service.hostile_values import (
    CHUNK_SIZES,
    FLAGS,
    HEADERS,
    JSON_PATHS,
    JSONS,
    KEYS,
    LENGTHS,
    LINES,
    LISTS,
    PAGES,
    TYPES,
    WAITS,
)

GOOD = "good"
"""The kind of uploads that must be accepted."""

GOOD_SHARE, FILE_SHARE = 0.3, 0.45
HANGING_UP_SHARE = 0.2
STALLING_SHARE = 0.02
ENDS_AFTER_SECONDS = 0.3
ENDLESS_CHUNKS = 150
CHUNK_BYTES = 64 * 1024
N_KEYS = 20

Rng = np.random.Generator


@dataclass(frozen=True)
class HostileRequest:
    """What one client sends.

    Attributes:
        kind: what is wrong with it, or `GOOD`.
        chunks: bytes that are sent one after the other.
        hangs_up: whether it goes away without hearing the answer.
        ends_after: seconds after which it says that nothing more will come; None for never.
    """

    kind: str
    chunks: tuple[bytes, ...]
    hangs_up: bool = False
    ends_after: float | None = None


def hostile_request(seed: int, number: int, host: str) -> HostileRequest:
    """The request of that number; the same arguments give the same one.

    Args:
        seed: of the whole run.
        number: of the request within it.
        host: name and port of the service.
    """
    rng = np.random.default_rng([seed, number])
    choice = float(rng.random())
    if choice < GOOD_SHARE:
        body, extra = _packed(rng, good_file(rng))
        return HostileRequest(GOOD, (_head(host, extra=extra), body))
    if choice < GOOD_SHARE + FILE_SHARE:
        kind, content = hostile_file(rng)
        body, extra = _packed(rng, content)
        return HostileRequest(kind, (_head(host, extra=extra), body))
    kinds = tuple(_REQUESTS)
    kind = kinds[int(rng.integers(len(kinds)))]
    return _REQUESTS[kind](rng, host)


def _head(
    host: str,
    path: str = "/v1/documents",
    extra: str = "",
    line: bytes | None = None,
) -> bytes:
    line = line if line is not None else f"POST {path} HTTP/1.1".encode("latin-1", "replace")
    given = "" if "host:" in extra.lower() else f"Host: {host}\r\n"
    head = f"\r\n{given}Connection: close\r\n{extra}\r\n"
    return line + head.encode("latin-1", "replace")


def _length(body: bytes) -> str:
    return f"Content-Length: {len(body)}\r\n"


def _packed(rng: Rng, content: bytes) -> tuple[bytes, str]:
    """A body that holds a file, and the headers that belong to it."""
    way = float(rng.random())
    if way < 0.5:
        return content, _length(content)
    if way < 0.6:
        chunked = b"%x\r\n%s\r\n" % (len(content), content) if content else b""
        return chunked + b"0\r\n\r\n", "Transfer-Encoding: chunked\r\n"
    body = form_of(content)
    return body, f"Content-Type: multipart/form-data; boundary=xx\r\n{_length(body)}"


def _pick(rng: Rng, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _pick_bytes(rng: Rng, choices: tuple[bytes, ...]) -> bytes:
    return choices[int(rng.integers(len(choices)))]


def _any_file(rng: Rng) -> bytes:
    return good_file(rng) if rng.random() < 0.5 else hostile_file(rng)[1]


def _bad_query(rng: Rng, host: str) -> HostileRequest:
    choices = (
        "type=" + _pick(rng, TYPES),
        "wait=" + _pick(rng, WAITS),
        "pages=" + quote(_pick(rng, PAGES), safe="%,-"),
        _pick(rng, FLAGS),
    )
    body, extra = _packed(rng, good_file(rng))
    path = f"/v1/documents?{_pick(rng, choices)}"
    return HostileRequest("bad query", (_head(host, path, extra), body))


def _bad_list(rng: Rng, host: str) -> HostileRequest:
    line = f"GET /v1/documents?{_pick(rng, LISTS)} HTTP/1.1".encode()
    return HostileRequest("bad list query", (_head(host, line=line),))


def _bad_header(rng: Rng, host: str) -> HostileRequest:
    body = _any_file(rng)
    extra = _pick(rng, HEADERS) + "\r\n" + _length(body)
    return _unframed("bad header", _head(host, extra=extra), body)


def _many_headers(rng: Rng, host: str) -> HostileRequest:
    extra = "".join(f"X-{number}: {number}\r\n" for number in range(int(rng.integers(50, 2000))))
    body = good_file(rng)
    return HostileRequest("many headers", (_head(host, extra=extra + _length(body)), body))


def _bad_length(rng: Rng, host: str) -> HostileRequest:
    extra = f"Content-Length: {_pick(rng, LENGTHS)}\r\n"
    return _unframed("bad Content-Length", _head(host, extra=extra), _any_file(rng))


def _untrue_length(rng: Rng, host: str) -> HostileRequest:
    """Too little for the announced length, then silence or the line's end."""
    body = _any_file(rng)
    announced = len(body) + int(rng.choice([1, 1000, 10**9]))
    head = _head(host, extra=f"Content-Length: {announced}\r\n")
    way = float(rng.random())
    if way < HANGING_UP_SHARE:
        return HostileRequest("hangs up", (head, body), hangs_up=True)
    if way < HANGING_UP_SHARE + STALLING_SHARE:
        return HostileRequest("stalls", (head, body))
    return _unframed("breaks off", head, body)


def _unframed(kind: str, *chunks: bytes) -> HostileRequest:
    """A request of which the service may wait for more."""
    return HostileRequest(kind, chunks, ends_after=ENDS_AFTER_SECONDS)


def _endless(rng: Rng, host: str) -> HostileRequest:
    """A body in chunks far beyond what a file may have."""
    filler = b"%x\r\n%s\r\n" % (CHUNK_BYTES, rng.bytes(CHUNK_BYTES))
    extra = "Transfer-Encoding: chunked\r\n"
    chunks = [filler] * ENDLESS_CHUNKS
    if rng.random() < 0.5:
        extra += "Content-Type: multipart/form-data; boundary=xx\r\n"
        opening = b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        chunks = [b"%x\r\n%s\r\n" % (len(opening), opening), *chunks]
    return HostileRequest("endless", (_head(host, extra=extra), *chunks))


def _bad_chunks(rng: Rng, host: str) -> HostileRequest:
    body = good_file(rng)
    size = _pick_bytes(rng, CHUNK_SIZES)
    extra = "Transfer-Encoding: chunked\r\n"
    if rng.random() < 0.3:
        extra += _length(body)
    return _unframed("bad chunks", _head(host, extra=extra), size + b"\r\n" + body)


def _bad_form(rng: Rng, host: str) -> HostileRequest:
    content_type, body = hostile_form(rng, good_file(rng))
    extra = f"Content-Type: {content_type}\r\n{_length(body)}"
    return HostileRequest("bad form", (_head(host, extra=extra), body))


def _bad_name(rng: Rng, host: str) -> HostileRequest:
    name, content = _pick(rng, NAMES), good_file(rng)
    if rng.random() < 0.5:
        body = form_of(content, name)
        extra = f"Content-Type: multipart/form-data; boundary=xx\r\n{_length(body)}"
    else:
        body, clean = content, name.replace("\r", "").replace("\n", "")
        extra = f'Content-Disposition: attachment; filename="{clean}"\r\n{_length(body)}'
    return HostileRequest("bad name", (_head(host, extra=extra), body))


def _bad_key(rng: Rng, host: str) -> HostileRequest:
    """Keys that are none, and a few that are sent again and again with other documents."""
    body = _any_file(rng)
    key = _pick(rng, KEYS) if rng.random() < 0.4 else f"key-{int(rng.integers(N_KEYS))}"
    extra = f"Idempotency-Key: {key}\r\n{_length(body)}"
    if rng.random() < 0.1:
        extra = f"Idempotency-Key: {key}-again\r\n{extra}"
    return HostileRequest("abused key", (_head(host, extra=extra), body))


def _bad_line(rng: Rng, host: str) -> HostileRequest:
    return _unframed("bad request line", _head(host, line=_pick_bytes(rng, LINES)))


def _bad_json(rng: Rng, host: str) -> HostileRequest:
    body = _pick_bytes(rng, JSONS)
    extra = f"Content-Type: application/json\r\n{_length(body)}"
    return HostileRequest("bad JSON", (_head(host, _pick(rng, JSON_PATHS), extra), body))


_REQUESTS: dict[str, Callable[[Rng, str], HostileRequest]] = {
    "bad query": _bad_query,
    "bad list query": _bad_list,
    "bad header": _bad_header,
    "many headers": _many_headers,
    "bad Content-Length": _bad_length,
    "breaks off": _untrue_length,
    "endless": _endless,
    "bad chunks": _bad_chunks,
    "bad form": _bad_form,
    "bad form, again": _bad_form,
    "bad name": _bad_name,
    "abused key": _bad_key,
    "bad request line": _bad_line,
    "bad JSON": _bad_json,
}
