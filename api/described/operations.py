"""What the routes themselves know of the operations that the description has of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import StreamingResponse
from starlette.routing import BaseRoute

from api.auth import KeyCheck
from api.keys import Scope


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Attributes:
        path: as the description has it.
        method: of HTTP, in lower case.
        scope: that a key needs; None where no key is asked for.
        streams: whether the answer comes piece by piece.
    """

    path: str
    method: str
    scope: Scope | None
    streams: bool


def operations(routes: Sequence[BaseRoute]) -> Iterator[Operation]:
    """All operations that the description has."""
    for route in iter_route_contexts(routes):
        is_described = isinstance(route.original_route, APIRoute) and route.include_in_schema
        path = route.path_format
        if path is None or not is_described:
            continue
        scope = _scope_of(route.dependant)
        streams = route.response_class is StreamingResponse
        for method in route.methods or ():
            yield Operation(path, method.lower(), scope, streams)


def _scope_of(dependant: Dependant) -> Scope | None:
    for needed in dependant.dependencies:
        if isinstance(needed.call, KeyCheck):
            return needed.call.scope
    return None
