"""What people say about documents, beside what was read."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.context import ApiContext
from api.corrections_wire import CorrectionsEntry, corrections_entry
from api.described.headers import ETAG
from api.described.models import body_schema
from api.preconditions import Preconditions, preconditions
from api.problems import ProblemError
from api.request_body import body_time, receive_small
from api.results import finished_result
from api.routes.documents import PROBLEM, find_job
from layout.corrections import Corrections, parse_corrections
from layout.settling import settle
from workers.corrections import CorrectionTable, StaleCorrectionsError
from workers.jobs import Job

MAX_BYTES: Final = 4 * 1024 * 1024
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": body_schema(Corrections),
                "example": {
                    "type": "receipt",
                    "fields": {
                        "merchant_name": {"text": "CORNER BOOK SHOP"},
                        "total": {"text": "9.80", "regions": [{"page": 1, "word_ids": [41]}]},
                    },
                },
            }
        },
    }
}
"""The body as the API's description has it: it is read under a limit, not by FastAPI."""


def corrections_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/documents/{id}/corrections`."""
    router = APIRouter(prefix="/v1/documents/{document_id}/corrections", tags=["corrections"])
    auth, table = context.auth, CorrectionTable(context.services.database)
    Conditions = Annotated[Preconditions, Depends(preconditions)]  # noqa: N806  # a type

    @router.put(
        "",
        summary="Correct a document",
        response_model_exclude_unset=True,
        openapi_extra=BODY,
        responses={
            200: {"headers": ETAG},
            **dict.fromkeys((404, 408, 409, 412, 413, 422), PROBLEM),
        },
    )
    async def correct_document(
        document_id: str,
        request: Request,
        response: Response,
        caller: Annotated[Caller, Depends(auth.require("submit"))],
        conditions: Conditions,
    ) -> CorrectionsEntry:
        """Say what type the document is of and what all of its fields are.

        The form is that of a result's `fields`, so that these can be changed and sent back. What is
        left out is not there. With `If-Match` the corrections replace those with that `ETag` alone,
        with `If-None-Match: *` none. The result itself stays as it is.
        """
        job = await run_in_threadpool(find_job, context, document_id, caller)
        time = body_time(context.settings)
        body = await receive_small(request, max_bytes=MAX_BYTES, time=time)
        wanted = await run_in_threadpool(_settled, context, job, body)
        entry = await run_in_threadpool(
            _put, table, job, wanted, caller=caller, conditions=conditions
        )
        response.headers["ETag"] = entry.etag
        return entry

    @router.get(
        "",
        summary="A document's corrections",
        response_model_exclude_unset=True,
        responses={404: PROBLEM},
    )
    def get_corrections(
        document_id: str,
        response: Response,
        caller: Annotated[Caller, Depends(auth.require("read"))],
    ) -> CorrectionsEntry:
        """The corrections, each field with its text, value and words."""
        stored = table.get(find_job(context, document_id, caller).job_id)
        if stored is None:
            raise _none()
        entry = corrections_entry(stored)
        response.headers["ETag"] = entry.etag
        return entry

    @router.delete(
        "",
        summary="Take corrections back",
        status_code=HTTPStatus.NO_CONTENT,
        responses={404: PROBLEM, 412: PROBLEM},
    )
    def delete_corrections(
        document_id: str,
        caller: Annotated[Caller, Depends(auth.require("submit"))],
        conditions: Conditions,
    ) -> None:
        """Remove the corrections; what was read stands again."""
        job = find_job(context, document_id, caller)
        try:
            if not table.delete(job.job_id, is_expected=conditions.allow):
                raise _none()
        except StaleCorrectionsError as error:
            raise _stale() from error

    return router


def _settled(context: ApiContext, job: Job, body: bytes) -> Corrections:
    """What a body says of a document, with what it leaves to be looked for."""
    result = finished_result(context, job)
    return settle(parse_corrections(body), result).corrections


def _put(
    table: CorrectionTable,
    job: Job,
    wanted: Corrections,
    *,
    caller: Caller,
    conditions: Preconditions,
) -> CorrectionsEntry:
    """Put corrections in the place of what stands, if the conditions allow it."""
    try:
        stored = table.put(
            job.job_id, wanted, corrected_by=caller.key_id, is_expected=conditions.allow
        )
    except StaleCorrectionsError as error:
        raise _stale() from error
    if stored is None:
        detail = "there is no document of that id"
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_document", detail)
    return corrections_entry(stored)


def _none() -> ProblemError:
    detail = "the document was not corrected"
    return ProblemError(HTTPStatus.NOT_FOUND, "no_corrections", detail)


def _stale() -> ProblemError:
    detail = "the document was corrected otherwise in the meantime; look at that first"
    return ProblemError(HTTPStatus.PRECONDITION_FAILED, "stale_corrections", detail)
