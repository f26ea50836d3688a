"""The FastAPI application."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from api import problems
from api.azure.routes import azure_routers
from api.context import ApiContext
from api.described.service import DESCRIPTION, LICENCE, SERVERS, SUMMARY, TAGS
from api.entity_tags import EntityTags
from api.guard import Guard
from api.methods import HeadAnswers
from api.metrics import Metrics, RequestMeter
from api.openapi import EVERYWHERE, DescribedApp
from api.query_names import refuse_unknown_names
from api.request_log import RequestLog
from api.routes.batch_results import batch_results_router
from api.routes.batch_uploads import batch_uploads_router
from api.routes.batches import batches_router
from api.routes.cancellations import cancellations_router
from api.routes.corrections import corrections_router
from api.routes.deliveries import deliveries_router
from api.routes.documents import documents_router
from api.routes.events import events_router
from api.routes.metrics import metrics_router
from api.routes.pictures import pictures_router
from api.routes.results import results_router
from api.routes.service import service_router
from api.routes.webhooks import webhooks_router
from api.tracing import RequestTracer
from api.version import docspade_version

WEB_DIR = Path(__file__).parent / "web"


def create_app(context: ApiContext) -> FastAPI:
    """Put routes, error answers, guard and the web page together."""
    # No documentation pages of FastAPI's own: they load their scripts from the internet.
    app = DescribedApp(
        title="docspade",
        version=docspade_version(),
        summary=SUMMARY,
        description=DESCRIPTION,
        license_info=LICENCE,
        servers=SERVERS,
        openapi_tags=TAGS,
        # Generated code calls its methods so; the test of the description keeps them apart.
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses=EVERYWHERE,
        dependencies=[Depends(refuse_unknown_names)],
    )
    app.may_be_open = context.listens_on_loopback
    problems.install(app)
    metrics = Metrics(context.services.database)
    for router in routers(context, metrics):
        app.include_router(router)
    _add_pages(app)
    app.add_middleware(EntityTags)
    app.add_middleware(HeadAnswers)
    app.add_middleware(
        Guard,
        listens_on_loopback=context.listens_on_loopback,
        allowed_hosts=context.settings.allowed_hosts,
    )
    app.add_middleware(RequestMeter, metrics=metrics)
    if context.traces.is_on:
        app.add_middleware(RequestTracer, traces=context.traces)
    app.add_middleware(RequestLog)
    return app


def routers(context: ApiContext, metrics: Metrics) -> list[APIRouter]:
    """All routes but those of the web page."""
    return [
        documents_router(context),
        events_router(context),
        results_router(context),
        pictures_router(context),
        batch_uploads_router(context),
        batches_router(context),
        batch_results_router(context),
        cancellations_router(context),
        corrections_router(context),
        service_router(context),
        webhooks_router(context),
        deliveries_router(context),
        metrics_router(context, metrics),
        *azure_routers(context),
    ]


def _add_pages(app: FastAPI) -> None:
    app.mount("/static", StaticFiles(directory=WEB_DIR), name="static")

    @app.get("/", include_in_schema=False)
    def index() -> FileResponse:
        return FileResponse(WEB_DIR / "index.html")

    @app.get("/docs", include_in_schema=False)
    def reference() -> FileResponse:
        return FileResponse(WEB_DIR / "reference.html")
