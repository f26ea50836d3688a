"""A client of the REST API for Python programs, typed, with nothing but the standard library.

with Docspade("http://127.0.0.1:8000") as service:
    entry = service.submit(Path("receipt.jpg").read_bytes(), filename="receipt.jpg")
    result = service.wait(entry.id)
"""

from __future__ import annotations

import json
import re
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from types import TracebackType
from typing import Literal, NamedTuple, Self
from urllib.parse import quote, urlencode, urlsplit

from api.corrections_wire import CorrectionsEntry
from api.wire import DocumentEntry, DocumentList
from layout.corrections import Corrections
from layout.result import DocumentResult
from ocr.errors import DocspadeError, InputError

TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.25
MAX_TRIES = 5
LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""What the service answers when the same request will do later; `Retry-After` says when."""


class ServiceError(DocspadeError):
    """The service refused a request, or could not be reached.

    Attributes:
        status: of HTTP; 0 where there was no answer.
        problem_code: stable, see docs/service.md; "unreachable" where there was no answer.
    """

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.problem_code = code


class _Answer(NamedTuple):
    status: int
    location: str
    body: bytes


class Docspade:
    """One connection to a service; not to be shared by threads.

    Requests that the service asks to repeat later (it is full, or the key knocks too often) are
    repeated a few times. All methods raise ServiceError.

    Args:
        address: such as "http://127.0.0.1:8000".
        key: an API key, where the service asks for one.

    Raises:
        InputError: the address is none of HTTP, or the key has characters that none has.
    """

    def __init__(self, address: str, key: str | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(f"{address!r} is no address like http://127.0.0.1:8000")
        if key is not None and re.fullmatch(r"[!-~]+", key) is None:
            raise InputError("the API key has characters that none has")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
        self._prefix = parts.path.rstrip("/")
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

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
        answer = self._ask("POST", f"/v1/documents?{query}", content, headers)
        if answer.status == HTTPStatus.ACCEPTED:
            return DocumentEntry.model_validate_json(answer.body)
        return self.document(answer.location.rsplit("/", 1)[-1])  # it was done already

    def document(self, document_id: str) -> DocumentEntry:
        """How far a document is."""
        answer = self._ask("GET", f"/v1/documents/{document_id}")
        return DocumentEntry.model_validate_json(answer.body)

    def documents(self, *, limit: int = 50, cursor: str | None = None) -> DocumentList:
        """Documents, newest first; `next` of the answer is the `cursor` of what follows."""
        query = {"limit": str(limit)} | ({} if cursor is None else {"cursor": cursor})
        answer = self._ask("GET", f"/v1/documents?{urlencode(query)}")
        return DocumentList.model_validate_json(answer.body)

    def result(
        self, document_id: str, *, words: bool = False, corrected: bool = False
    ) -> DocumentResult:
        """The result of a document that is done; the error of one that failed.

        Args:
            document_id: of the document.
            words: whether each page's words are listed.
            corrected: whether corrections are applied, if there are any.
        """
        chosen = {"words": words, "corrected": corrected}
        query = urlencode({name: "true" for name, is_chosen in chosen.items() if is_chosen})
        answer = self._ask("GET", f"/v1/documents/{document_id}/result?{query}")
        return DocumentResult.model_validate_json(answer.body)

    def corrections(self, document_id: str) -> CorrectionsEntry:
        """What was corrected in a document; the problem `no_corrections` where nothing was."""
        answer = self._ask("GET", f"/v1/documents/{document_id}/corrections")
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
        answer = self._ask("PUT", path, corrections.to_json().encode(), headers)
        return CorrectionsEntry.model_validate_json(answer.body)

    def take_corrections_back(self, document_id: str) -> None:
        """Remove a document's corrections; what was read stands again."""
        self._ask("DELETE", f"/v1/documents/{document_id}/corrections")

    def wait(self, document_id: str, *, seconds: float = 600.0) -> DocumentResult:
        """The result of a document as soon as it is done."""
        end = time.monotonic() + seconds
        while not self.document(document_id).status.is_final:
            if time.monotonic() >= end:
                raise ServiceError(0, "not_finished", f"not done within {seconds:g} seconds")
            time.sleep(POLL_SECONDS)
        return self.result(document_id)

    def delete(self, document_id: str) -> None:
        """Delete a document with all that belongs to it."""
        self._ask("DELETE", f"/v1/documents/{document_id}")

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> _Answer:
        for is_last in [False] * (MAX_TRIES - 1) + [True]:
            answer = self._send(method, path, body, headers or {}, is_last=is_last)
            if answer is None:
                continue
            content = answer.read()
            if answer.status < HTTPStatus.BAD_REQUEST:
                return _Answer(answer.status, answer.getheader("Location", ""), content)
            if is_last or answer.status not in LATER:
                raise _error(answer.status, content)
            time.sleep(_pause(answer.getheader("Retry-After", "")))
        raise AssertionError

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], *, is_last: bool
    ) -> HTTPResponse | None:
        """The answer; None where the connection broke and the request may be sent again."""
        try:
            self._connection.request(
                method, f"{self._prefix}{path}", body, {**self._headers, **headers}
            )
            return self._connection.getresponse()
        except (OSError, HTTPException) as error:
            self._connection.close()
            is_safe = method != "POST" or "Idempotency-Key" in headers
            if is_last or not is_safe:
                raise ServiceError(0, "unreachable", f"no answer: {error}") from error
            time.sleep(POLL_SECONDS)
            return None


def _pause(retry_after: str) -> float:
    """Seconds to wait; a date, as proxies may send, and nonsense count as one second."""
    return min(float(retry_after), TIMEOUT_SECONDS) if retry_after.isdecimal() else 1.0


def _error(status: int, content: bytes) -> ServiceError:
    try:
        problem = json.loads(content)
        return ServiceError(status, str(problem["code"]), str(problem["detail"]))
    except (ValueError, KeyError, TypeError):
        return ServiceError(status, "unknown", f"the service answered with status {status}")
