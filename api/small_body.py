"""A request's body that is held in memory as a whole, under a limit."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request

from api.problems import ProblemError
from ocr.errors import LimitExceededError


async def receive_small(request: Request, *, max_bytes: int, idle_seconds: float) -> bytes:
    """A request's body.

    Args:
        request: of which nothing was read yet.
        max_bytes: that it may have.
        idle_seconds: that it may be silent for.

    Raises:
        ProblemError: it stopped coming.
        LimitExceededError: it has more bytes.
    """
    body, stream = bytearray(), request.stream()
    while True:
        try:
            async with asyncio.timeout(idle_seconds):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            detail = f"the body stopped coming for {idle_seconds:g} seconds"
            raise ProblemError(HTTPStatus.REQUEST_TIMEOUT, "upload_stalled", detail) from error
        if chunk is None:
            return bytes(body)
        body += chunk
        if len(body) > max_bytes:
            raise LimitExceededError(f"the body has more than {max_bytes:,} bytes")
