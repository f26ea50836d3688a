"""The part of `api.client` that follows documents and batches by server-sent events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from typing import Final, NamedTuple

from api.batches.wire import BatchEntry
from api.client_connection import POLL_SECONDS, ServiceConnection
from api.wire import DocumentEntry

_MAX_LINE_BYTES: Final = 1024 * 1024


class _Event(NamedTuple):
    event_id: str
    data: str


class EventCalls(ServiceConnection):
    """Calls that follow what changes. All methods raise ServiceError."""

    def events(self, document_id: str) -> Iterator[DocumentEntry]:
        """A document's entry, now and at each change, until it is done.

        The problem `unknown_document` tells that it was deleted meanwhile. The connection is busy
        until the last entry was taken.
        """
        for data in self.changes(f"/v1/documents/{document_id}/events"):
            entry = DocumentEntry.model_validate_json(data)
            yield entry
            if entry.status.is_final:
                return

    def batch_events(self, batch_id: str) -> Iterator[BatchEntry]:
        """A batch's entry, now and whenever its counts change, until it is finished.

        One that is not sealed is not finished. The problem `unknown_batch` tells that it was
        deleted meanwhile. The connection is busy until the last entry was taken.
        """
        for data in self.changes(f"/v1/batches/{batch_id}/events"):
            entry = BatchEntry.model_validate_json(data)
            yield entry
            if entry.is_finished:
                return

    def changes(self, path: str) -> Iterator[str]:
        """What the events of a route say, for as long as the route is there.

        The service ends each stream after a while, and connections break: then it is opened anew,
        and begins with what was the case at the end, which is not said twice.
        """
        last_id = ""
        while True:
            try:
                for event in self._stream(path, last_id):
                    if event.event_id != last_id:
                        last_id = event.event_id
                        yield event.data
            except (OSError, HTTPException):
                time.sleep(POLL_SECONDS)

    def _stream(self, path: str, last_id: str) -> Iterator[_Event]:
        headers = {"Last-Event-ID": last_id} if last_id else {}
        answer = self.open("GET", path, headers=headers)
        try:
            yield from _events(answer)
        finally:
            if not answer.isclosed():  # it broke off, or enough was heard
                self.close()


def _events(answer: HTTPResponse) -> Iterator[_Event]:
    """The events of a stream; comments, by which it stays open, are passed over."""
    event_id, data = "", list[str]()
    while line := answer.readline(_MAX_LINE_BYTES):
        name, _, value = line.decode().rstrip("\r\n").partition(":")
        if name == "id":
            event_id = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))
        elif not name and not value and data:  # an empty line, not a comment
            yield _Event(event_id, "\n".join(data))
            data = []
