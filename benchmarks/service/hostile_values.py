"""Parameters, headers, lengths, lines and JSON that no well-meaning client sends."""

from __future__ import annotations

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
