"""Figures for Prometheus."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.auth import Caller
from api.context import ApiContext
from api.metrics import Metrics
from api.problems import ProblemError
from workers.jobs import DEFAULT_TENANT


def metrics_router(context: ApiContext, metrics: Metrics) -> APIRouter:
    """The route `/metrics`."""
    router = APIRouter(tags=["service"])

    @router.get(
        "/metrics",
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
    )
    def get_metrics(caller: Annotated[Caller, Depends(context.auth.require("admin"))]) -> Response:
        """Queue, workers, jobs and stages of the whole system; HTTP requests of this server.

        They tell of all tenants, so only an admin of the tenant "default" gets them.
        """
        if caller.tenant != DEFAULT_TENANT:
            detail = f"the figures are of all tenants: only {DEFAULT_TENANT!r} may see them"
            raise ProblemError(HTTPStatus.FORBIDDEN, "operator_only", detail)
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
