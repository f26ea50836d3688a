"""Traces of the requests that this server answers."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import METHODS, UNKNOWN_ROUTE
from workers.jobs import is_job_id
from workers.traces import RequestTrace, Traces

PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Routes that machines ask again and again, of which nobody wants to see each time."""
_MADE: Final = "docspade.made"


def note_made(scope: MutableMapping[str, object], document_id: str) -> None:
    """Note within a request that it handed a document in."""
    made = scope.get(_MADE)
    if isinstance(made, list):  # which copies of the scope share
        made.append(document_id)


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
        start_ns, status = time.time_ns(), None
        scope[_MADE] = []

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        finally:
            self._note(scope, status, start_ns)

    def _note(self, scope: Scope, status: int | None, start_ns: int) -> None:
        # What no route takes has one name: its path is whatever a stranger sent.
        route = str(getattr(scope.get("route"), "path", UNKNOWN_ROUTE))
        if route in PROBES:
            return
        made = next(iter(scope[_MADE]), None)
        about = made or str(scope.get("path_params", {}).get("document_id", ""))
        self._traces.request(
            RequestTrace(
                method=scope["method"] if scope["method"] in METHODS else "other",
                route=route,
                status=status,
                start_ns=start_ns,
                end_ns=time.time_ns(),
                document_id=about if is_job_id(about) else None,
                made_document=made is not None,
            )
        )
