"""Runs claimed jobs: reads the document, extracts, stores pictures and result, reports failures."""

from __future__ import annotations

import io
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from layout.result import DocumentResult
from ocr.errors import DefectError, DocspadeError, TransientError
from ocr.formats import sniff
from ocr.types import Page
from workers.blobs import SOURCE, BlobKey, BlobStore, page_picture, write_blob
from workers.heartbeat import Heartbeat
from workers.job_table import JobTable
from workers.jobs import Job, JobError
from workers.lane_order import LaneOrder
from workers.patience import PATIENCE_SECONDS, patiently
from workers.sources import NO_SOURCES, Sources
from workers.traces import EXTRACTION, NO_TRACES, JobTrace, Traces

logger = logging.getLogger(__name__)

JPEG_QUALITY = 85
MAX_PICTURE_SIDE_PX = 2400  # enough to read along on a large screen
DEADLINE_EXIT_CODE = 70
SLICE_SECONDS = 300.0

T = TypeVar("T")
PagePixels = npt.NDArray[np.uint8]


class Extractor(Protocol):
    """What the runner needs of `layout.pipeline.Pipeline`."""

    def extract(
        self,
        data: bytes,
        *,
        document_type: str,
        document_id: str,
        with_words: bool,
        pages: Sequence[int] | None,
        on_page: Callable[[Page, PagePixels | None], None] | None,
    ) -> DocumentResult:
        """Turn a file into fields; raises DocspadeError only for what is expected to go wrong."""
        ...


@dataclass(frozen=True, slots=True)
class RunPolicy:
    """Times, in seconds, and how much is done at a time.

    Attributes:
        heartbeat_seconds: between two renewals of a lease.
        deadline_seconds: a job's longest run.
        retry_seconds: pause before a job is tried again.
        slice_seconds: after which a worker takes no further job for the same bell: brokers take a
            bell back that nobody acknowledges in good time.
        patience_seconds: how long database and store may be away before the work is given back.
        n_at_once: jobs of this worker at a time.
    """

    heartbeat_seconds: float = 10.0
    deadline_seconds: float = 600.0
    retry_seconds: float = 5.0
    slice_seconds: float = SLICE_SECONDS
    patience_seconds: float = PATIENCE_SECONDS
    n_at_once: int = 1


class _LeaseLostError(Exception):
    """The job was deleted or taken over: whatever is still to be done for it is in vain."""


class JobRunner:
    """Claims jobs for one worker and runs them, in each thread that drains one after another.

    A job that outlasts its deadline is failed, and the process ends: nothing else stops a thread
    that hangs. So it does for a job that was taken away meanwhile, which is then not reported.

    Args:
        table: where jobs are claimed and reported.
        blobs: where documents are read and pictures of pages are stored.
        extractor: the pipeline.
        owner: this worker's name; leases are taken in it.
        sources: where documents are fetched that were not uploaded.
        policy: times.
        after_job: called after each job, whatever became of it.
        traces: of the attempts.
    """

    def __init__(
        self,
        table: JobTable,
        blobs: BlobStore,
        extractor: Extractor,
        *,
        owner: str,
        sources: Sources = NO_SOURCES,
        policy: RunPolicy = RunPolicy(),
        after_job: Callable[[], None] = lambda: None,
        traces: Traces = NO_TRACES,
    ) -> None:
        self._table = table
        self._blobs = blobs
        self._extractor = extractor
        self._owner = owner
        self._sources = sources
        self._policy = policy
        self._after_job = after_job
        self._traces = traces
        self._stopping = threading.Event()
        self._order = LaneOrder()
        self._slots = threading.BoundedSemaphore(policy.n_at_once)

    def stop(self) -> None:
        """Claim no more; a job under way is finished."""
        self._stopping.set()

    def drain(self) -> bool:
        """Run jobs of all lanes until none waits, or for one slice of time.

        Returns:
            Whether more may wait: the bell wants ringing again.
        """
        with self._slots:
            return self._drain()

    def look(self) -> None:
        """Drain without having heard a bell, unless this worker is busy.

        A bell may be lost, and until the sweeper's next one comes through nobody would come: the
        table tells of work all the same.
        """
        if self._slots.acquire(blocking=False):
            try:
                self._drain()
            finally:
                self._slots.release()

    def _drain(self) -> bool:
        end = time.monotonic() + self._policy.slice_seconds
        try:
            while not self._stopping.is_set():
                if time.monotonic() >= end:
                    return True
                job = self._claim()
                if job is None:
                    return False
                self._run(job)
                self._after_job()
        except TransientError as error:
            # The sweeper rings again, and gives back what was left half done.
            logger.warning("the lanes are left for now: %s", error)
        return False

    def _claim(self) -> Job | None:
        for lane in self._order.lanes():
            job = self._table.claim(lane, self._owner)
            if job is not None:
                self._order.note(lane)
                return job
        return None

    def _run(self, job: Job) -> None:
        trace = JobTrace(job)
        heartbeat = Heartbeat(
            lambda: self._table.renew(job),
            every_seconds=self._policy.heartbeat_seconds,
            deadline_seconds=self._policy.deadline_seconds,
            on_deadline=lambda: self._abandon(job, is_ours=not heartbeat.is_lost),
        )
        try:
            with heartbeat:
                result = self._extract(job, heartbeat, trace)
                with trace.step("store result"):
                    is_ours = self._keep(lambda: self._table.finish(job, result))
                trace.end(result.status)
        except _LeaseLostError:
            is_ours = False
        except TransientError as error:
            reason = JobError(error.code, error.message)
            trace.end("released", error.code)
            delay_seconds = self._policy.retry_seconds * job.attempt
            is_ours = self._keep(
                lambda: self._table.release(job, reason, delay_seconds=delay_seconds)
            )
        except DocspadeError as error:
            fault = JobError(error.code, error.message)
            trace.end("failed", error.code)
            is_ours = self._keep(lambda: self._table.fail(job, fault))
        except Exception:
            # The job's edge: a bug of ours fails this job alone, and the worker lives.
            logger.exception("job %s failed by a defect", job.job_id)
            fault = JobError("defect", _DEFECT_MESSAGE)
            trace.end("failed", fault.code)
            is_ours = self._keep(lambda: self._table.fail(job, fault))
        if not is_ours:
            trace.end("lease_lost")
            self._forget(job)
        self._traces.job(trace)

    def _keep(self, action: Callable[[], T]) -> T:
        # What was done for minutes is not thrown away because a connection was lost.
        return patiently(action, seconds=self._policy.patience_seconds)

    def _extract(self, job: Job, heartbeat: Heartbeat, trace: JobTrace) -> DocumentResult:
        with trace.step("read file"):
            data = self._document(job)
        n_done = 0

        def on_page(page: Page, pixels: PagePixels | None) -> None:
            nonlocal n_done
            if pixels is not None:
                key, picture = BlobKey(job.job_id, page_picture(page.number)), _jpeg(pixels)
                self._keep(lambda: write_blob(self._blobs, key, picture))
            n_done += 1
            if heartbeat.is_lost or not self._keep(
                lambda: self._table.note_pages_done(job, n_done)
            ):
                raise _LeaseLostError

        with trace.step(EXTRACTION):
            trace.result = self._extractor.extract(
                data,
                document_type=job.document_type,
                document_id=job.job_id,
                with_words=True,
                pages=job.pages or None,
                on_page=on_page,
            )
        return trace.result

    def _document(self, job: Job) -> bytes:
        if job.source is None:
            stored = self._keep(lambda: self._blobs.read(BlobKey(job.job_id, SOURCE)))
            if stored is None:
                raise DefectError("the stored file is gone")
            return stored
        # Not kept: who tries a document again wants what is there by then.
        data = self._sources.read(job.source, job.tenant)
        media_type = sniff(data)
        if not self._keep(lambda: self._table.note_document(job, len(data), media_type)):
            raise _LeaseLostError
        return data

    def _abandon(self, job: Job, *, is_ours: bool) -> None:
        """End the process with a job that hangs; one that was taken away is not reported."""
        seconds = self._policy.deadline_seconds
        message = f"the document was not done within {seconds:g} seconds and was given up"
        logger.error("job %s: %s", job.job_id, message)
        try:
            if is_ours:
                self._table.fail(job, JobError("deadline_exceeded", message))
        finally:
            os._exit(DEADLINE_EXIT_CODE)

    def _forget(self, job: Job) -> None:
        logger.info("job %s, attempt %d: the lease was lost", job.job_id, job.attempt)
        if self._table.get(job.job_id) is None:
            self._blobs.delete_document(job.job_id)


_DEFECT_MESSAGE = "docspade met a defect of its own in this document; the log has the details"


def _jpeg(pixels: PagePixels) -> bytes:
    """A page's picture, RGB [H, W, 3], as JPEG, shrunk where it is very large."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((MAX_PICTURE_SIDE_PX, MAX_PICTURE_SIDE_PX))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
