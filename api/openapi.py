"""What `/openapi.json` tells beyond what stands at the routes.

Problems, in which any request can end and which have a media type of their own, and examples of
answers are put in here; `api.described` has the rest.

Those in Azure's form tell of errors in that form: see `api.azure.description`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from api.azure.description import without_foreign_statuses
from api.described.headers import describe_headers
from api.described.models import describe_members, gather_models
from api.described.operations import Operation, operations
from api.described.parameters import describe_parameters
from api.described.security import SCHEMES, describe_security
from api.described.webhooks import describe_webhooks
from api.entity_tags import PREFIX
from api.examples import example_of
from api.problems import MEDIA_TYPE, ProblemBody

_MEANINGS = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read",
    HTTPStatus.UNAUTHORIZED: "An API key is needed",
    HTTPStatus.FORBIDDEN: "The key lacks the scope, or a page of another site asks",
    HTTPStatus.MISDIRECTED_REQUEST: "The server does not answer to that name",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something in the request or the document is wrong",
    HTTPStatus.TOO_MANY_REQUESTS: "A limit on requests or waiting documents is reached",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A bug of docspade; the log has the details",
    HTTPStatus.SERVICE_UNAVAILABLE: "Later again; `Retry-After` says when",
}
EVERYWHERE: dict[int | str, dict[str, Any]] = {
    status.value: {"model": ProblemBody, "description": meaning}
    for status, meaning in _MEANINGS.items()
}
"""Problems in which any request can end."""


class DescribedApp(FastAPI):
    """A FastAPI application whose description tells all that its users have to know.

    Attributes:
        may_be_open: whether it asks for no key while none exists.
    """

    may_be_open: bool = False

    def openapi(self) -> dict[str, Any]:
        """The description, made at the first call."""
        is_new = self.openapi_schema is None
        described = super().openapi()
        if is_new:
            components = described["components"]
            components["securitySchemes"] = SCHEMES
            for known in operations(self.routes):
                operation = described["paths"][known.path][known.method]
                self._describe(operation, known)
                gather_models(operation, components["schemas"])
            describe_webhooks(described)
            for model in components["schemas"].values():
                describe_members(model)
            components["schemas"] = dict(sorted(components["schemas"].items()))
        return described

    def _describe(self, operation: dict[str, Any], known: Operation) -> None:
        is_tagged = known.method == "get" and known.path.startswith(PREFIX) and not known.streams
        without_foreign_statuses(operation)
        describe_security(operation, known.scope, may_be_open=self.may_be_open)
        describe_parameters(operation, is_tagged=is_tagged)
        describe_headers(operation, is_tagged=is_tagged)
        for status, response in operation["responses"].items():
            _set_media_type(response)
            _add_examples(known.path, HTTPStatus(int(status)), response)


def _add_examples(path: str, status: HTTPStatus, response: dict[str, Any]) -> None:
    for content in response.get("content", {}).values():
        model = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        example = example_of(model, status, path)
        if example is not None:
            content.setdefault("example", example)


def _set_media_type(response: dict[str, Any]) -> None:
    # FastAPI describes every model as JSON.
    content = response.get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    if name.endswith(f"/{ProblemBody.__name__}"):
        content[MEDIA_TYPE] = content.pop("application/json")
