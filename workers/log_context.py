"""Which job a thread is about, for the log lines that it writes meanwhile."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobContext:
    """What log lines say of a job."""

    job_id: str
    tenant: str


_about: ContextVar[JobContext | None] = ContextVar("docspade_job", default=None)


def set_job(job: JobContext | None) -> None:
    """Say which job this thread is about from now on; None for none."""
    _about.set(job)


def current_job() -> JobContext | None:
    """The job that this thread is about, None for none."""
    return _about.get()
