"""A request's body as it comes in, and what its headers say of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import Message
from http import HTTPStatus
from pathlib import PurePosixPath

from starlette.requests import Request

from api.problems import ProblemError
from ocr.errors import LimitExceededError

MAX_NAME_CHARACTERS = 200
DRAIN_SECONDS = 5.0


async def chunks_of(request: Request, idle_seconds: float) -> AsyncIterator[bytes]:
    """The body, piece by piece.

    Raises:
        ProblemError: nothing came for so many seconds.
    """
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


async def receive_small(request: Request, *, max_bytes: int, idle_seconds: float) -> bytes:
    """A body that is held in memory as a whole.

    Args:
        request: of which nothing was read yet.
        max_bytes: that it may have.
        idle_seconds: that it may be silent for.

    Raises:
        ProblemError: it stopped coming.
        LimitExceededError: it has more bytes.
    """
    body = bytearray()
    async for chunk in chunks_of(request, idle_seconds):
        body += chunk
        if len(body) > max_bytes:
            raise LimitExceededError(f"the body has more than {max_bytes:,} bytes")
    return bytes(body)


async def hear_out(request: Request, chunks: AsyncIterator[bytes]) -> None:
    """Take in for a moment what a refused client still sends: else it never sees the answer.

    One that asked before sending has not begun.
    """
    if "expect" in request.headers:
        return
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass
    except (TimeoutError, ProblemError):
        return


def body_headers(request: Request) -> Message:
    """What the headers say of the body: its type, its boundary, its file's name."""
    headers = Message()
    headers["content-type"] = request.headers.get("content-type", "")
    headers["content-disposition"] = request.headers.get("content-disposition", "")
    return headers


def filename_of(headers: Message) -> str | None:
    """The name that a document has at its sender's; None also where it cannot be decoded."""
    try:
        return headers.get_filename()
    except ValueError:  # of one of the many codecs that RFC 2231 lets a parameter name
        return None


def announced_bytes(request: Request) -> int:
    """The body's length as the client announces it; 0 where it does not."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isdecimal() else 0


def has_body(request: Request) -> bool:
    """Whether anything is sent besides the headers (RFC 9112, 6.3)."""
    return announced_bytes(request) > 0 or "transfer-encoding" in request.headers


def shown_name(name: str | None) -> str | None:
    """The last part of a file's name, printable and not too long."""
    path = shown_path(name)
    return None if path is None else PurePosixPath(path).name


def shown_path(name: str | None) -> str | None:
    """A file's name with its folders, printable, without leading upwards, and not too long."""
    parts = (name or "").replace("\\", "/").split("/")
    plain = ("".join(c for c in part if c.isprintable()) for part in parts)
    path = "/".join(part for part in plain if part not in {"", ".", ".."})
    return path[-MAX_NAME_CHARACTERS:].lstrip("/") or None
