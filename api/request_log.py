"""One log line a request: what was asked for, what became of it, and how long that took."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Receive, Scope, Send

from api.request_notes import (
    PROBES,
    RequestNotes,
    WatchedSend,
    document_of,
    method_of,
    notes_of,
    route_of,
)

logger = logging.getLogger(__name__)


class RequestLog:
    """ASGI middleware: logs each request's route and status; no path, query, name or body.

    What the probes ask is logged at the level DEBUG.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, watched = time.monotonic(), WatchedSend(send)
        notes = notes_of(scope)

        try:
            await self._app(scope, receive, watched)
        finally:
            _log(scope, notes, watched.status, round((time.monotonic() - start) * 1000, 1))


def _log(scope: Scope, notes: RequestNotes, status: int | None, milliseconds: float) -> None:
    method, route = method_of(scope), route_of(scope)
    told = "no answer" if status is None else str(status)
    logger.log(
        logging.DEBUG if route in PROBES else logging.INFO,
        "%s %s: %s, %.0f ms",
        method,
        route,
        told,
        milliseconds,
        extra={
            "job_id": document_of(scope, notes),
            "tenant": notes.tenant,
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": milliseconds,
        },
    )
