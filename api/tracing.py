"""Traces of the requests that this server answers."""

from __future__ import annotations

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
from workers.traces import RequestTrace, Traces


class RequestTracer:
    """ASGI middleware: notes each request's route, status and times, nothing of its content."""

    def __init__(self, app: ASGIApp, *, traces: Traces) -> None:
        self._app = app
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start_ns, watched = time.time_ns(), WatchedSend(send)
        notes = notes_of(scope)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._note(scope, notes, watched.status, start_ns)

    def _note(self, scope: Scope, notes: RequestNotes, status: int | None, start_ns: int) -> None:
        route = route_of(scope)
        if route in PROBES:
            return
        self._traces.request(
            RequestTrace(
                method=method_of(scope),
                route=route,
                status=status,
                start_ns=start_ns,
                end_ns=time.time_ns(),
                document_id=document_of(scope, notes),
                made_document=notes.made is not None,
            )
        )
