"""A client of the REST API for Python programs, typed, with nothing but the standard library.

with Docspade("http://127.0.0.1:8000") as service:
    result = service.extract(Path("receipt.jpg").read_bytes(), filename="receipt.jpg")
    batch = service.create_batch(ZipArchive(Path("march.zip")), document_type="invoice")
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import quote, urlencode

from api.client_batches import BatchCalls, BatchContent, Files, Named, ZipArchive
from api.client_connection import POLL_SECONDS, TIMEOUT_SECONDS, Answer, ServiceError
from api.client_events import EventCalls
from api.client_results import ResultCalls
from api.client_service import ServiceCalls
from api.client_webhooks import WebhookCalls
from api.corrections_wire import CorrectionsEntry
from api.wire import DocumentEntry, DocumentList
from layout.corrections import Corrections
from layout.result import DocumentResult
from workers.states import JobState

__all__ = ["BatchContent", "Docspade", "Files", "Named", "ServiceError", "ZipArchive"]


PAGE_SIZE: Final = 200
"""Of lists that are gone through; the service gives no more at a time."""


class Docspade(ResultCalls, EventCalls, BatchCalls, WebhookCalls, ServiceCalls):
    """One connection to a service; not to be shared by threads.

    Requests that the service asks to repeat later (it is full, or the key knocks too often) are
    repeated a few times. All methods raise ServiceError.

    Args:
        address: such as "http://127.0.0.1:8000".
        key: an API key, where the service asks for one.

    Raises:
        InputError: the address is none of HTTP, or the key has characters that none has.
    """

    def submit(
        self,
        content: bytes,
        *,
        filename: str | None = None,
        document_type: str = "auto",
        pages: str | None = None,
        lane: Literal["interactive", "batch"] = "interactive",
        idempotency_key: str | None = None,
    ) -> DocumentEntry:
        """Hand in a document; once this returns it will be finished or reported.

        Args:
            content: the file.
            filename: for show.
            document_type: of the service's types, or "auto".
            pages: to read, such as "1,3-5"; None for all.
            lane: "batch" lets documents that people wait for go first.
            idempotency_key: with the same key the same document is processed only once.
        """
        query = {"type": document_type, "lane": lane} | ({} if pages is None else {"pages": pages})
        answer = self._upload(content, query, _headers(filename, idempotency_key))
        if answer.status == HTTPStatus.ACCEPTED:
            return DocumentEntry.model_validate_json(answer.body)
        return self.document(answer.location.rsplit("/", 1)[-1])  # it was done already

    def extract(
        self,
        content: bytes,
        *,
        filename: str | None = None,
        document_type: str = "auto",
        pages: str | None = None,
        words: bool = False,
        idempotency_key: str | None = None,
        seconds: float = 600.0,
    ) -> DocumentResult:
        """Hand in a document and wait: the result, in the same answer if it is there in time.

        After `seconds` the problem `not_finished` has the document's path as its `location`. For as
        long as the service waits within a request, `max_wait_seconds`, a key of scope `submit`
        does; longer waiting asks for `read` too.

        Args:
            content: the file.
            filename: for show.
            document_type: of the service's types, or "auto".
            pages: to read, such as "1,3-5"; None for all.
            words: whether each page's words are listed.
            idempotency_key: with the same key the same document is processed only once.
            seconds: to wait.
        """
        end = time.monotonic() + seconds
        query = {"type": document_type, "words": str(words).lower(), "wait": f"{seconds:g}"}
        query |= {} if pages is None else {"pages": pages}
        headers = _headers(filename, idempotency_key)
        answer = self._upload(content, query, headers, wait_seconds=seconds)
        if answer.status == HTTPStatus.OK:
            return DocumentResult.model_validate_json(answer.body)
        entry = DocumentEntry.model_validate_json(answer.body)
        self._await(entry, seconds, end)
        return self.result(entry.id, words=words)

    def document(self, document_id: str) -> DocumentEntry:
        """How far a document is."""
        answer = self.ask("GET", f"/v1/documents/{document_id}")
        return DocumentEntry.model_validate_json(answer.body)

    def documents(
        self, *, status: JobState | None = None, limit: int = 50, cursor: str | None = None
    ) -> DocumentList:
        """Documents, all or those of one status, newest first.

        `next` of the answer is the `cursor` of what follows.
        """
        given = {"status": status, "limit": str(limit), "cursor": cursor}
        query = urlencode({key: value for key, value in given.items() if value is not None})
        answer = self.ask("GET", f"/v1/documents?{query}")
        return DocumentList.model_validate_json(answer.body)

    def all_documents(self, *, status: JobState | None = None) -> Iterator[DocumentEntry]:
        """All documents, or all of one status, newest first, a page of the list at a time."""
        cursor: str | None = None
        while True:
            page = self.documents(status=status, limit=PAGE_SIZE, cursor=cursor)
            yield from page.documents
            cursor = page.next
            if cursor is None:
                return

    def corrections(self, document_id: str) -> CorrectionsEntry:
        """What was corrected in a document; the problem `no_corrections` where nothing was."""
        answer = self.ask("GET", f"/v1/documents/{document_id}/corrections")
        return CorrectionsEntry.model_validate_json(answer.body)

    def correct(
        self, document_id: str, corrections: Corrections, *, if_match: str | None = None
    ) -> CorrectionsEntry:
        """Correct a document, in place of what was corrected before.

        Args:
            document_id: of the document.
            corrections: all of its fields; `layout.corrections.corrections_of` gives those of a
                result, to be changed.
            if_match: the `etag` of the corrections that may be replaced; None for whatever stands.
        """
        headers = {"Content-Type": "application/json"}
        if if_match is not None:
            headers["If-Match"] = if_match
        path = f"/v1/documents/{document_id}/corrections"
        answer = self.ask("PUT", path, corrections.to_json().encode(), headers)
        return CorrectionsEntry.model_validate_json(answer.body)

    def take_corrections_back(self, document_id: str) -> None:
        """Remove a document's corrections; what was read stands again."""
        self.ask("DELETE", f"/v1/documents/{document_id}/corrections")

    def wait(self, document_id: str, *, seconds: float = 600.0) -> DocumentResult:
        """The result of a document as soon as it is done."""
        end = time.monotonic() + seconds
        self._await(self.document(document_id), seconds, end)
        return self.result(document_id)

    def cancel(self, document_id: str) -> DocumentEntry:
        """Have a document not read that is not done; `already_finished` where it is."""
        answer = self.ask("POST", f"/v1/documents/{document_id}/cancel")
        return DocumentEntry.model_validate_json(answer.body)

    def retry(self, document_id: str) -> DocumentEntry:
        """Let a document wait again that failed or was cancelled."""
        answer = self.ask("POST", f"/v1/documents/{document_id}/retry")
        return DocumentEntry.model_validate_json(answer.body)

    def delete(self, document_id: str) -> None:
        """Delete a document with all that belongs to it."""
        self.ask("DELETE", f"/v1/documents/{document_id}")

    def _upload(
        self,
        content: bytes,
        query: dict[str, str],
        headers: dict[str, str],
        *,
        wait_seconds: float = 0.0,
    ) -> Answer:
        path, longest = f"/v1/documents?{urlencode(query)}", TIMEOUT_SECONDS + wait_seconds
        return self.ask("POST", path, content, headers, timeout_seconds=longest)

    def _await(self, entry: DocumentEntry, seconds: float, end: float) -> None:
        """Return when a document is done."""
        while not entry.status.is_final:
            if time.monotonic() >= end:
                detail = f"not done within {seconds:g} seconds"
                raise ServiceError(0, "not_finished", detail, location=entry.links.self)
            time.sleep(POLL_SECONDS)
            entry = self.document(entry.id)


def _headers(filename: str | None, idempotency_key: str | None) -> dict[str, str]:
    """Headers of a document that is the body itself."""
    headers = {"Content-Type": "application/octet-stream"}
    if filename is not None:
        encoded = quote(filename, safe="")
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{encoded}"
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    return headers
