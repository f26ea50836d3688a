"""Accepts a document: stores it, looks at it, puts it into the job table, rings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.context import ApiContext
from api.inspection import inspect
from api.problems import RETRY_SECONDS, ProblemError
from api.upload import UploadLimits, receive
from layout.schema import load_schema
from ocr.errors import DefectError, DocspadeError
from ocr.formats import MediaType
from workers.blobs import SOURCE, BlobKey, BlobWriter
from workers.jobs import Job, NewJob, new_job_id

AUTO_TYPE = "auto"
MAX_INSPECTIONS = 4  # at a time


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the sender wants done with a document."""

    document_type: str
    pages: tuple[int, ...]
    submitted_by: str | None


class Intake:
    """Takes documents in for one server."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        # Each inspection holds a whole file in memory.
        self._inspections = threading.BoundedSemaphore(MAX_INSPECTIONS)

    async def accept(self, request: Request, wishes: Wishes) -> Job:
        """Take the document in a request's body; once this returns, its job cannot be lost.

        Raises:
            ProblemError: the request is wrong, or the service is full.
            DocspadeError: the document is refused, or the service cannot store it just now.
        """
        settings = self._context.settings
        if wishes.document_type != AUTO_TYPE:
            load_schema(wishes.document_type)
        await run_in_threadpool(_check_room, self._context)
        key = BlobKey(new_job_id(), SOURCE)
        limits = UploadLimits(settings.limits, settings.upload_idle_seconds)
        with self._context.services.blobs.create(key) as writer:
            filename = await receive(request, writer, limits)
            new = NewJob(
                job_id=key.document_id,
                n_bytes=writer.n_bytes,
                document_type=wishes.document_type,
                pages=wishes.pages,
                filename=filename,
                submitted_by=wishes.submitted_by,
            )
            return await run_in_threadpool(self._register, writer, new)

    def _register(self, writer: BlobWriter, new: NewJob) -> Job:
        services = self._context.services
        writer.commit()
        try:
            media_type = self._inspect(new.job_id)
            job = services.jobs.add(new.with_media_type(media_type))
        except DocspadeError:
            services.blobs.delete_document(new.job_id)
            raise
        self._context.doorbell.ring(job.lane)
        return job

    def _inspect(self, job_id: str) -> MediaType:
        with self._inspections:
            data = self._context.services.blobs.read(BlobKey(job_id, SOURCE))
            if data is None:
                raise DefectError("the stored file is gone")
            return inspect(data, self._context.settings.limits)


def _check_room(context: ApiContext) -> None:
    settings, services = context.settings, context.services
    retry = {"Retry-After": str(RETRY_SECONDS)}
    free_bytes = services.blobs.free_bytes()
    if free_bytes is not None and free_bytes < settings.min_free_disk_bytes:
        detail = "the disk is almost full, so no documents are taken for now"
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "storage_full", detail, retry)
    if sum(services.jobs.waiting().values()) >= settings.max_waiting_jobs:
        detail = "too many documents are waiting already"
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "queue_full", detail, retry)
