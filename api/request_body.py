"""A request's body as it comes in, and what its headers say of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from api.problems import ProblemError
from ocr.errors import LimitExceededError
from workers.settings import Settings

MAX_NAME_CHARACTERS = 200
DRAIN_SECONDS = 5.0
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class BodyTime:
    """How long a body may take, in seconds.

    Attributes:
        idle_seconds: that it may be silent for.
        whole_seconds: from its beginning to its end.
    """

    idle_seconds: float
    whole_seconds: float


def body_time(settings: Settings) -> BodyTime:
    """How long the operator lets bodies take."""
    return BodyTime(settings.upload_idle_seconds, settings.upload_seconds)


async def chunks_of(request: Request, time: BodyTime) -> AsyncIterator[bytes]:
    """The body, piece by piece.

    Raises:
        ProblemError: it was silent for too long, or took too long as a whole.
    """
    stream, clock = request.stream(), asyncio.get_running_loop().time
    end = clock() + time.whole_seconds
    while True:
        seconds_left = end - clock()
        detail = f"the upload took more than {time.whole_seconds:g} seconds"
        if seconds_left <= 0:
            raise upload_stalled(detail)
        if time.idle_seconds < seconds_left:
            detail = f"the upload sent nothing for {time.idle_seconds:g} seconds"
        try:
            async with asyncio.timeout(min(time.idle_seconds, seconds_left)):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise upload_stalled(detail) from error
        if chunk is None:
            return
        yield chunk


def upload_stalled(detail: str) -> ProblemError:
    """The problem of an upload that does not come to its end."""
    return ProblemError(HTTPStatus.REQUEST_TIMEOUT, "upload_stalled", detail)


async def receive_small(request: Request, *, max_bytes: int, time: BodyTime) -> bytes:
    """A body that is held in memory as a whole.

    Args:
        request: of which nothing was read yet.
        max_bytes: that it may have.
        time: that it may take.

    Raises:
        ProblemError: it stopped coming.
        LimitExceededError: it has more bytes.
    """
    body = bytearray()
    async for chunk in chunks_of(request, time):
        body += chunk
        if len(body) > max_bytes:
            raise LimitExceededError(f"the body has more than {max_bytes:,} bytes")
    return bytes(body)


def parse_json(body: bytes, model: type[_Model]) -> _Model:
    """What a JSON body says.

    Raises:
        RequestValidationError: it breaks its form.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error


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
