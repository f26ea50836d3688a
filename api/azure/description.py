"""What `/openapi.json` says of Azure's routes beyond what stands at the routes themselves."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from api.azure.models import AzureApi
from api.azure.wire import AzureBody, AzureErrorAnswer
from api.described.models import body_schema
from api.problems import MEDIA_TYPE, ProblemBody

Described = dict[str, Any]
TAG: Final = "azure"

_BINARY: Final = {
    "schema": {"type": "string", "format": "binary", "description": "The document, as it is."}
}
_BODY_TYPES: Final = (
    "application/octet-stream", "application/pdf", "image/jpeg", "image/png", "image/tiff",
    "image/bmp", "image/heif",
)  # fmt: skip
_MEANINGS: Final = {
    HTTPStatus.BAD_REQUEST: "Something in the request or the document is wrong",
    HTTPStatus.UNAUTHORIZED: "A key is needed",
    HTTPStatus.NOT_FOUND: "There is no such model or result",
    HTTPStatus.TOO_MANY_REQUESTS: "A limit on requests or waiting documents is reached",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A bug of docspade; the log has the details",
    HTTPStatus.SERVICE_UNAVAILABLE: "Later again; `Retry-After` says when",
}
_SECONDS: Final = {"schema": {"type": "string", "pattern": "^[0-9]+$"}, "example": "1"}


def _faults(*further: HTTPStatus) -> dict[int | str, Described]:
    meanings = {**_MEANINGS, **{status: status.phrase for status in further}}
    found: dict[int | str, Described] = {
        status.value: {"model": AzureErrorAnswer, "description": meaning}
        for status, meaning in meanings.items()
    }
    # Pages of other sites are refused before anyone looks at the path.
    problem = {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}
    found[HTTPStatus.FORBIDDEN.value] = {
        "model": AzureErrorAnswer,
        "description": "The key lacks the scope, or a page of another site asks",
        "content": {MEDIA_TYPE: {"schema": problem}},
    }
    return found


READING: Final = {
    **_faults(),
    HTTPStatus.OK.value: {
        "description": "How far it is; with the result once it has succeeded",
        "headers": {"Retry-After": {**_SECONDS, "description": "while it is not done: seconds"}},
    },
}
DELETING: Final = _faults()
ANALYZING: Final = {
    **_faults(HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    HTTPStatus.ACCEPTED.value: {
        "description": "It will be done",
        "headers": {
            "Operation-Location": {
                "required": True,
                "description": "where to ask how far it is",
                "schema": {"type": "string", "format": "uri"},
            },
            "Retry-After": {**_SECONDS, "required": True, "description": "seconds until then"},
        },
    },
}


def parameters(api: AzureApi) -> Described:
    """The parameter that every call needs, as a route's `openapi_extra`."""
    version = {
        "name": "api-version",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "enum": [api.version]},
        "example": api.version,
    }
    return {"parameters": [version]}


def upload(api: AzureApi) -> Described:
    """The parameter and the body of the call that hands a document in."""
    binary = dict.fromkeys(_BODY_TYPES, _BINARY)
    as_json = {"application/json": {"schema": body_schema(AzureBody)}}
    return {**parameters(api), "requestBody": {"required": True, "content": {**binary, **as_json}}}


def without_foreign_statuses(operation: Described) -> None:
    """Take out of an operation what the rest of the service answers and Azure's routes do not."""
    if TAG in operation.get("tags", ()):
        operation["responses"].pop(str(HTTPStatus.UNPROCESSABLE_ENTITY.value), None)
