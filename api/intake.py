"""Accepts a document: stores it, looks at it, puts it into the job table, rings."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.auth import Caller
from api.context import ApiContext
from api.once import make_once
from api.problems import ProblemError
from api.request_body import body_time
from api.request_notes import note_made
from api.room import check_room
from api.stored_inspection import StoredInspection
from api.upload import UploadLimits, receive
from layout.schema import load_schema
from ocr.errors import DocspadeError
from workers.blobs import SOURCE, BlobKey, BlobWriter
from workers.idempotency import OnceKey
from workers.jobs import DEFAULT_LANE, Job, NewJob, new_job_id

AUTO_TYPE = "auto"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the sender wants done with a document."""

    document_type: str
    pages: tuple[int, ...]
    caller: Caller
    idempotency_key: str | None = None
    lane: str = DEFAULT_LANE


class Intake:
    """Takes documents in for one server."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._inspection = StoredInspection(context.services.blobs, context.settings.limits)

    async def accept(self, request: Request, wishes: Wishes) -> Job:
        """Take the document in a request's body; once this returns, its job cannot be lost.

        Raises:
            ProblemError: the request is wrong, or the service is full.
            DocspadeError: the document is refused, or the service cannot store it just now.
        """
        settings = self._context.settings
        if wishes.document_type != AUTO_TYPE:
            load_schema(wishes.document_type)
        await run_in_threadpool(check_room, self._context, wishes.caller.tenant)
        key = BlobKey(new_job_id(), SOURCE)
        limits = UploadLimits(wishes.caller.limits(settings.limits), body_time(settings))
        with self._context.services.blobs.create(key) as writer:
            filename = await receive(request, writer, limits)
            new = NewJob(
                job_id=key.document_id,
                n_bytes=writer.n_bytes,
                document_type=wishes.document_type,
                pages=wishes.pages,
                filename=filename,
                submitted_by=wishes.caller.key_id,
                tenant=wishes.caller.tenant,
                lane=wishes.lane,
            )
            job = await run_in_threadpool(self._register, writer, new, wishes.idempotency_key)
        if job.job_id == new.job_id:
            note_made(request.scope, job.job_id)
        return job

    def _register(self, writer: BlobWriter, new: NewJob, idempotency_key: str | None) -> Job:
        services = self._context.services
        writer.commit()
        try:
            media_type, digest = self._inspection.look(new.job_id)
            once = None if idempotency_key is None else _once(idempotency_key, new, digest)
            job = self._add(new.with_media_type(media_type), once)
        except (DocspadeError, ProblemError):
            services.blobs.delete_document(new.job_id)
            raise
        if job.job_id != new.job_id:  # it was sent before
            services.blobs.delete_document(new.job_id)
        self._context.doorbell.ring(job.lane)
        return job

    def _add(self, new: NewJob, once: OnceKey | None) -> Job:
        """Add a job, or find the one that was made with its key before."""
        jobs = self._context.services.jobs
        if once is None:
            return jobs.add(new)
        keys = self._context.services.once
        return make_once(keys, new.tenant, once, lambda: jobs.add(new, once), jobs.get)


def _once(key: str, new: NewJob, digest: str) -> OnceKey:
    asked = json.dumps([digest, new.document_type, new.pages])
    return OnceKey(key, hashlib.sha256(asked.encode()).hexdigest())
