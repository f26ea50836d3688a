"""What a job is, as plain values."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from typing import Final

from workers.states import JobState

DEFAULT_TENANT = "default"
INTERACTIVE_LANE: Final = "interactive"  # documents handed in alone
BATCH_LANE: Final = "batch"
DEFAULT_LANE: Final = INTERACTIVE_LANE
LANES = (INTERACTIVE_LANE, BATCH_LANE)

_JOB_ID = re.compile(r"[0-9a-f]{32}")


def new_job_id() -> str:
    """A fresh id: 32 hexadecimal digits, not to be guessed."""
    return uuid.uuid4().hex


def is_job_id(text: str) -> bool:
    """Whether a text from outside has the form of a job's id."""
    return _JOB_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed: a stable code, and a message for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """A document handed in.

    Attributes:
        job_id: of the document too; its blobs lie under this name.
        n_bytes: the file's size.
        document_type: a schema's name or "auto".
        pages: numbers from 1 to process; empty for all.
        filename: as the sender called it; shown, never used as a path.
        media_type: as recognised by content, if it was.
        submitted_by: id of the API key, None where none was needed.
        lane: the queue that it waits in.
        tenant: whose it is; nobody else can see it.
        batch_id: of the batch that it belongs to, if any.
        source: where the worker fetches it, see `workers.sources`; None where it was uploaded.
        refusal: why it cannot be read at all: it fails as it is added, and nothing is stored.
    """

    job_id: str
    n_bytes: int
    document_type: str = "auto"
    pages: tuple[int, ...] = ()
    filename: str | None = None
    media_type: str | None = None
    submitted_by: str | None = None
    lane: str = DEFAULT_LANE
    tenant: str = DEFAULT_TENANT
    batch_id: str | None = None
    source: str | None = None
    refusal: JobError | None = None

    def with_media_type(self, media_type: str) -> NewJob:
        """The same job, with its document's media type known."""
        return replace(self, media_type=media_type)


WORKER_LOST = JobError(
    "worker_lost",
    "the worker died each time it processed this document, so the document was given up",
)
"""Why a job fails whose attempts are used up by dying workers."""

WORKER_STOPPED = JobError(
    "transient_error",
    "the service was stopped each time before this document was done, so it was given up",
)
"""Why a job fails that workers gave back for a day because they were stopped."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the job table, as it was when it was read. Times: seconds since 1970, UTC.

    `lease_owner` with `attempt` is the fence: only the worker that claimed this attempt may write.
    `n_lost` workers died over it so far.
    """

    job_id: str
    lane: str
    state: JobState
    document_type: str
    pages: tuple[int, ...]
    n_bytes: int
    created_at: float
    attempt: int
    n_pages_done: int
    filename: str | None = None
    media_type: str | None = None
    submitted_by: str | None = None
    started_at: float | None = None
    finished_at: float | None = None
    lease_owner: str | None = None
    error: JobError | None = None
    tenant: str = DEFAULT_TENANT
    batch_id: str | None = None
    source: str | None = None
    n_lost: int = 0

    @property
    def needs_solitude(self) -> bool:
        """Whether it may have killed a worker: nobody else's work should be at risk with it."""
        return self.n_lost > 0


HINDERED_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class LeasePolicy:
    """How long a claim holds without being renewed, and how often a job may be claimed.

    Attributes:
        lease_seconds: for which a claim holds.
        max_attempts: that are held against a job, see `workers.job_returns`.
        hindered_seconds: after the service first could not do a job, the job is not tried again.
    """

    lease_seconds: float = 30.0
    max_attempts: int = 3
    hindered_seconds: float = HINDERED_SECONDS


DEFAULT_LEASES: Final = LeasePolicy()
