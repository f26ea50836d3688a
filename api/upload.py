"""Takes a document off the wire, chunk by chunk, into the blob store.

The size limit holds while the bytes come in; whatever goes wrong, nothing is left behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import PurePosixPath

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.problems import ProblemError
from ocr.errors import LimitExceededError
from ocr.limits import Limits
from workers.blobs import BlobWriter

FIELD = "file"
FRAMING_BYTES = 64 * 1024  # what a multipart body may have around the file
WRITE_BYTES = 256 * 1024
MAX_NAME_CHARACTERS = 200
DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """On one upload: the document's own limits, and the longest silence in seconds."""

    document: Limits
    idle_seconds: float


async def receive(request: Request, writer: BlobWriter, limits: UploadLimits) -> str | None:
    """Write the document in a request's body to a blob, without committing it.

    The body is the document itself, or `multipart/form-data` with exactly one part, `file`.

    Args:
        request: whose body was not read yet.
        writer: an open writer.
        limits: on the upload.

    Returns:
        The file's name as the sender gave it, if any, cut to a harmless form.

    Raises:
        LimitExceededError: it is larger than allowed; known from its announced length if possible.
        ProblemError: the body breaks its form, or stopped coming.
    """
    chunks = _chunks(request, limits.idle_seconds)
    try:
        _check_announced(request, limits.document)
        headers = Message()
        headers["content-type"] = request.headers.get("content-type", "")
        headers["content-disposition"] = request.headers.get("content-disposition", "")
        sink = _Sink(writer, limits.document)
        if headers.get_content_type() == "multipart/form-data":
            name = await _receive_multipart(chunks, sink, _boundary(headers))
        else:
            async for chunk in chunks:
                await sink.write(chunk)
            name = _filename(headers)
        await sink.flush()
    except (LimitExceededError, ProblemError):
        # A client that still sends would never see the answer: hear it out for a moment. One that
        # asked before sending has not begun.
        if "expect" not in request.headers:
            await _drain(chunks)
        raise
    return _harmless(name)


class _Sink:
    """Gathers small chunks and writes them away from the event loop."""

    def __init__(self, writer: BlobWriter, limits: Limits) -> None:
        self._writer = writer
        self._limits = limits
        self._buffer = bytearray()
        self._n_bytes = 0

    async def write(self, chunk: bytes) -> None:
        self._n_bytes += len(chunk)
        if self._n_bytes > self._limits.max_file_bytes:
            raise LimitExceededError(
                f"the file has more bytes than max_file_bytes allows, "
                f"{self._limits.max_file_bytes:,}"
            )
        self._buffer += chunk
        if len(self._buffer) >= WRITE_BYTES:
            await self.flush()

    async def flush(self) -> None:
        if self._buffer:
            content = bytes(self._buffer)
            self._buffer.clear()
            await run_in_threadpool(self._writer.write, content)


class _Form:
    """Follows a multipart parser: keeps the one file part's data, refuses every other part."""

    def __init__(self, boundary: str) -> None:
        self.filename: str | None = None
        self.n_files = 0
        self.is_complete = False
        self.data = bytearray()
        self._headers = Message()
        self._name = b""
        self._value = b""
        self._parser = MultipartParser(
            boundary.encode("latin-1", "replace"),
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_name,
                "on_header_value": self._add_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._add_data,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> bytes:
        """Parse a chunk; returns the file's bytes in it."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _bad_form(f"the multipart body breaks its form: {error}") from error
        data = bytes(self.data)
        self.data.clear()
        return data

    def _begin_part(self) -> None:
        self._headers = Message()

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        name, value = self._name.decode("latin-1"), self._value.decode("utf-8", "replace")
        self._headers[name] = " ".join(value.splitlines())
        self._name = self._value = b""

    def _end_headers(self) -> None:
        field = _field(self._headers)
        if field != FIELD:
            raise _bad_form(f"the form may hold one part, {FIELD!r}, not {str(field)[:80]!r}")
        self.n_files += 1
        if self.n_files > 1:
            raise _bad_form(f"the form holds {FIELD!r} more than once: send one file a request")
        self.filename = _filename(self._headers)

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        self.data += data[start:end]

    def _end(self) -> None:
        self.is_complete = True


async def _receive_multipart(
    chunks: AsyncIterator[bytes], sink: _Sink, boundary: str | None
) -> str | None:
    if not boundary:
        raise _bad_form("the multipart body has no boundary")
    try:
        form = _Form(boundary)
    except FormParserError as error:
        raise _bad_form(str(error)) from error
    n_framing_bytes = 0
    async for chunk in chunks:
        data = form.feed(chunk)
        n_framing_bytes += len(chunk) - len(data)
        if n_framing_bytes > FRAMING_BYTES:
            raise _bad_form("the multipart body has too much around the file")
        await sink.write(data)
    if not form.is_complete:
        raise _bad_form("the multipart body breaks off before its end")
    if form.n_files == 0:
        raise _bad_form(f"the form has no part {FIELD!r}")
    return form.filename


async def _chunks(request: Request, idle_seconds: float) -> AsyncIterator[bytes]:
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(idle_seconds):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            detail = f"the upload sent nothing for {idle_seconds:g} seconds"
            raise ProblemError(HTTPStatus.REQUEST_TIMEOUT, "upload_stalled", detail) from error
        if chunk is None:
            return
        yield chunk


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass
    except (TimeoutError, ProblemError):
        return


def _check_announced(request: Request, limits: Limits) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.max_file_bytes + FRAMING_BYTES:
        raise LimitExceededError(
            f"the upload has {int(announced):,} bytes; "
            f"max_file_bytes allows {limits.max_file_bytes:,}"
        )


# RFC 2231 lets parameters name a character set, and Python's parser has any of its codecs decode
# them: some of these raise for what others would replace.


def _boundary(headers: Message) -> str | None:
    try:
        return headers.get_boundary()
    except ValueError as error:
        raise _bad_form("the boundary of the multipart body cannot be decoded") from error


def _field(headers: Message) -> object:
    try:
        return headers.get_param("name", header="content-disposition")
    except ValueError as error:
        raise _bad_form("the head of a part cannot be decoded") from error


def _filename(headers: Message) -> str | None:
    """The name that a document has at its sender's; None also where it cannot be decoded."""
    try:
        return headers.get_filename()
    except ValueError:
        return None


def _bad_form(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.BAD_REQUEST, "invalid_form", detail)


def _harmless(name: str | None) -> str | None:
    """The last part of a name, printable and not too long."""
    if name is None:
        return None
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[:MAX_NAME_CHARACTERS] or None
