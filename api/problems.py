"""Errors as `application/problem+json` (RFC 9457), each with a stable `code`."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.methods import allowed_methods
from ocr.errors import (
    DocspadeError,
    InputError,
    LimitExceededError,
    SetupError,
    TransientError,
    UnsupportedFormatError,
)
from workers.full_disk import StorageFullError
from workers.jobs import JobError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

# The first class that fits decides.
_STATUS_BY_CLASS = (
    (UnsupportedFormatError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (LimitExceededError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
    (SetupError, HTTPStatus.SERVICE_UNAVAILABLE),
)
# Of failed jobs; what is not listed is the document's fault: 422.
_STATUS_BY_CODE = {
    UnsupportedFormatError.code: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    LimitExceededError.code: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "defect": HTTPStatus.INTERNAL_SERVER_ERROR,
    SetupError.code: HTTPStatus.INTERNAL_SERVER_ERROR,
    TransientError.code: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageFullError.code: HTTPStatus.SERVICE_UNAVAILABLE,
}


class ProblemBody(BaseModel):
    """A problem as it goes over the wire.

    Attributes:
        type: a URI for the kind of problem; the code within it never changes its meaning.
        title: what the HTTP status means.
        status: HTTP status.
        detail: what is wrong, for people.
        code: what is wrong, for programs.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str


class ProblemError(Exception):
    """Raised in routes: ends the request with this problem."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers

    def with_headers(self, headers: dict[str, str] | None) -> ProblemError:
        """The same problem with further headers."""
        merged = {**(self.headers or {}), **(headers or {})}
        return ProblemError(self.status, self.code, self.detail, merged)

    def response(self) -> JSONResponse:
        """The problem as a response."""
        body = ProblemBody(
            type=f"urn:docspade:problem:{self.code}",
            title=self.status.phrase,
            status=self.status,
            detail=self.detail,
            code=self.code,
        )
        return JSONResponse(
            body.model_dump(), self.status, headers=self.headers, media_type=MEDIA_TYPE
        )


def problem_of(error: DocspadeError) -> ProblemError:
    """The problem that tells of an error of docspade's own tree."""
    found = (status for kind, status in _STATUS_BY_CLASS if isinstance(error, kind))
    status = next(found, HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = None
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": str(RETRY_SECONDS)}
    return ProblemError(status, error.code, error.message, headers)


def problem_of_job(error: JobError) -> ProblemError:
    """The problem that tells why a job failed: the same as if the upload had been refused."""
    status = _STATUS_BY_CODE.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return ProblemError(status, error.code, error.message)


def install(app: FastAPI) -> None:
    """Answer every error, expected or not, with a problem."""

    @app.exception_handler(ProblemError)
    def _problem(_request: Request, error: ProblemError) -> JSONResponse:
        return error.response()

    @app.exception_handler(DocspadeError)
    def _docspade(_request: Request, error: DocspadeError) -> JSONResponse:
        return problem_of(error).response()

    @app.exception_handler(ClientDisconnect)
    def _disconnect(_request: Request, _error: ClientDisconnect) -> JSONResponse:
        # Nobody is there to read it: this only keeps a broken line out of the log of defects.
        return ProblemError(
            HTTPStatus.BAD_REQUEST, "disconnected", "the upload broke off"
        ).response()

    @app.exception_handler(RequestValidationError)
    def _validation(_request: Request, error: RequestValidationError) -> JSONResponse:
        named = (
            (".".join(str(part) for part in fault["loc"][1:]), fault["msg"])
            for fault in error.errors()
        )
        faults = "; ".join(f"{name}: {message}" if name else message for name, message in named)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return ProblemError(status, "invalid_request", faults).response()

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        code = status.name.lower()
        headers = dict(error.headers) if error.headers else {}
        detail = str(error.detail)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            # Starlette names the methods of the first route alone that fits the path.
            headers["Allow"] = ", ".join(allowed_methods(request.app.routes, request.url.path))
            detail = f"this path takes {headers['Allow']}"
        elif status == HTTPStatus.NOT_FOUND:
            detail = "there is nothing at this path"
        return ProblemError(status, code, detail, headers).response()

    @app.exception_handler(Exception)
    def _defect(_request: Request, _error: Exception) -> JSONResponse:
        # The server logs the traceback: Starlette raises the error again after this answer.
        detail = "docspade met a defect of its own; the log has the details"
        return ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "defect", detail).response()
