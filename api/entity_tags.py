"""`ETag` and `If-None-Match` of what is asked for (RFC 9110, 13.1.2), in one place for all routes.

An answer that comes in one piece gets a tag made of its body, unless its route gave it one, so that
whoever has it already is answered 304. What streams has no end to wait for, and no tag.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.preconditions import quoted

PREFIX: Final = "/v1/"
"""Of the routes whose answers are tagged."""
_OF_THE_BODY: Final = ("Content-Length", "Content-Type", "Content-Disposition")


def tag_of(content: bytes) -> str:
    """The strong tag of a body, without quotes."""
    return hashlib.sha256(content).hexdigest()[:32]


class EntityTags:
    """ASGI middleware: tags what GET answers, and answers 304 to whoever has it already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        is_asked_for = scope["type"] == "http" and scope["method"] == "GET"
        if is_asked_for and scope["path"].startswith(PREFIX):
            known = ",".join(Headers(scope=scope).getlist("if-none-match"))
            send = _TaggingSend(send, known)
        await self._app(scope, receive, send)


class _TaggingSend:
    """Holds the start of a good answer back until its body, or its first piece, is there."""

    def __init__(self, send: Send, known: str) -> None:
        self._send = send
        self._known = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message, or keep it until the next."""
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            # An empty stream ends with its first piece too, but never knew how long it would be.
            is_whole = not message.get("more_body") and "Content-Length" in Headers(scope=start)
            if is_whole:
                start, message = self._tagged(start, message)
            await self._send(start)
        await self._send(message)

    def _tagged(self, start: Message, body: Message) -> tuple[Message, Message]:
        headers = MutableHeaders(scope=start)
        tag = headers.setdefault("ETag", quoted(tag_of(body.get("body", b""))))
        if tag not in self._known and "*" not in self._known:
            return start, body
        for name in _OF_THE_BODY:
            del headers[name]
        return {**start, "status": HTTPStatus.NOT_MODIFIED.value}, {**body, "body": b""}
