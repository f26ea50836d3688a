"""Takes a document off the wire, chunk by chunk, into the blob store.

The size limit holds while the bytes come in; whatever goes wrong, nothing is left behind.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.forms import FIELD, FRAMING_BYTES, FormParser, bad_form, boundary_of
from api.problems import ProblemError
from api.request_body import (
    BodyTime,
    announced_bytes,
    body_headers,
    chunks_of,
    filename_of,
    hear_out,
    shown_name,
)
from ocr.errors import LimitExceededError
from ocr.limits import Limits
from workers.blobs import BlobWriter
from workers.full_disk import StorageFullError

WRITE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """On one upload: the document's own limits, and how long it may take."""

    document: Limits
    time: BodyTime


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
        StorageFullError: it does not fit on the disk.
    """
    chunks = chunks_of(request, limits.time)
    try:
        _check_announced(announced_bytes(request), limits.document)
        headers = body_headers(request)
        sink = _Sink(writer, limits.document)
        if headers.get_content_type() == "multipart/form-data":
            name = await _receive_form(chunks, sink, FormParser(boundary_of(headers)))
        else:
            async for chunk in chunks:
                await sink.write(chunk)
            name = filename_of(headers)
        await sink.flush()
    except (LimitExceededError, StorageFullError, ProblemError):
        await hear_out(request, chunks)
        raise
    return shown_name(name)


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


async def _receive_form(chunks: AsyncIterator[bytes], sink: _Sink, form: FormParser) -> str | None:
    filename = None
    async for chunk in chunks:
        for event in form.feed(chunk):
            if isinstance(event, bytes):
                await sink.write(event)
                continue
            if form.n_files > 1:
                raise bad_form(
                    f"the form holds {FIELD!r} more than once: send one file a request, "
                    "or make a batch"
                )
            filename = event.filename
    form.check_end()
    return filename


def _check_announced(n_bytes: int, limits: Limits) -> None:
    if n_bytes > limits.max_file_bytes + FRAMING_BYTES:
        raise LimitExceededError(
            f"the upload has {n_bytes:,} bytes; max_file_bytes allows {limits.max_file_bytes:,}"
        )
