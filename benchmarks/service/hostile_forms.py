"""Bodies of `multipart/form-data` that break their form, and file names that would do harm."""

from __future__ import annotations

import numpy as np

BOUNDARY = b"xx"
NAMES = (
    "../../../../etc/cron.d/evil", "..\\..\\windows\\system32\\evil.exe", "/etc/passwd",
    "a\x00.jpg", "\u202egpj.exe", "A" * 10_000, "", ".", "..", "con", "\xff\xfe", "a\r\nX-Evil: 1",
    "%2e%2e%2f", "a/b/", "\\" * 500, "\U0001f600" * 300, "a\u0301" * 400, '"; name="other',
    "\ud800", "a;b=c", "~root", "$(reboot)", "' OR 1=1 --", "<script>alert(1)</script>",
    "\t\x0b\x1b[31m",
)  # fmt: skip
_DISPOSITIONS = (
    b'form-data; name="file"; filename*=utf-8\'\'%e2%82%ac.jpg',
    b'form-data; name="file"; filename*=nonsense\'\'%ff',
    b"form-data; name=\"file\"; filename*0*=utf-16''%ff%fe; filename*1=x",
    b"form-data; name*=utf-8''file", b"form-data", b"", b"\xff",
    b'form-data; name="file"; filename*=u\x00\'\'x', b'form-data; name="file"; name="other"',
    b'attachment; name="file"',
    b'form-data; name="file"; filename*0="a"; filename*2="c"; filename*x="d"',
    b"form-data; name=file; filename", b"form-data; name=", b'form-data; name="file"; filename*="',
    b"form-data; name=\"file\"; filename*=utf-8''" + b"%ff" * 3000, b'form-data; name="FILE"',
    b'form-data; name="file"; filename*99999999999999999999="x"',
    b"form-data; name=\"file\"; filename*='", b"form-data;" * 300,
    b"form-data; name=\"file\"; filename*=hex''41",
    b"form-data; name=\"file\"; filename*=idna''" + b"%c3" * 99, b';name="file"',
)  # fmt: skip


def form_of(content: bytes, name: str = "receipt.jpg") -> bytes:
    """A good form with one file, whatever its name may be."""
    disposition = f'form-data; name="file"; filename="{name}"'.encode("utf-8", "surrogatepass")
    return _part(content, disposition) + b"--xx--\r\n"


def hostile_form(rng: np.random.Generator, content: bytes) -> tuple[str, bytes]:
    """A content type and a body that do not go together, or do no good.

    Args:
        rng: chooses what is wrong.
        content: of the file in it.
    """
    given = "multipart/form-data; boundary=xx"
    good = form_of(content)
    part = _part(content)
    long_header = b"X-Long: " + b"y" * 100_000 + b"\r\n"
    headers = b"".join(b"X-%d: y\r\n" % number for number in range(5000))
    disposition = _DISPOSITIONS[int(rng.integers(len(_DISPOSITIONS)))]
    mixed = b"Content-Type: multipart/mixed; boundary="
    others = b"".join(_part(b"x", b'form-data; name="x"') for _ in range(1000))
    forms = (
        ("multipart/form-data", good), ("multipart/form-data; boundary=", good),
        ("multipart/form-data; boundary=" + "b" * 5000, good),
        ("multipart/form-data; boundary=zz", good),
        ('multipart/form-data; boundary="x\xe9x"', good), ("multipart/mixed; boundary=xx", good),
        ("multipart/form-data; boundary=xx; boundary=yy", good),
        ("multipart/form-data; boundary*0=x; boundary*1=x", good), (given, b""),
        (given, b"--xx--\r\n"), (given, b"\r\n" * 50_000), (given, part),
        (given, good[: int(rng.integers(1, len(good)))]), (given, part * 2 + b"--xx--\r\n"),
        (given, part + others + b"--xx--"),
        (given, others + good),
        (given, b"--xx\r\n" * 1000 + good), (given, good + good),
        (given, good + b"epilogue" * 20_000), (given, b"preamble" * 20_000 + b"\r\n" + good),
        (given, _part(good, extra=mixed + b"xx\r\n") + b"--xx--\r\n"),
        (given, _part(b"--yy\r\n\r\n--yy--", extra=mixed + b"yy\r\n") + b"--xx--\r\n"),
        (given, _part(content, extra=long_header) + b"--xx--\r\n"),
        (given, _part(content, extra=headers) + b"--xx--\r\n"),
        (given, _part(content, extra=b"no colon here\r\n") + b"--xx--\r\n"),
        (given, _part(content, extra=b": empty\r\n\x00: x\r\n") + b"--xx--\r\n"),
        (given, _part(content, extra=b"Content-Transfer-Encoding: base64\r\n") + b"--xx--\r\n"),
        (given, good.replace(b"\r\n", b"\n")),
        *[(given, _part(content, disposition) + b"--xx--\r\n")] * 8,
    )  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def _part(
    content: bytes, disposition: bytes = b'form-data; name="file"; filename="a"', extra: bytes = b""
) -> bytes:
    head = b"--xx\r\nContent-Disposition: " + disposition + b"\r\n" + extra + b"\r\n"
    return head + content + b"\r\n"
