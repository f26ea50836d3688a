"""Between rows of the job table and plain values."""

from __future__ import annotations

from sqlalchemy import Row, and_, literal
from sqlalchemy.sql.elements import ColumnElement

from workers.jobs import Job, JobError
from workers.states import JobState
from workers.tables import jobs


def fence(job: Job) -> ColumnElement[bool]:
    """Only the row as this claim left it: same owner, same attempt, still running."""
    return and_(
        jobs.c.id == job.job_id,
        jobs.c.lease_owner == job.lease_owner,
        jobs.c.attempt == job.attempt,
        jobs.c.state == JobState.RUNNING,
    )


def stands(state: JobState) -> ColumnElement[bool]:
    """Only rows in that state."""
    # Written out, not bound: else neither database can tell that a partial index holds the rows.
    return jobs.c.state == literal(state.value, literal_execute=True)


def page_selection_text(pages: tuple[int, ...]) -> str:
    """Page numbers as the table keeps them: joined by commas."""
    return ",".join(str(number) for number in pages)


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
    )
