"""Handing documents in, asking how far they are, deleting them."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.context import ApiContext
from api.described.headers import DOCUMENT_LOCATION, ETAG, FAILED_LOCATION, RETRY_AFTER
from api.intake import AUTO_TYPE, Intake, Wishes
from api.once import KeyHeader
from api.parameters import make_cursor, parse_cursor, parse_pages
from api.problems import ProblemBody, ProblemError
from api.results import ResultView, result_response
from api.room import check_room
from api.waiting import FinishWatch
from api.wire import DocumentEntry, DocumentList, document_entry, document_path
from layout.result import DocumentResult
from workers.jobs import DEFAULT_LANE, Job, is_job_id
from workers.states import JobState

UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "The document: a picture, a PDF or a words file.",
                        }
                    },
                }
            },
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary", "description": "The document."}
            },
        },
    }
}
PROBLEM = {"model": ProblemBody}


def find_job(context: ApiContext, document_id: str, caller: Caller) -> Job:
    """The job of a document.

    Raises:
        ProblemError: the caller's tenant has none of that id.
    """
    job = context.services.jobs.get(document_id) if is_job_id(document_id) else None
    if job is None or job.tenant != caller.tenant:
        detail = "there is no document of that id"
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_document", detail)
    return job


def documents_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/documents`."""
    router = APIRouter(prefix="/v1/documents", tags=["documents"])
    auth, jobs, blobs = context.auth, context.services.jobs, context.services.blobs
    intake, watch = Intake(context), FinishWatch(jobs.unfinished)

    @router.post(
        "",
        summary="Hand in a document",
        response_model=DocumentResult,
        response_model_exclude_unset=True,
        openapi_extra=UPLOAD_BODY,
        responses={
            200: {"headers": {**DOCUMENT_LOCATION, **ETAG}},
            202: {"model": DocumentEntry, "headers": {**DOCUMENT_LOCATION, **RETRY_AFTER}},
            408: PROBLEM,
            409: PROBLEM,
            **{status: {**PROBLEM, "headers": FAILED_LOCATION} for status in (413, 415, 422)},
        },
    )
    async def submit_document(
        request: Request,
        caller: Annotated[Caller, Depends(auth.require("submit"))],
        document_type: Annotated[str, Query(alias="type", max_length=64)] = AUTO_TYPE,
        pages: Annotated[str | None, Query(max_length=1000, examples=["1,3-5"])] = None,
        wait: Annotated[float, Query(ge=0)] = 0.0,
        words: Annotated[bool, Query()] = False,  # noqa: FBT002  # a query parameter
        lane: Annotated[Literal["interactive", "batch"], Query()] = DEFAULT_LANE,
        idempotency_key: KeyHeader = None,
    ) -> Response:
        """Hand in one document, as the body itself or as the part `file` of a form.

        With `wait` (seconds) the answer is the result, status 200, if it is there in time.
        Otherwise 202 and a `Location` to ask again. Sent again with the same `Idempotency-Key`, a
        document is not processed twice. Documents of the `lane` batch let the others go first.
        """
        selection = parse_pages(pages, context.settings.limits)
        wishes = Wishes(document_type, selection, caller, idempotency_key, lane)
        job = await intake.accept(request, wishes)
        if wait > 0:
            await watch.wait(job.job_id, min(wait, context.settings.max_wait_seconds))
        return await run_in_threadpool(_answer, context, job.job_id, caller, with_words=words)

    @router.get("", summary="List documents, newest first")
    def list_documents(
        caller: Annotated[Caller, Depends(auth.require("read"))],
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        status: Annotated[JobState | None, Query()] = None,
    ) -> DocumentList:
        """Documents from the newest on, all or those of one status.

        `next`, if not null, is the following page's `cursor`.
        """
        before = parse_cursor(cursor)
        found = jobs.newest(limit + 1, tenant=caller.tenant, state=status, before=before)
        shown = found[:limit]
        following = make_cursor(shown[-1]) if len(found) > limit else None
        return DocumentList(documents=[document_entry(job) for job in shown], next=following)

    @router.get("/{document_id}", summary="How far a document is", responses={404: PROBLEM})
    def get_document(
        document_id: str, caller: Annotated[Caller, Depends(auth.require("read"))]
    ) -> DocumentEntry:
        """Status, times, and the reason of a failure."""
        return document_entry(find_job(context, document_id, caller))

    @router.post(
        "/{document_id}/retry",
        summary="Try a document again",
        status_code=HTTPStatus.ACCEPTED,
        responses={404: PROBLEM, 409: PROBLEM, 429: PROBLEM, 503: PROBLEM},
    )
    def retry_document(
        document_id: str, caller: Annotated[Caller, Depends(auth.require("submit"))]
    ) -> DocumentEntry:
        """Let a document that failed or was cancelled wait again, with all its attempts."""
        job = find_job(context, document_id, caller)
        check_room(context, caller.tenant)
        if not jobs.retry(job.job_id):
            detail = "only what failed or was cancelled, and has its file, can be tried again"
            raise ProblemError(HTTPStatus.CONFLICT, "not_failed", detail)
        context.doorbell.ring(job.lane)
        return document_entry(find_job(context, document_id, caller))

    @router.delete(
        "/{document_id}",
        summary="Delete a document",
        status_code=HTTPStatus.NO_CONTENT,
        responses={404: PROBLEM},
    )
    def delete_document(
        document_id: str, caller: Annotated[Caller, Depends(auth.require("submit"))]
    ) -> None:
        """Delete the file, its pictures, result and corrections, in whatever state it is."""
        job = find_job(context, document_id, caller)
        jobs.delete(job.job_id)
        blobs.delete_document(job.job_id)

    return router


def _answer(context: ApiContext, job_id: str, caller: Caller, *, with_words: bool) -> Response:
    """The result of a job that is done, otherwise 202 and where to ask."""
    job = find_job(context, job_id, caller)
    headers = {"Location": document_path(job_id)}
    if job.state.is_final:
        return result_response(context, job, ResultView(with_words), headers=headers)
    headers["Retry-After"] = "1"
    body = document_entry(job).model_dump(mode="json")
    return JSONResponse(body, HTTPStatus.ACCEPTED, headers)
