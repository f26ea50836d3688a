"""Headers of answers, as the description has them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

Described = dict[str, Any]
_TEXT: Final = {"type": "string"}


def _header(description: str, *, is_always_there: bool = False) -> Described:
    required = {"required": True} if is_always_there else {}
    return {"description": description, "schema": _TEXT, **required}


RETRY_AFTER: Final[Described] = {
    "Retry-After": {
        "description": "Seconds after which asking again is worth while.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "1",
    }
}
DOCUMENT_LOCATION: Final[Described] = {
    "Location": _header("Path of the document.", is_always_there=True)
}
FAILED_LOCATION: Final[Described] = {
    "Location": _header("Path of the document, where it was taken and then failed.")
}
BATCH_LOCATION: Final[Described] = {"Location": _header("Path of the batch.", is_always_there=True)}
WEBHOOK_LOCATION: Final[Described] = {
    "Location": _header("Path of the webhook.", is_always_there=True)
}
ETAG: Final[Described] = {
    "ETag": _header("Of what the answer holds; changes with it.", is_always_there=True)
}
CORRECTIONS: Final[Described] = {
    "Docspade-Corrections": _header("`ETag` of the corrections that were applied, if any were.")
}
REDACTED_FIELDS: Final = "Docspade-Redacted-Fields"
REDACTED_WORDS: Final = "Docspade-Redacted-Words"
REDACTED: Final[Described] = {
    name: {
        "description": f"How many {what}, if a redaction was asked for.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": example,
    }
    for name, what, example in (
        (REDACTED_FIELDS, "of the result's fields are masked", "3"),
        (REDACTED_WORDS, "words are masked, of fields or not", "8"),
    )
}
FILE_NAME: Final[Described] = {
    "Content-Disposition": _header("What a download is best called; of files alone.")
}
_CHALLENGE: Final[Described] = {"WWW-Authenticate": _header("How a key is to be sent.")}
_OF_RESULTS: Final = {"results", "corrections"}
"""Tags of operations that ask for a result, for which it may be too early."""
_EVERYWHERE: Final[dict[str, Described]] = {
    str(HTTPStatus.UNAUTHORIZED.value): _CHALLENGE,
    str(HTTPStatus.TOO_MANY_REQUESTS.value): RETRY_AFTER,
    str(HTTPStatus.SERVICE_UNAVAILABLE.value): RETRY_AFTER,
}


def describe_headers(operation: Described, *, is_tagged: bool) -> None:
    """Describe the headers that come with a status, whatever the route.

    Args:
        operation: of the description; it is changed.
        is_tagged: whether `api.entity_tags` tags the answer.
    """
    responses = operation["responses"]
    for status, headers in _EVERYWHERE.items():
        if status in responses:
            _add(responses[status], headers)
    conflict = responses.get(str(HTTPStatus.CONFLICT.value))
    if conflict is not None and _OF_RESULTS & set(operation.get("tags", ())):
        _add(conflict, RETRY_AFTER)
    if is_tagged:
        _add(responses[str(HTTPStatus.OK.value)], ETAG)
        unchanged = {"description": "Nothing has changed since that `ETag`; no body"}
        responses[str(HTTPStatus.NOT_MODIFIED.value)] = {**unchanged, "headers": dict(ETAG)}


def _add(response: Described, headers: Described) -> None:
    response["headers"] = {**headers, **response.get("headers", {})}
