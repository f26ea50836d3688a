"""What a path may be asked with: HEAD wherever GET is, and what `Allow` says (RFC 9110)."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def allowed_methods(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """The methods that a path takes, of all routes that it fits; those of files otherwise."""
    found = {"HEAD"}
    for route in iter_route_contexts(routes):
        if route.methods and route.path_regex.match(path):
            found |= route.methods
    if found == {"HEAD"}:
        return ["GET", "HEAD"]
    return sorted(found if "GET" in found else found - {"HEAD"})


class HeadAnswers:
    """ASGI middleware: answers HEAD as GET, without the body.

    It stands outside of whatever looks at GET, and inside of what notes the method that was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        has_ended = False

        async def send_start(message: Message) -> None:
            nonlocal has_ended
            if message["type"] != "http.response.start":
                return
            # The server looks here whether a body belongs to the length that the answer tells.
            scope["method"] = "HEAD"
            has_ended = True
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        async def receive_until_start() -> Message:
            # A stream would go on for as long as somebody listens.
            return {"type": "http.disconnect"} if has_ended else await receive()

        scope["method"] = "GET"
        try:
            await self._app(scope, receive_until_start, send_start)
        finally:
            scope["method"] = "HEAD"
