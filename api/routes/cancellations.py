"""Cancelling: a document, or what is not done of a batch."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import Caller
from api.batches.wire import Cancelled
from api.context import ApiContext
from api.problems import ProblemError
from api.routes.batches import find_batch
from api.routes.documents import PROBLEM, find_job
from api.wire import DocumentEntry, document_entry
from workers.states import JobState


def cancellations_router(context: ApiContext) -> APIRouter:
    """The routes `/v1/documents/{id}/cancel` and `/v1/batches/{id}/cancel`."""
    router = APIRouter(prefix="/v1")
    jobs = context.services.jobs
    Submitter = Annotated[Caller, Depends(context.auth.require("submit"))]  # noqa: N806  # a type

    @router.post(
        "/documents/{document_id}/cancel",
        summary="Cancel a document",
        tags=["documents"],
        responses={404: PROBLEM, 409: PROBLEM},
    )
    def cancel_document(document_id: str, caller: Submitter) -> DocumentEntry:
        """Have a document not read that waits or is under way; its file stays.

        One that is cancelled already is answered as it stands, one that is done with 409.
        """
        job = find_job(context, document_id, caller)
        is_news = jobs.cancel(job.job_id)
        job = find_job(context, document_id, caller)
        if not is_news and job.state is not JobState.CANCELLED:
            detail = "the document is done already: there is nothing to cancel"
            raise ProblemError(HTTPStatus.CONFLICT, "already_finished", detail)
        return document_entry(job)

    @router.post(
        "/batches/{batch_id}/cancel",
        summary="Cancel a batch",
        tags=["batches"],
        responses={404: PROBLEM},
    )
    def cancel_batch(batch_id: str, caller: Submitter) -> Cancelled:
        """Cancel all documents that wait or are under way; those that are done stay as they are.

        The batch is not sealed by that: what is added later is read.
        """
        find_batch(context, batch_id, caller)
        return Cancelled(n_cancelled=jobs.cancel_batch(batch_id))

    return router
