"""A client of the REST API for Python programs, typed, with nothing but the standard library.

with Docspade("http://127.0.0.1:8000") as service:
    entry = service.submit(Path("receipt.jpg").read_bytes(), filename="receipt.jpg")
    result = service.wait(entry.id)
    batch = service.create_batch(ZipArchive(Path("march.zip")), document_type="invoice")
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote, urlencode

from api.client_batches import BatchCalls, BatchContent, Files, Named, ZipArchive
from api.client_connection import POLL_SECONDS, ServiceError
from api.corrections_wire import CorrectionsEntry
from api.wire import DocumentEntry, DocumentList
from layout.corrections import Corrections
from layout.result import DocumentResult

__all__ = ["BatchContent", "Docspade", "Files", "Named", "ServiceError", "ZipArchive"]


class Docspade(BatchCalls):
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
        lane: Literal["interactive", "batch"] = "interactive",
        idempotency_key: str | None = None,
    ) -> DocumentEntry:
        """Hand in a document; once this returns it will be finished or reported.

        Args:
            content: the file.
            filename: for show.
            document_type: of the service's types, or "auto".
            lane: "batch" lets documents that people wait for go first.
            idempotency_key: with the same key the same document is processed only once.
        """
        headers = {"Content-Type": "application/octet-stream"}
        if filename is not None:
            encoded = quote(filename, safe="")
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{encoded}"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        query = urlencode({"type": document_type, "lane": lane})
        answer = self.ask("POST", f"/v1/documents?{query}", content, headers)
        if answer.status == HTTPStatus.ACCEPTED:
            return DocumentEntry.model_validate_json(answer.body)
        return self.document(answer.location.rsplit("/", 1)[-1])  # it was done already

    def document(self, document_id: str) -> DocumentEntry:
        """How far a document is."""
        answer = self.ask("GET", f"/v1/documents/{document_id}")
        return DocumentEntry.model_validate_json(answer.body)

    def documents(self, *, limit: int = 50, cursor: str | None = None) -> DocumentList:
        """Documents, newest first; `next` of the answer is the `cursor` of what follows."""
        query = {"limit": str(limit)} | ({} if cursor is None else {"cursor": cursor})
        answer = self.ask("GET", f"/v1/documents?{urlencode(query)}")
        return DocumentList.model_validate_json(answer.body)

    def result(
        self, document_id: str, *, words: bool = False, corrected: bool = False
    ) -> DocumentResult:
        """The result of a document that is done; the error of one that failed or was cancelled.

        Args:
            document_id: of the document.
            words: whether each page's words are listed.
            corrected: whether corrections are applied, if there are any.
        """
        chosen = {"words": words, "corrected": corrected}
        query = urlencode({name: "true" for name, is_chosen in chosen.items() if is_chosen})
        answer = self.ask("GET", f"/v1/documents/{document_id}/result?{query}")
        return DocumentResult.model_validate_json(answer.body)

    def picture(
        self, document_id: str, number: int = 1, *, annotated: bool = False, corrected: bool = False
    ) -> bytes:
        """A page's upright picture, JPEG.

        Args:
            document_id: of the document.
            number: of the page, from 1.
            annotated: whether the fields are drawn on it.
            corrected: whether they are those that people corrected; of annotated ones alone.
        """
        path = f"/v1/documents/{document_id}/pages/{number}"
        if annotated:
            path += "/annotated?corrected=true" if corrected else "/annotated"
        return self.ask("GET", path).body

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
        while not self.document(document_id).status.is_final:
            if time.monotonic() >= end:
                raise ServiceError(0, "not_finished", f"not done within {seconds:g} seconds")
            time.sleep(POLL_SECONDS)
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
