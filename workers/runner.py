"""Claims jobs, has them run, stores results and reports failures."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from ocr.errors import DocspadeError, TransientError
from workers.blobs import BlobStore
from workers.extraction import Extraction, HinderedError, LeaseLostError
from workers.extractor import Extractor
from workers.heartbeat import Heartbeat
from workers.job_table import JobTable
from workers.jobs import WORKER_STOPPED, Job, JobError
from workers.lane_order import LaneOrder
from workers.lull import Lull
from workers.patience import PATIENCE_SECONDS, patiently
from workers.solitude import Solitude
from workers.sources import NO_SOURCES, Sources
from workers.traces import NO_TRACES, JobTrace, Traces

logger = logging.getLogger(__name__)

DEADLINE_EXIT_CODE = 70
SLICE_SECONDS = 300.0
LONGEST_RETRY_SECONDS: Final = 60.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RunPolicy:
    """Times, in seconds, and how much is done at a time.

    Attributes:
        heartbeat_seconds: between two renewals of a lease.
        deadline_seconds: a job's longest run.
        retry_seconds: pause before a job is tried again; longer, up to `LONGEST_RETRY_SECONDS`,
            with each attempt.
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


class JobRunner:
    """Claims jobs for one worker and runs them, in each thread that drains one after another.

    A job that outlasts its deadline is failed, and the process ends: nothing else stops a thread
    that hangs. So it does for a job that was taken away meanwhile, which is then not reported. Jobs
    beside it are given back before.

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
        self._extraction = Extraction(
            table,
            blobs,
            extractor,
            sources=sources,
            patience_seconds=policy.patience_seconds,
        )
        self._owner = owner
        self._policy = policy
        self._after_job = after_job
        self._traces = traces
        self._stopping = threading.Event()
        self._order = LaneOrder()
        self._slots = threading.BoundedSemaphore(policy.n_at_once)
        self._solitude = Solitude(self._stopping)
        self._lull = Lull(self._stopping)

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
                job = self._solitude.enter(self._claim, end)
                if job is None:
                    self._lull.end()
                    return time.monotonic() >= end
                try:
                    is_hindered = self._run(job)
                finally:
                    self._solitude.leave(job)
                    JobTrace.close()
                self._after_job()
                if is_hindered:
                    self._lull.pause()
                else:
                    self._lull.end()
        except TransientError as error:
            # The sweeper rings again, and gives back what was left half done.
            logger.warning("the lanes are left for now: %s", error)
            self._lull.pause()
        return False

    def _claim(self) -> Job | None:
        for lane in self._order.lanes():
            job = self._table.claim(lane, self._owner)
            if job is not None:
                self._order.note(lane)
                return job
        return None

    def _run(self, job: Job) -> bool:
        """Run a job to its end; returns whether the service could not do it just now."""
        if job.needs_solitude and not self._is_alone(job):
            return False
        trace = JobTrace(job)
        is_hindered = False
        heartbeat = Heartbeat(
            lambda: self._table.renew(job),
            every_seconds=self._policy.heartbeat_seconds,
            deadline_seconds=self._policy.deadline_seconds,
            on_deadline=lambda: self._abandon(job, trace, is_ours=not heartbeat.is_lost),
        )
        try:
            with heartbeat:
                result = self._extraction.result(job, trace, lambda: heartbeat.is_lost)
                trace.begin("its result was stored")
                with trace.step("store result"):
                    is_ours = self._extraction.keep(lambda: self._table.finish(job, result))
                trace.end(result.status)
        except LeaseLostError:
            is_ours = False
        except TransientError as error:
            reason = JobError(error.code, error.message)
            trace.end("released", error.code)
            is_ours = self._report(
                lambda: self._table.release(job, reason, delay_seconds=self._delay_seconds(job))
            )
        except HinderedError as error:
            is_hindered, hindrance = True, error.reason
            trace.end("released", hindrance.code)
            is_ours = self._report(
                lambda: self._table.postpone(job, hindrance, delay_seconds=self._delay_seconds(job))
            )
        except DocspadeError as error:
            fault = JobError(error.code, error.message)
            trace.end("failed", error.code)
            is_ours = self._report(lambda: self._table.fail(job, fault))
        except Exception:
            # The job's edge: a bug of ours fails this job alone, and the worker lives.
            logger.exception("job %s failed by a defect", job.job_id)
            fault = JobError("defect", _DEFECT_MESSAGE)
            trace.end("failed", fault.code)
            is_ours = self._report(lambda: self._table.fail(job, fault))
        if not is_ours:
            trace.end("lease_lost")
            self._forget(job)
        self._tell(trace)
        return is_hindered

    def _tell(self, trace: JobTrace) -> None:
        """One log line and one trace an attempt."""
        job, why = trace.job, f" ({trace.error_code})" if trace.error_code else ""
        milliseconds = round(trace.seconds * 1000, 1)
        logger.info(
            "job %s, attempt %d: %s%s, %d pages, %.1f ms",
            *(job.job_id, job.attempt, trace.state, why, trace.n_pages_done, milliseconds),
            extra={"status": trace.state, "milliseconds": milliseconds},
        )
        self._traces.job(trace)

    def _is_alone(self, job: Job) -> bool:
        """Wait until no job runs beside this one; False when it was given back or taken away."""
        waiting = Heartbeat(
            lambda: self._table.renew(job),
            every_seconds=self._policy.heartbeat_seconds,
            deadline_seconds=math.inf,  # those that it waits for have theirs
            on_deadline=lambda: None,
        )
        with waiting:
            is_alone = self._solitude.wait_alone(lambda: waiting.is_lost)
        if waiting.is_lost:
            self._forget(job)
        elif not is_alone:
            self._report(lambda: self._table.postpone(job, WORKER_STOPPED))
        return is_alone and not waiting.is_lost

    def _delay_seconds(self, job: Job) -> float:
        return min(self._policy.retry_seconds * job.attempt, LONGEST_RETRY_SECONDS)

    @staticmethod
    def _report(action: Callable[[], T]) -> T:
        # While the database is away there is nothing else to do, and a job whose worker says
        # nothing more would be taken for one that killed it.
        return patiently(action, seconds=math.inf)

    def _abandon(self, job: Job, trace: JobTrace, *, is_ours: bool) -> None:
        """End the process with a job that hangs; one that was taken away is not reported.

        The jobs beside it go back to their lanes at once.
        """
        seconds = self._policy.deadline_seconds
        message = (
            f"the document was not done within {seconds:g} seconds and was given up while "
            f"{trace.stage}; pages done before: {trace.n_pages_done}"
        )
        logger.error("job %s: %s", job.job_id, message)
        try:
            self._solitude.close()
            if is_ours:
                self._extraction.keep(
                    lambda: self._table.fail(job, JobError("deadline_exceeded", message))
                )
            self._extraction.keep(lambda: self._table.postpone_all(self._owner, WORKER_STOPPED))
        finally:
            os._exit(DEADLINE_EXIT_CODE)

    def _forget(self, job: Job) -> None:
        logger.info("job %s, attempt %d: the lease was lost", job.job_id, job.attempt)
        if self._table.get(job.job_id) is None:
            self._blobs.delete_document(job.job_id)


_DEFECT_MESSAGE = "docspade met a defect of its own in this document; the log has the details"
