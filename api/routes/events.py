"""Following a document while it is processed."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.context import ApiContext
from api.problems import RETRY_SECONDS, ProblemError
from api.progress import ProgressWatch
from api.routes.documents import PROBLEM, find_job
from api.wire import document_entry
from workers.job_progress import ProgressTable
from workers.jobs import Job

MAX_LISTENERS = 1000
MAX_SECONDS = 900.0  # then the client comes again, and its key is looked at again
MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def events_router(context: ApiContext) -> APIRouter:
    """The route `/v1/documents/{id}/events`."""
    router = APIRouter(prefix="/v1/documents/{document_id}", tags=["documents"])
    watch = ProgressWatch(ProgressTable(context.services.database))

    @router.get(
        "/events",
        summary="Follow a document",
        response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPE: {}}}, 404: PROBLEM, 503: PROBLEM},
    )
    async def follow_document(
        document_id: str,
        caller: Annotated[Caller, Depends(context.auth.require("read"))],
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> Response:
        """Server-sent events: `status` with the document's entry, now and at each change.

        The last one has a final status, and the stream ends. A client that has seen it and comes
        again is answered 204, on which browsers stay away. A deleted document ends the stream too.
        """
        job = await run_in_threadpool(find_job, context, document_id, caller)
        if job.state.is_final and last_event_id == _event_id(job):
            return Response(status_code=HTTPStatus.NO_CONTENT)
        if watch.n_listeners >= MAX_LISTENERS:
            detail = "too many listeners follow documents already"
            retry = {"Retry-After": str(RETRY_SECONDS)}
            status = HTTPStatus.SERVICE_UNAVAILABLE
            raise ProblemError(status, "too_many_listeners", detail, retry)
        return StreamingResponse(_stream(watch, job), media_type=MEDIA_TYPE, headers=HEADERS)

    return router


async def _stream(watch: ProgressWatch, job: Job) -> AsyncIterator[str]:
    async for state in watch.follow(job, MAX_SECONDS):
        if state is None:
            yield ": still here\n\n"
        else:
            data = document_entry(state).model_dump_json()
            yield f"event: status\nid: {_event_id(state)}\ndata: {data}\n\n"


def _event_id(job: Job) -> str:
    return f"{job.state}-{job.attempt}-{job.n_pages_done}"
