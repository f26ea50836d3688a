"""The routes of Azure Document Intelligence: analyse a document, ask for the outcome, delete it."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from api.auth import Caller
from api.azure.analysis import analyze_result
from api.azure.bodies import Bodies
from api.azure.description import ANALYZING, DELETING, READING, TAG, parameters, upload
from api.azure.faults import CANCELLED, AzureFault, body_of_job, fault_of, invalid
from api.azure.indexing import StringIndexType
from api.azure.models import APIS, AzureApi, AzureModel
from api.azure.wire import AzureOperation
from api.context import ApiContext
from api.intake import Intake, Wishes
from api.parameters import parse_pages
from api.problems import ProblemError
from api.results import finished_result
from api.routes.documents import find_job
from ocr.errors import DocspadeError
from workers.jobs import Job
from workers.states import JobState

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1
UNIT_PARAMETER: Final = "stringIndexType"
# Wishes that change what a result holds and that are not met: better refused than overlooked.
UNMET_WISHES: Final = ("features", "queryFields", "output")
METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]

_STATUS: Final = {
    JobState.QUEUED: "notStarted",
    JobState.RUNNING: "running",
    JobState.SUCCEEDED: "succeeded",
    JobState.PARTIAL: "succeeded",
    JobState.FAILED: "failed",
}
_Handler = Callable[[Request], Coroutine[None, None, Response]]
RESULT_PATH: Final = "/documentModels/{modelId}/analyzeResults/{resultId}"
Unit = Annotated[StringIndexType, Query(alias=UNIT_PARAMETER)]
ModelId = Annotated[str, Path(alias="modelId", examples=["prebuilt-read"])]
ResultId = Annotated[str, Path(alias="resultId", examples=["0123456789abcdef0123456789abcdef"])]


class AzureRoute(APIRoute):
    """A route whose errors have Azure's form."""

    def get_route_handler(self) -> _Handler:
        """The handler, with every error turned into an answer."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except AzureFault as fault:
                return fault.response()
            except (ProblemError, DocspadeError) as error:
                return fault_of(error).response()
            except RequestValidationError as error:
                names = ", ".join(str(fault["loc"][-1]) for fault in error.errors())
                return invalid(f"The parameter {names} is invalid.").response()
            except ClientDisconnect:
                return invalid("The upload broke off.").response()
            except Exception:
                # The request's edge: a bug of ours is answered as Azure answers its own.
                logger.exception("a request in Azure's form met a defect")
                message = "docspade met a defect of its own; the log has the details"
                return AzureFault(HTTPStatus.INTERNAL_SERVER_ERROR, "defect", message).response()

        return answer


def azure_routers(context: ApiContext) -> list[APIRouter]:
    """A router for each version of the API; they share one intake."""
    intake, bodies = Intake(context), Bodies(context.settings)
    return [_router(context, api, intake, bodies) for api in APIS]


def _router(context: ApiContext, api: AzureApi, intake: Intake, bodies: Bodies) -> APIRouter:
    router = APIRouter(prefix=api.prefix, tags=[TAG], route_class=AzureRoute)
    _add_analyze(router, context, api, intake=intake, bodies=bodies)
    _add_results(router, context, api)

    Reader = Annotated[Caller, Depends(context.auth.require("read"))]  # noqa: N806  # a type

    @router.api_route("/{_path:path}", methods=METHODS, include_in_schema=False)
    def nothing(_path: str, _caller: Reader) -> Response:
        """Whatever else Azure may offer there."""
        raise AzureFault(HTTPStatus.NOT_FOUND, None, "There is nothing under this path.")

    return router


def _version_check(api: AzureApi) -> Callable[[Request], None]:
    """A FastAPI dependency that refuses other versions."""

    def check_version(request: Request) -> None:
        given = request.query_params.get("api-version")
        if given != api.version:
            raise invalid(f"api-version must be {api.version} here.")

    return check_version


def _add_analyze(
    router: APIRouter, context: ApiContext, api: AzureApi, *, intake: Intake, bodies: Bodies
) -> None:
    """Add the route that takes documents."""

    @router.post(
        "/documentModels/{modelId}:analyze",
        summary="Analyse a document",
        name=f"{api.name}_analyze",
        status_code=HTTPStatus.ACCEPTED,
        response_class=Response,
        responses=ANALYZING,
        openapi_extra=upload(api),
    )
    async def analyze(
        model_id: ModelId,
        request: Request,
        caller: Annotated[Caller, Depends(context.auth.require("submit"))],
        _version: Annotated[None, Depends(_version_check(api))],
        unit: Unit = "textElements",
        pages: Annotated[str | None, Query(max_length=1000, examples=["1,3-5"])] = None,
    ) -> Response:
        """Hand in a document: 202, and in `Operation-Location` where to ask for the outcome."""
        model = api.model(model_id)
        _refuse_unmet_wishes(request)
        selection = parse_pages(pages, context.settings.limits)
        wishes = Wishes(model.document_type, selection, caller)
        async with bodies.document_of(request, caller.limits(context.settings.limits)) as document:
            job = await intake.accept(document, wishes)
        query = urlencode({"api-version": api.version, UNIT_PARAMETER: unit})
        path = f"{api.prefix}/documentModels/{model_id}/analyzeResults/{job.job_id}"
        place = f"{str(request.base_url).rstrip('/')}{path}?{query}"
        headers = {"Operation-Location": place, "Retry-After": str(RETRY_SECONDS)}
        return Response(status_code=HTTPStatus.ACCEPTED, headers=headers)


def _add_results(router: APIRouter, context: ApiContext, api: AzureApi) -> None:
    """Add the routes of what became of them."""
    services, versioned = context.services, [Depends(_version_check(api))]

    @router.get(
        RESULT_PATH,
        summary="How far an analysis is, and its result",
        name=f"{api.name}_get_result",
        dependencies=versioned,
        response_model=AzureOperation,
        responses=READING,
        openapi_extra=parameters(api),
    )
    def outcome(
        model_id: ModelId,
        result_id: ResultId,
        caller: Annotated[Caller, Depends(context.auth.require("read"))],
        unit: Unit = "textElements",
    ) -> Response:
        """How far it is, and once it is done the result."""
        model = api.model(model_id)
        job = _job_of(context, model, result_id, caller)
        body = _operation(job, api)
        if job.state in {JobState.SUCCEEDED, JobState.PARTIAL}:
            result = finished_result(context, job)
            body["analyzeResult"] = analyze_result(result, model, api.version, unit)
        headers = {} if job.state.is_final else {"Retry-After": str(RETRY_SECONDS)}
        return JSONResponse(body, headers=headers)

    @router.delete(
        RESULT_PATH,
        summary="Delete an analysis",
        name=f"{api.name}_delete_result",
        dependencies=versioned,
        status_code=HTTPStatus.NO_CONTENT,
        response_class=Response,
        responses=DELETING,
        openapi_extra=parameters(api),
    )
    def remove(
        model_id: ModelId,
        result_id: ResultId,
        caller: Annotated[Caller, Depends(context.auth.require("submit"))],
    ) -> Response:
        """Delete the file, its pictures and its result."""
        job = _job_of(context, api.model(model_id), result_id, caller)
        services.jobs.delete(job.job_id)
        services.blobs.delete_document(job.job_id)
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _refuse_unmet_wishes(request: Request) -> None:
    for name in UNMET_WISHES:
        if request.query_params.get(name):
            raise invalid(f"{name} is not supported by this service.")
    if request.query_params.get("outputContentFormat", "text") != "text":
        raise invalid("outputContentFormat can only be text.")


def _job_of(context: ApiContext, model: AzureModel, result_id: str, caller: Caller) -> Job:
    """The job of an operation, if that model was asked for."""
    job = find_job(context, result_id, caller)
    if job.document_type != model.document_type:
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_document", "there is no such result")
    return job


def _operation(job: Job, api: AzureApi) -> dict[str, object]:
    created = job.created_at
    body: dict[str, object] = {
        "status": _STATUS.get(job.state, api.cancelled),
        "createdDateTime": _moment(created),
        "lastUpdatedDateTime": _moment(job.finished_at or job.started_at or created),
    }
    if job.error is not None:
        body["error"] = body_of_job(job.error)
    elif job.state is JobState.CANCELLED:
        body["error"] = CANCELLED
    return body


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
