"""Uploads as no well-meaning client sends them, as the bytes that go over the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from benchmarks.service.hostile_files import good_file, hostile_file
from benchmarks.service.hostile_forms import NAMES, form_of, hostile_form

GOOD = "good"
"""The kind of uploads that must be accepted."""

GOOD_SHARE, FILE_SHARE = 0.3, 0.45
HANGING_UP_SHARE = 0.2
STALLING_SHARE = 0.02
ENDS_AFTER_SECONDS = 0.3
ENDLESS_CHUNKS = 150
CHUNK_BYTES = 64 * 1024
N_KEYS = 20

TYPES = (
    "nonsense", "../../../etc/passwd", "%00", "%ff%fe", "a" * 5000, "", "receipt&type=invoice",
    "%F0%9F%98%80", "receipt%0d%0aX:1", "%ED%A0%80", "RECEIPT", "auto%20",
)  # fmt: skip
WAITS = ("nan", "inf", "-inf", "-1", "1e400", "abc", "", "0x10", "1e-320", "%00", "9" * 400)
PAGES = (
    "0", "-1", "1-", "3-1", "1-99999999999", "1," * 400 + "1", "%D9%A1", "1-1000000", "", ",",
    "999999999", "1--2", "\u0661", "9" * 900, "1-200,201-400",
)  # fmt: skip
FLAGS = (
    "words=maybe",
    "lane=fast",
    "lane=batch&lane=interactive",
    "lane=",
    "words=%00",
    "a" * 7000,
    "&&&=&=",
    "%",
    "%zz=1",
)
LISTS = (
    "limit=0", "limit=1e9", "limit=-1", "limit=999999999999999999999999", "cursor=AAAA",
    "cursor=%00", "cursor=bmFuIGFiYw==", "cursor=bmFuIDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw",
    "cursor=MWU0MDAgMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=", "cursor=====",
    "cursor=%ED%A0%80", "cursor=%C3%A9", "limit=5&limit=x",
)  # fmt: skip
KEYS = (
    "",
    " ",
    "a b",
    "\xe9",
    "k" * 256,
    "k" * 5000,
    "\x7f",
    "\x00",
    '"',
    "\u0661".encode().decode("latin-1"),
)
HEADERS = (
    "Origin: http://[", "Origin: null", "Origin: //", "Origin: http://127.0.0.1:99999999",
    "Host: [::1", "Host: 127.0.0.1:x", "Host: \xff\xfe", "Host:", "Content-Type: \xff",
    "Content-Type: multipart/form-data", "Content-Type: ;;;=", "Content-Type: a/b; a*0*=x",
    "Content-Type: multipart/form-data; boundary*=utf-8''x",
    "Content-Type: multipart/form-data; boundary*=bad''%ff", "Accept: " + "a," * 5000,
    "Expect: 100-continue", "Expect: nonsense", "Content-Encoding: gzip",
    "Range: bytes=0-99999999999", "Authorization: Bearer " + "x" * 9000, "Authorization: \xff\xff",
    "X-API-Key: ds_\xff", "X-API-Key:", "Cookie: " + "a=b;" * 9000,
    "If-None-Match: " + '"x",' * 3000, "Sec-Fetch-Site: cross-site", "X: a\x00b", "X: a\r b",
    "X : y", ": y", "Upgrade: websocket", "Connection: Upgrade, HTTP2-Settings",
    "Transfer-Encoding: gzip", "Transfer-Encoding: chunked", "Forwarded: for=\xff",
    "X" * 70_000 + ": 1", "X-Forwarded-For: " + "1." * 20_000, "Traceparent: 00-x",
    "Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=b",
)  # fmt: skip
LENGTHS = (
    "-1", "abc", "1e3", "99999999999999999999", "9" * 5000, "+5", "0x10", "", "5, 5",
    "5\r\nContent-Length: 6", "\xb2", "9223372036854775807", "1\r\nTransfer-Encoding: chunked",
)  # fmt: skip
CHUNK_SIZES = (
    b"zz",
    b"-1",
    b"FFFFFFFFFFFFFFFFFF",
    b"",
    b"7fffffff",
    b"5;" + b"x" * 20_000,
    b"0x5",
    b" 5",
    b"5 ",
)
LINES = (
    b"GET /v1/documents HTTP/9.9", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"POST",
    b"POST  /v1/documents  HTTP/1.1", b"PRI * HTTP/2.0", b"POST /v1/documents\x00 HTTP/1.1",
    b"POST /" + b"a" * 100_000 + b" HTTP/1.1", b"\r\n\r\n\r\n", b"CONNECT 127.0.0.1:1 HTTP/1.1",
    b"BREW /v1/documents HTTP/1.1", b"POST http://[ HTTP/1.1", b"OPTIONS * HTTP/1.1",
    b"GET /v1/documents/../../../../etc/passwd HTTP/1.1",
    b"GET /static/%2e%2e/%2e%2e/app.py HTTP/1.1", b"GET /static/%00 HTTP/1.1",
    b"GET /v1/documents/%00/result HTTP/1.1",
    b"GET /v1/documents/" + b"0" * 32 + b"/pages/99999999999999999999 HTTP/1.1",
    b"GET /static/" + b"a" * 5000 + b" HTTP/1.1", b"TRACE /v1/documents HTTP/1.1",
    b"POST /v1/documents HTTP/1.0",
)  # fmt: skip
JSONS = (
    b"{", b"[]", b"null", b'{"url": "http://\\ud800"}', b'{"\\ud800": 1}', b'{"url": 1}',
    b'{"url": "http://["}', b"[" * 100_000, b'{"url": "http://a\\u0000b/"}',
    b'{"url": "' + b"a" * 100_000 + b'"}', b'{"url": "http://127.0.0.1:99999/"}',
    b'{"url": "http://xn--/"}', b'{"url": "http://' + b"a." * 3000 + b'/"}',
    b'{"base64Source": "\xff"}', b'{"base64Source": "!!"}', b'{"base64Source": 1e400}',
    b'{"base64Source": "' + b"A" * 99_999 + b'"}',
    b'{"base64Source": null, "urlSource": "file:///etc/passwd"}', b"9" * 5000,
    b'{"urlSource": "http://[::ffff:127.0.0.1]:1/"}', b'{"urlSource": "http://\\ud800/"}',
    b'{"base64Source": "\\ud800"}', b"NaN",
)  # fmt: skip
JSON_PATHS = (
    "/v1/webhooks",
    "/documentintelligence/documentModels/prebuilt-receipt:analyze?api-version=2024-11-30",
    "/formrecognizer/documentModels/prebuilt-receipt:analyze?api-version=2023-07-31",
)  # fmt: skip

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
