"""What figures, traces and the log say of a request: nothing that a client filled in."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Scope, Send

from workers.jobs import is_job_id

UNKNOWN_ROUTE: Final = "none"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Routes that machines ask again and again, of which nobody wants to see each time."""
_NOTES: Final = "docspade.notes"


@dataclass(slots=True)
class RequestNotes:
    """What is found out while a request is answered.

    Attributes:
        made: id of the document that it handed in.
        tenant: of its caller, once that is known.
    """

    made: str | None = None
    tenant: str | None = None


class WatchedSend:
    """Sends an answer on, and keeps its status: None until it begins."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        """Send one message, as ASGI wants it."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
        await self._send(message)


def notes_of(scope: Scope) -> RequestNotes:
    """The notes of a request, which all copies of its scope share."""
    notes: RequestNotes = scope.setdefault(_NOTES, RequestNotes())
    return notes


def note_made(scope: MutableMapping[str, object], document_id: str) -> None:
    """Note within a request that it handed a document in; the first one counts."""
    notes = scope.get(_NOTES)
    if isinstance(notes, RequestNotes) and notes.made is None:
        notes.made = document_id


def note_tenant(scope: MutableMapping[str, object], tenant: str) -> None:
    """Note within a request whose it is."""
    notes = scope.get(_NOTES)
    if isinstance(notes, RequestNotes):
        notes.tenant = tenant


def route_of(scope: Scope) -> str:
    """The template of the route; what no route takes has one name, whatever its path is."""
    return str(getattr(scope.get("route"), "path", UNKNOWN_ROUTE))


def method_of(scope: Scope) -> str:
    """The method, or "other"."""
    return str(scope["method"]) if scope["method"] in METHODS else "other"


def document_of(scope: Scope, notes: RequestNotes) -> str | None:
    """Id of the document that the request handed in or is about, None for none."""
    about = notes.made or str(scope.get("path_params", {}).get("document_id", ""))
    return about if is_job_id(about) else None
