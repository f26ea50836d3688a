"""About the service itself: document types, health, readiness."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import Caller
from api.context import ApiContext
from api.problems import RETRY_SECONDS, ProblemBody, ProblemError
from api.version import docspade_version
from api.wire import Health, TypeList, type_entry
from layout.schema import load_schema, schema_names


def service_router(context: ApiContext) -> APIRouter:
    """The routes beside the documents'."""
    router = APIRouter(tags=["service"])

    @router.get("/v1/types", summary="The document types")
    def list_types(_caller: Annotated[Caller, Depends(context.auth.require("read"))]) -> TypeList:
        """The types that `?type=` takes besides "auto", with their fields."""
        return TypeList(types=[type_entry(load_schema(name)) for name in schema_names()])

    @router.get("/healthz", summary="Whether the server answers")
    def get_health() -> Health:
        """Always 200 while the server runs."""
        return Health(status="ok", version=docspade_version())

    @router.get(
        "/readyz",
        summary="Whether documents are processed",
        responses={503: {"model": ProblemBody}},
    )
    def get_readiness(workers: Annotated[int, Query(ge=0)] = 1) -> Health:
        """200 when database and store can be used and a worker is there, otherwise 503.

        `workers` says how many must be there; with 0 the answer is about database and store alone,
        as balancers want it: without a worker documents are still accepted.
        """
        context.services.blobs.free_bytes()
        n_alive = context.services.presence.n_alive()
        if n_alive < workers:
            detail = "no worker is ready yet; documents are accepted and wait for one"
            if n_alive:
                detail = f"{n_alive} workers are ready, of {workers} asked for"
            retry = {"Retry-After": str(RETRY_SECONDS)}
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "no_worker", detail, retry)
        return Health(status="ready", version=docspade_version())

    return router
