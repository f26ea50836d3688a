"""Batches: asking how far they are, sealing, trying again, deleting."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.batches.wire import BatchEntry, BatchList, Retried, batch_entry
from api.context import ApiContext
from api.parameters import make_place, parse_cursor
from api.problems import ProblemError
from api.room import check_room
from api.routes.documents import PROBLEM
from api.waiting import FinishWatch
from workers.batches import Batch
from workers.jobs import BATCH_LANE, is_job_id
from workers.services import Services
from workers.states import RETRIES, JobState

POLL_SECONDS = 0.2
DELETE_SIZE = 200
DELETE_AT_ONCE = 4
WAYS_BACK: Final = {way.source.value: way for way in RETRIES}


def find_batch(context: ApiContext, batch_id: str, caller: Caller) -> Batch:
    """The batch of that id.

    Raises:
        ProblemError: the caller's tenant has none.
    """
    batch = context.services.batches.get(batch_id) if is_job_id(batch_id) else None
    if batch is None or batch.tenant != caller.tenant:
        detail = "there is no batch of that id"
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_batch", detail)
    return batch


def batches_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/batches` that tell of batches and change them as a whole."""
    router = APIRouter(prefix="/v1/batches", tags=["batches"])
    services, doorbell = context.services, context.doorbell
    Submitter = Annotated[Caller, Depends(context.auth.require("submit"))]  # noqa: N806  # a type
    Reader = Annotated[Caller, Depends(context.auth.require("read"))]  # noqa: N806  # a type
    watch = FinishWatch(services.batches.unfinished, poll_seconds=POLL_SECONDS)

    @router.get("", summary="List batches, newest first")
    def list_batches(
        caller: Reader,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> BatchList:
        """Batches from the newest on; `next`, if not null, is the following page's `cursor`."""
        before = parse_cursor(cursor)
        found = services.batches.newest(limit + 1, tenant=caller.tenant, before=before)
        shown, following = found[:limit], None
        if len(found) > limit:
            following = make_place(shown[-1].created_at, shown[-1].batch_id)
        return BatchList(batches=[batch_entry(each) for each in shown], next=following)

    @router.get(
        "/{batch_id}",
        summary="How far a batch is",
        responses={404: PROBLEM},
    )
    async def get_batch(
        batch_id: str,
        caller: Reader,
        wait: Annotated[float, Query(ge=0)] = 0.0,
    ) -> BatchEntry:
        """How many documents stand where. With `wait` (seconds) as soon as all are done."""
        batch = await run_in_threadpool(find_batch, context, batch_id, caller)
        if wait > 0 and not batch.is_finished:
            await watch.wait(batch_id, min(wait, context.settings.max_wait_seconds))
            batch = await run_in_threadpool(find_batch, context, batch_id, caller)
        return batch_entry(batch)

    @router.post("/{batch_id}/seal", summary="Seal a batch", responses={404: PROBLEM})
    def seal_batch(batch_id: str, caller: Submitter) -> BatchEntry:
        """Say that no documents follow, so that the batch can be finished."""
        find_batch(context, batch_id, caller)
        services.batches.seal(batch_id)
        return batch_entry(find_batch(context, batch_id, caller))

    @router.post(
        "/{batch_id}/retry",
        summary="Try documents again",
        responses={404: PROBLEM, 429: PROBLEM, 503: PROBLEM},
    )
    def retry_batch(
        batch_id: str,
        caller: Submitter,
        status: Annotated[Literal["failed", "cancelled"], Query()] = "failed",
    ) -> Retried:
        """Let all failed documents wait again, or all cancelled ones, with all their attempts.

        Not those that could not be read as they were handed in: of these nothing is stored.
        """
        batch = find_batch(context, batch_id, caller)
        n_ended = batch.counts.get(JobState(status), 0)
        if n_ended:
            check_room(context, caller.tenant, n_documents=n_ended)
        n_retried = services.jobs.retry_batch(batch_id, WAYS_BACK[status])
        if n_retried:
            doorbell.ring(BATCH_LANE)
        return Retried(n_retried=n_retried)

    @router.delete(
        "/{batch_id}",
        summary="Delete a batch",
        status_code=HTTPStatus.NO_CONTENT,
        responses={404: PROBLEM},
    )
    def delete_batch(batch_id: str, caller: Submitter) -> None:
        """Delete it with all its documents, in whatever state they are."""
        find_batch(context, batch_id, caller)
        _delete(services, batch_id)

    return router


def _delete(services: Services, batch_id: str) -> None:
    services.batches.seal(batch_id)  # nobody adds while it is emptied
    with ThreadPoolExecutor(DELETE_AT_ONCE) as threads:  # a store on the network takes its time
        while found := services.batches.documents(batch_id, DELETE_SIZE):
            ids = [job.job_id for job in found]
            services.jobs.delete_all(ids)
            for _ in threads.map(services.blobs.delete_document, ids):
                pass
    services.batches.discard(batch_id)
