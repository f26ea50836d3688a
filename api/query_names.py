"""Refuses query parameters that a route does not have: a misspelt one would go unheeded.

Somebody who asks for `?redcat=names` must not be sent the names.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from api.problems import ProblemError

PREFIX = "/v1/"
"""Of the routes that are looked at; those in Azure's form have rules of their own."""


async def refuse_unknown_names(request: Request) -> None:
    """A FastAPI dependency for all routes.

    Raises:
        ProblemError: the query has a parameter that the route does not know.
    """
    if not request.query_params or not request.url.path.startswith(PREFIX):
        return
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = _names(route)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        there_are = f"there are {', '.join(known)}" if known else "there are none here"
        detail = f"{unknown[0][:80]}: there is no such query parameter; {there_are}"
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail)


def _names(route: APIRoute) -> list[str]:
    """Names of a route's query parameters, also of those that a model holds."""
    elsewhere = (params.Path, params.Header, params.Cookie)
    fields = get_flat_params(route.dependant)
    return [field.alias for field in fields if not isinstance(field.field_info, elsewhere)]
