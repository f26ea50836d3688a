"""Errors in Azure's form: `{"error": {"code", "message", "innererror": {"code", "message"}}}`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi.responses import JSONResponse

from api.problems import ProblemError, problem_of, problem_of_job
from ocr.errors import DocspadeError
from workers.jobs import JobError

ErrorBody = dict[str, object]

_OUTER: Final = {
    HTTPStatus.BAD_REQUEST: ("InvalidRequest", "Invalid request."),
    HTTPStatus.FORBIDDEN: ("Forbidden", "Access forbidden due to policy or other configuration."),
    HTTPStatus.NOT_FOUND: ("NotFound", "Resource not found."),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "MethodNotAllowed",
        "The requested HTTP method is not allowed.",
    ),
    HTTPStatus.REQUEST_TIMEOUT: ("RequestTimeout", "The upload did not come to its end in time."),
    HTTPStatus.CONFLICT: ("Conflict", "The request could not be completed due to a conflict."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "UnsupportedMediaType",
        "Request content type is not supported.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ("ServiceUnavailable", "Try again in a moment."),
}
"""Code and message of a status; others have those of a bad request or of a defect."""
_NUMBERED: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
"""Statuses of which Azure's gateway tells: their number is the code, without an inner one."""
_DEFECT: Final = ("InternalServerError", "An unexpected error occurred.")

CANCELLED: Final[ErrorBody] = {"code": "Canceled", "message": "The analysis was canceled."}
"""The `error` of an operation that was cancelled."""

_INNER: Final = {
    "unsupported_format": "InvalidContent",
    "corrupt_file": "InvalidContent",
    "empty_file": "InvalidContent",
    "invalid_words": "InvalidContent",
    "invalid_form": "InvalidContent",
    "encrypted_file": "UnsupportedContent",
    "limit_exceeded": "InvalidContentLength",
    "invalid_request": "InvalidParameter",
    "unknown_document": "ResultNotFound",
}
"""What Azure calls a problem, by docspade's code; the others keep theirs."""

# Azure answers these with 400.
_BAD_REQUESTS: Final = {
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
_ACCESS_DENIED: Final = "Access denied due to invalid subscription key or wrong API endpoint."


class AzureFault(Exception):  # noqa: N818  # "error" is one member of what it says
    """Ends a request on Azure's routes with this error.

    Args:
        status: of the answer.
        inner_code: what is wrong, for programs; None where the status says it all.
        message: what is wrong, for people.
        headers: to send along.
    """

    def __init__(
        self,
        status: HTTPStatus,
        inner_code: str | None,
        message: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.inner_code = inner_code
        self.message = message
        self.headers = headers

    def body(self) -> ErrorBody:
        """The value of `error`."""
        if self.status in _NUMBERED:
            return {"code": str(int(self.status)), "message": self.message}
        is_ours = self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        fallback = _DEFECT if is_ours else _OUTER[HTTPStatus.BAD_REQUEST]
        code, message = _OUTER.get(self.status, fallback)
        body: ErrorBody = {"code": code, "message": message}
        if self.inner_code is not None:
            body["innererror"] = {"code": self.inner_code, "message": self.message}
        return body

    def response(self) -> JSONResponse:
        """The error as a response."""
        return JSONResponse({"error": self.body()}, self.status, headers=self.headers)


def invalid(message: str, inner_code: str = "InvalidParameter") -> AzureFault:
    """Something in the request is wrong."""
    return AzureFault(HTTPStatus.BAD_REQUEST, inner_code, message)


def model_not_found(model_id: str) -> AzureFault:
    """There is no model of that id."""
    message = f"The requested model was not found: {model_id[:80]}"
    return AzureFault(HTTPStatus.NOT_FOUND, "ModelNotFound", message)


def fault_of(error: ProblemError | DocspadeError) -> AzureFault:
    """The fault that tells of a problem, or of an error of docspade's own tree."""
    problem = problem_of(error) if isinstance(error, DocspadeError) else error
    status = problem.status
    if status == HTTPStatus.UNAUTHORIZED:
        return AzureFault(status, None, _ACCESS_DENIED, problem.headers)
    if status in _BAD_REQUESTS:
        status = HTTPStatus.BAD_REQUEST
    inner_code = _INNER.get(problem.code, problem.code)
    return AzureFault(status, inner_code, problem.detail, problem.headers)


def body_of_job(error: JobError) -> ErrorBody:
    """Why a job failed, as the `error` of its operation."""
    return fault_of(problem_of_job(error)).body()
