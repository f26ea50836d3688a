"""Following a document while it is processed, or a batch."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.batches.wire import batch_entry
from api.context import ApiContext
from api.problems import RETRY_SECONDS, ProblemError
from api.progress import Followed, ProgressWatch
from api.routes.batches import find_batch
from api.routes.documents import PROBLEM, find_job
from api.wire import document_entry
from workers.batches import Batch
from workers.job_progress import ProgressTable
from workers.jobs import Job
from workers.states import JobState

MAX_LISTENERS = 1000
MAX_SECONDS = 900.0  # then the client comes again, and its key is looked at again
MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Stream(Generic[T]):
    """Events about one kind of thing; their ids are the marks of its states.

    Attributes:
        followed: the kind.
        watch: tells of changes.
        entry: what is told of a state.
        check_room: raises a problem where there are too many listeners already.
    """

    followed: Followed[T]
    watch: ProgressWatch[T]
    entry: Callable[[T], BaseModel]
    check_room: Callable[[], None]

    def answer(self, followed_id: str, state: T, last_event_id: str) -> Response:
        """The stream; 204 to who has seen the end already, on which browsers stay away."""
        if self.followed.is_final(state) and last_event_id == self.followed.mark(state):
            return Response(status_code=HTTPStatus.NO_CONTENT)
        self.check_room()
        events = self._events(followed_id, state)
        return StreamingResponse(events, media_type=MEDIA_TYPE, headers=HEADERS)

    async def _events(self, followed_id: str, first: T) -> AsyncIterator[str]:
        async for state in self.watch.follow(followed_id, first, MAX_SECONDS):
            if state is None:
                yield ": still here\n\n"
            else:
                data = self.entry(state).model_dump_json()
                yield f"event: status\nid: {self.followed.mark(state)}\ndata: {data}\n\n"


def events_router(context: ApiContext) -> APIRouter:
    """The routes `/v1/documents/{id}/events` and `/v1/batches/{id}/events`."""
    router = APIRouter(prefix="/v1")
    Reader = Annotated[Caller, Depends(context.auth.require("read"))]  # noqa: N806  # a type
    services = context.services
    jobs = Followed(ProgressTable(services.database), _job_mark, lambda job: job.state.is_final)
    batches = Followed(services.batches, _batch_mark, lambda batch: batch.is_finished)
    job_watch, batch_watch = ProgressWatch(jobs), ProgressWatch(batches)

    def check_room() -> None:
        if job_watch.n_listeners + batch_watch.n_listeners >= MAX_LISTENERS:
            detail = "too many listeners follow documents and batches already"
            retry = {"Retry-After": str(RETRY_SECONDS)}
            status = HTTPStatus.SERVICE_UNAVAILABLE
            raise ProblemError(status, "too_many_listeners", detail, retry)

    of_document = _Stream(jobs, job_watch, document_entry, check_room)
    of_batch = _Stream(batches, batch_watch, batch_entry, check_room)

    @router.get(
        "/documents/{document_id}/events",
        summary="Follow a document",
        tags=["documents"],
        response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPE: {}}}, 404: PROBLEM, 503: PROBLEM},
    )
    async def follow_document(
        document_id: str,
        caller: Reader,
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> Response:
        """Server-sent events: `status` with the document's entry, now and at each change.

        The last one has a final status, and the stream ends. A client that has seen it and comes
        again is answered 204, on which browsers stay away. A deleted document ends the stream too.
        """
        job = await run_in_threadpool(find_job, context, document_id, caller)
        return of_document.answer(document_id, job, last_event_id)

    @router.get(
        "/batches/{batch_id}/events",
        summary="Follow a batch",
        tags=["batches"],
        response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPE: {}}}, 404: PROBLEM, 503: PROBLEM},
    )
    async def follow_batch(
        batch_id: str,
        caller: Reader,
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> Response:
        """Server-sent events: `status` with the batch's entry, now and when its counts change.

        The last one tells that it is finished, and the stream ends; one that is not sealed never
        is. Otherwise as of a document.
        """
        batch = await run_in_threadpool(find_batch, context, batch_id, caller)
        return of_batch.answer(batch_id, batch, last_event_id)

    return router


def _job_mark(job: Job) -> str:
    return f"{job.state}-{job.attempt}-{job.n_pages_done}"


def _batch_mark(batch: Batch) -> str:
    counts = ".".join(str(batch.counts.get(state, 0)) for state in JobState)
    return f"{'open' if batch.sealed_at is None else 'sealed'}-{counts}"
