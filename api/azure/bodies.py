"""The document in a request to Azure's routes: the body itself, or named in JSON."""

from __future__ import annotations

import asyncio
import base64
import binascii
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import IO

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Message

from api.azure.faults import AzureFault, invalid
from api.azure.url_source import fetch
from api.azure.wire import AzureBody
from api.request_body import body_time, chunks_of
from ocr.errors import LimitExceededError
from ocr.limits import Limits
from workers.settings import Settings

MAX_AT_ONCE = 4
"""Documents that are held in memory at a time, as JSON and as bytes."""
FRAMING_BYTES = 64 * 1024
SPOOL_BYTES = 1024 * 1024

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Bodies:
    """Takes documents out of requests for one server.

    Args:
        settings: how long bodies may take, and where documents may be fetched from.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._holding = asyncio.Semaphore(MAX_AT_ONCE)
        self._fetching = asyncio.Semaphore(MAX_AT_ONCE)

    @asynccontextmanager
    async def document_of(self, request: Request, limits: Limits) -> AsyncIterator[Request]:
        """A request whose body is the document, good for as long as the block runs.

        Args:
            request: of whose body nothing was read.
            limits: on the document.

        Raises:
            AzureFault: the body breaks its form, or names a document that cannot be had.
            LimitExceededError: it is larger than allowed.
        ProblemError: it stopped coming.
        """
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type in _FORMS:
            message = "Send the document as the body, or as JSON."
            raise AzureFault(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, None, message)
        if media_type != "application/json":
            yield request
            return
        with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
            await self._receive(request, spool, limits.max_file_bytes)
            async with self._holding:
                body = await run_in_threadpool(_parsed, spool)
                if body.urlSource is None:
                    content = await run_in_threadpool(_decoded, body.base64Source or "")
                    yield _with_body(request, content)
                    return
        async with self._fetching:
            hosts = self._settings.url_source_hosts
            content = await run_in_threadpool(fetch, body.urlSource, hosts, limits)
            yield _with_body(request, content)

    async def _receive(self, request: Request, spool: IO[bytes], max_file_bytes: int) -> None:
        max_bytes = max_file_bytes * 4 // 3 + FRAMING_BYTES
        n_bytes = 0
        async for chunk in chunks_of(request, body_time(self._settings)):
            n_bytes += len(chunk)
            if n_bytes > max_bytes:
                raise LimitExceededError(
                    f"the file has more bytes than max_file_bytes allows, {max_file_bytes:,}"
                )
            await run_in_threadpool(spool.write, chunk)


def _parsed(spool: IO[bytes]) -> AzureBody:
    spool.seek(0)
    try:
        body = AzureBody.model_validate_json(spool.read())
    except ValidationError as error:
        raise invalid("The body is no JSON with base64Source or urlSource.") from error
    if (body.base64Source is None) == (body.urlSource is None):
        raise invalid("The body must have one of base64Source and urlSource.")
    return body


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("base64Source is no Base64.", "InvalidContent") from error


def _with_body(request: Request, content: bytes) -> Request:
    """The same request as if the document had been its body."""
    is_sent = False

    async def receive() -> Message:
        nonlocal is_sent
        body, is_sent = b"" if is_sent else content, True
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [
        (b"content-type", b"application/octet-stream"),
        (b"content-length", str(len(content)).encode()),
    ]
    return Request({**request.scope, "headers": headers}, receive)
