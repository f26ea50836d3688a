"""Between rows of the job table and plain values."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Row, and_, literal, or_
from sqlalchemy.sql.elements import ColumnElement

from workers.jobs import Job, JobError, NewJob
from workers.states import JobState
from workers.tables import jobs

ORDER_SECONDS: Final = 1e-6
"""Between two jobs that are added together: their order is that of their times."""

Values = dict[str, str | int | float | ColumnElement[int] | ColumnElement[float] | None]


def fence(job: Job) -> ColumnElement[bool]:
    """Only the row as this claim left it: same owner, same attempt, still running.

    And begun at the same time: what is tried again counts its attempts anew, maybe while a thread
    of the same owner has not noticed yet that its attempt of before was cancelled.
    """
    return and_(
        jobs.c.id == job.job_id,
        jobs.c.lease_owner == job.lease_owner,
        jobs.c.attempt == job.attempt,
        jobs.c.started_at == job.started_at,
        jobs.c.state == JobState.RUNNING,
    )


def stands(state: JobState) -> ColumnElement[bool]:
    """Only rows in that state."""
    # Written out, not bound: else neither database can tell that a partial index holds the rows.
    return jobs.c.state == literal(state.value, literal_execute=True)


def can_be_read() -> ColumnElement[bool]:
    """Only jobs with a document: what was refused as it was handed in has none."""
    return or_(jobs.c.n_bytes > 0, jobs.c.source.is_not(None))


def page_selection_text(pages: tuple[int, ...]) -> str:
    """Page numbers as the table keeps them: joined by commas."""
    return ",".join(str(number) for number in pages)


def row_of(new: NewJob, now: float, place: int = 0) -> Values:
    """The row of a job that waits from now on, in its place among those added with it."""
    return {
        "id": new.job_id,
        "lane": new.lane,
        "state": JobState.QUEUED,
        "document_type": new.document_type,
        "page_selection": page_selection_text(new.pages),
        "filename": new.filename,
        "media_type": new.media_type,
        "n_bytes": new.n_bytes,
        "submitted_by": new.submitted_by,
        "tenant": new.tenant,
        "created_at": now + place * ORDER_SECONDS,
        "available_at": now,
        "batch_id": new.batch_id,
        "source": new.source,
    }


def row_tried_afresh(now: float) -> Values:
    """What a job's row says that had ended and waits again, with all its attempts."""
    return {
        "available_at": now,
        "attempt": 0,
        "n_charged": 0,
        "n_lost": 0,
        "hindered_since": None,
        "n_pages_done": 0,
        "started_at": None,
        "finished_at": None,
        "error_code": None,
        "error_message": None,
    }


def row_ended(now: float, error: JobError | None = None) -> Values:
    """What a job's row says besides its state once it has ended."""
    return {
        "finished_at": now,
        "lease_owner": None,
        "lease_until": None,
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
    }


def job_from_row(row: Row[tuple[object, ...]]) -> Job:
    """A job from its row."""
    selection = row.page_selection
    error = None
    if row.error_code is not None:
        error = JobError(row.error_code, row.error_message)
    return Job(
        job_id=row.id,
        lane=row.lane,
        state=JobState(row.state),
        document_type=row.document_type,
        pages=tuple(int(number) for number in selection.split(",")) if selection else (),
        n_bytes=row.n_bytes,
        created_at=row.created_at,
        attempt=row.attempt,
        n_pages_done=row.n_pages_done,
        filename=row.filename,
        media_type=row.media_type,
        submitted_by=row.submitted_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        lease_owner=row.lease_owner,
        error=error,
        tenant=row.tenant,
        batch_id=row.batch_id,
        source=row.source,
        n_lost=row.n_lost,
    )
