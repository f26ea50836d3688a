"""A connection to a service, for `api.client`: requests, their repetition, the service's errors."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from ocr.errors import DocspadeError, InputError

TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.25
MAX_TRIES = 5
LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""What the service answers when the same request will do later; `Retry-After` says when."""

Body = bytes | Iterable[bytes]
"""What is sent; if it comes in pieces, it can be gone through again, and its length is a header."""


class ServiceError(DocspadeError):
    """The service refused a request, or could not be reached.

    Attributes:
        status: of HTTP; 0 where there was no answer.
        problem_code: stable, see docs/service.md; "unreachable" where there was no answer.
        location: path of a document that the service has and that failed, "" of everything else.
    """

    def __init__(self, status: int, code: str, detail: str, *, location: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.problem_code = code
        self.location = location

    def __str__(self) -> str:
        return f"{self.problem_code}: {self.message}"


class Answer(NamedTuple):
    """A good answer, as a whole."""

    status: int
    location: str
    body: bytes


class ServiceConnection:
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
        self._place = parts.netloc.rpartition("@")[2]
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

    def ask(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        headers: dict[str, str] | None = None,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        max_tries: int = MAX_TRIES,
    ) -> Answer:
        """Send a request; the good answer to it.

        Args:
            method: of HTTP.
            path: of the route, with its query.
            body: to send.
            headers: besides those of every request.
            timeout_seconds: how long the service may be silent.
            max_tries: how often it is sent, as long as the service asks to repeat it later.
        """
        answer = self.open(
            method, path, body, headers, timeout_seconds=timeout_seconds, max_tries=max_tries
        )
        try:
            return Answer(answer.status, answer.getheader("Location", ""), answer.read())
        except (OSError, HTTPException) as error:
            raise self.broken(error) from error

    def open(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        headers: dict[str, str] | None = None,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        max_tries: int = MAX_TRIES,
    ) -> HTTPResponse:
        """Send a request; the good answer to it, still to be read before the next request.

        The arguments are those of `ask`.
        """
        self._connection.timeout = timeout_seconds
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout_seconds)
        for is_last in [False] * (max_tries - 1) + [True]:
            answer = self._send(method, path, body, headers or {}, is_last=is_last)
            if answer is None:
                continue
            if answer.status < HTTPStatus.BAD_REQUEST:
                return answer
            content, location = answer.read(), answer.getheader("Location", "")
            # What is there and failed is no better for being sent again.
            if is_last or location or answer.status not in LATER:
                raise _error(answer.status, content, location)
            time.sleep(_pause(answer.getheader("Retry-After", "")))
        raise AssertionError

    def broken(self, error: Exception) -> ServiceError:
        """The error of an answer that broke off; the next request connects anew."""
        self.close()
        return self._unreachable(error)

    def _unreachable(self, error: Exception) -> ServiceError:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        return ServiceError(0, "unreachable", f"no answer from {self._place}: {reason}")

    def _send(
        self, method: str, path: str, body: Body | None, headers: dict[str, str], *, is_last: bool
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
                raise self._unreachable(error) from error
            time.sleep(POLL_SECONDS)
            return None


def _pause(retry_after: str) -> float:
    """Seconds to wait; a date, as proxies may send, and nonsense count as one second."""
    return min(float(retry_after), TIMEOUT_SECONDS) if retry_after.isdecimal() else 1.0


def _error(status: int, content: bytes, location: str = "") -> ServiceError:
    try:
        problem = json.loads(content)
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        code, detail = "unknown", f"the service answered with status {status}"
    return ServiceError(status, code, detail, location=location)
